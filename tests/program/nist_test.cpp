// SPDX-License-Identifier: Apache-2.0
// `heliotrope solve` on a data set in NIST's format.
#include <cmath>
#include <cstdio>
#include <string>

#include "catch.hpp"
#include "program.hpp"

using namespace heliotrope_test;

namespace {

/// Data of Misra1a, y = b1 (1 - exp(-b2 x)), that lie on b = (240, 0.005) exactly.
std::string misra1a(const std::string& first_start_of_b2 = "0.0001") {
  std::string text =
      "NIST/ITL StRD\n"
      "Dataset Name:  Misra1a           (Misra1a.dat)\n"
      "               Starting Values   (lines 8 to 9)\n"
      "               Data              (lines 13 to 20)\n"
      "               1 Predictor (x)\n"
      "               8 Observations\n"
      "               2 Parameters (b1 and b2)\n"
      "  b1 =   500     250   2.4E+02  1.0E+00\n"
      "  b2 =   " +
      first_start_of_b2 +
      "  0.0006  5.0E-03  1.0E-05\n"
      "Residual Sum of Squares:  0.0E+00\n"
      "Number of Observations:   8\n"
      "\n";
  for (int k = 1; k <= 8; ++k) {
    const double x = 90.0 * k;
    char line[64];
    std::snprintf(line, sizeof line, " %.17g %.17g\n", 240.0 * (1.0 - std::exp(-0.005 * x)), x);
    text += line;
  }
  return text;
}

}  // namespace

TEST_CASE("program: a NIST data set is solved from both starts and compared with its certified values", "[program]") {
  const TemporaryFolder folder;
  const std::string input = folder / "Misra1a.dat", report = folder / "report.json";
  write_bytes(input, misra1a());
  for (const std::string start : {"1", "2"}) {
    const Run solved = run({"solve", input, "--start", start, "--json", report, "--max-iterations", "200"});
    INFO(solved.out << solved.err);
    REQUIRE(solved.exit == 0);
    CHECK(contains(solved.out, "certified"));
    const auto lre = solved.out.find("LRE ");
    REQUIRE(lre != std::string::npos);
    CHECK(std::stod(solved.out.substr(lre + 4)) > 8.0);
    const auto json = read_json(report);
    CHECK(json["problem"]["kind"] == "nist");
    CHECK(json["parameters"][0].get<double>() == Approx(240.0));
    CHECK(json["parameters"][1].get<double>() == Approx(0.005));
  }
}

TEST_CASE("program: a start that is not finite ends in status 3, is reported, and writes no answer", "[program]") {
  const TemporaryFolder folder;
  const std::string input = folder / "Misra1a.dat", report = folder / "report.json";
  write_bytes(input, misra1a("-100000"));
  const Run solved = run({"solve", input, "--quiet", "--json", report});
  CHECK(solved.exit == 3);
  CHECK(solved.out.empty());
  CHECK(contains(solved.err, "heliotrope: " + input + ": failed"));
  const auto json = read_json(report);
  CHECK(json["status"] == "not_finite_at_start");
  CHECK(json["converged"] == false);
  CHECK(json["cost"]["initial"].is_null());
}

TEST_CASE("program: options of other formats are refused with a NIST data set", "[program]") {
  const TemporaryFolder folder;
  const std::string input = folder / "Misra1a.dat", output = folder / "answer";
  write_bytes(input, misra1a());
  for (const std::vector<std::string>& options : {std::vector<std::string>{"--output", output}, {"--strict"}}) {
    std::vector<std::string> arguments = {"solve", input};
    arguments.insert(arguments.end(), options.begin(), options.end());
    const Run refused = run(arguments);
    INFO(refused.err);
    CHECK(refused.exit == 2);
    CHECK(contains(refused.err, options[0]));
    CHECK_FALSE(contains(refused.out, "iter"));  // before solving
  }
  CHECK(names_in(folder.path()) == std::vector<std::string>{"Misra1a.dat"});
}
