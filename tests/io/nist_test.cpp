// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/io/nist.hpp"

#include <string>

#include "catch.hpp"
#include "datasets.hpp"
#include "files.hpp"
#include "heliotrope/io/text_file.hpp"

using Catch::Matchers::Contains;
using heliotrope::NistProblem;
using heliotrope::parse_nist;
using heliotrope::read_nist;
using heliotrope_test::error_of;

namespace {

const std::string certified =
    "NIST/ITL StRD\r\n"
    "Dataset Name:  Line              (Line.dat)\r\n"
    "               Starting Values   (lines 8 to 9)\r\n"
    "               Data              (lines 13 to 15)\r\n"
    "               1 Predictor (x)\r\n"
    "               3 Observations\r\n"
    "               2 Parameters (b1 and b2)\r\n";
const std::string table =
    "  b1 =   100   75  7.2E+01  1.7E+00\r\n"
    "  b2 =   1     2.5 -2.6E+00 8.8E-02\r\n"
    "Residual Sum of Squares:  8.05E+00\r\n"
    "Number of Observations:   3 \r\n"
    "\r\n";
const std::string data = "  8.93E0  9.0E0\r\n 10.80E0 14.0E0\r\n 18.59E0 21.0E0\r\n";

std::string nist_error(const std::string& text) {
  return error_of([&] { parse_nist("Line.dat", text); });
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  return text.replace(text.find(what), what.size(), with);
}

struct PublicCurve {
  const char* name;
  std::int64_t observations;
  int parameters;
};

constexpr PublicCurve shared_problems[] = {
    {"Bennett5", 154, 3}, {"BoxBOD", 6, 2},    {"Chwirut1", 214, 3}, {"Chwirut2", 54, 3}, {"DanWood", 6, 2},
    {"ENSO", 168, 9},     {"Eckerle4", 35, 3}, {"Gauss1", 250, 8},   {"Gauss2", 250, 8},  {"Gauss3", 250, 8},
    {"Hahn1", 236, 7},    {"Kirby2", 151, 5},  {"Lanczos1", 24, 6},  {"Lanczos2", 24, 6}, {"Lanczos3", 24, 6},
    {"MGH09", 11, 4},     {"MGH10", 16, 3},    {"MGH17", 33, 5},     {"Misra1a", 14, 2},  {"Misra1b", 14, 2},
    {"Misra1c", 14, 2},   {"Misra1d", 14, 2},  {"Nelson", 128, 3},   {"Rat42", 9, 3},     {"Rat43", 15, 4},
    {"Roszman1", 25, 4},  {"Thurber", 37, 7},
};

}  // namespace

TEST_CASE("nist: a problem is read into its arrays", "[io][nist]") {
  const NistProblem problem = parse_nist("Line.dat", certified + table + data);
  CHECK(problem.name == "Line");
  CHECK(problem.num_parameters == 2);
  CHECK(problem.num_predictors == 1);
  CHECK(problem.start1 == std::vector<double>{100, 1});
  CHECK(problem.start2 == std::vector<double>{75, 2.5});
  CHECK(problem.certified == std::vector<double>{72, -2.6});
  CHECK(problem.standard_deviation == std::vector<double>{1.7, 0.088});
  CHECK(problem.residual_sum_of_squares == 8.05);
  CHECK(problem.y == std::vector<double>{8.93, 10.8, 18.59});
  CHECK(problem.x == std::vector<double>{9, 14, 21});
}

TEST_CASE("nist: malformed problems are told by line", "[io][nist][fault]") {
  const std::string whole = certified + table + data;
  CHECK_THAT(nist_error(""), Contains("Line.dat:1: found the end of the file, expected a line 'Dataset Name:'"));
  CHECK_THAT(nist_error(replaced(whole, "(lines 8 to 9)", "(lines 9 to 8)")),
             Contains("expected a range of lines below"));
  CHECK_THAT(nist_error(replaced(whole, "(lines 8 to 9)", "(lines 8 to 999)")),
             Contains("Line.dat:3: found 'Starting"));
  CHECK_THAT(nist_error(replaced(whole, "3 Observations", "4 Observations")),
             Contains("Line.dat:11: found '3', expected the count 4 told before"));
  CHECK_THAT(nist_error(replaced(whole, "2 Parameters", "3 Parameters")),
             Contains("found 2 rows of starting values, expected 3"));
  CHECK_THAT(nist_error(replaced(whole, "b2 =", "b3 =")), Contains("Line.dat:9: found 'b3', expected b2"));
  CHECK_THAT(nist_error(replaced(whole, "7.2E+01", "7.2F+01")),
             Contains("Line.dat:8: found '7.2F+01', expected a finite number (certified value)"));
  CHECK_THAT(nist_error(replaced(whole, "10.80E0", "nan")), Contains("Line.dat:14: found 'nan', expected a finite"));
  CHECK_THAT(nist_error(replaced(whole, "14.0E0", "14.0E0 1")),
             Contains("Line.dat:14: found '1', expected the end of"));
  CHECK_THAT(nist_error(whole.substr(0, whole.size() - 8)),
             Contains("Line.dat:15: found the end of the file, expected a finite number (x)"));
  CHECK_THAT(nist_error(certified + table + "1 2\n3 4\n"), Contains("found 2 data lines, expected 3"));
  CHECK_THAT(nist_error(whole + "1 2\n"),
             Contains("Line.dat:16: found '1', expected the end of the file after 3 data"));
  CHECK_THAT(nist_error(replaced(whole, "Residual Sum", "Residual Some")),
             Contains("expected a line 'Residual Sum of"));
  CHECK_THAT(nist_error(replaced(whole, "1 Predictor", "a Predictor")), Contains("Line.dat:13: found '8.93E0'"));
}

TEST_CASE("nist: every shared problem reads with its counts", "[io][nist][datasets]") {
  const auto folder = heliotrope_test::datasets() / "nist";
  if (!heliotrope::has_compression() || !std::filesystem::exists(folder)) {
    WARN("skipped: no libarchive, or no data sets at " << folder);
    return;
  }
  for (const PublicCurve& expected : shared_problems) {
    INFO(expected.name);
    const NistProblem problem = read_nist(folder / (std::string(expected.name) + ".dat.gz"));
    CHECK(problem.name == expected.name);
    CHECK(problem.num_observations() == expected.observations);
    CHECK(problem.num_parameters == expected.parameters);
    CHECK(problem.num_predictors == (problem.name == "Nelson" ? 2 : 1));
    CHECK(static_cast<std::int64_t>(problem.x.size()) == problem.num_predictors * problem.num_observations());
    CHECK(problem.start1.size() == problem.certified.size());
    CHECK(problem.residual_sum_of_squares > 0.0);
  }
  CHECK(read_nist(folder / "Roszman1.dat.gz").certified[0] == 2.0196866396e-01);
  CHECK(read_nist(folder / "Lanczos1.dat.gz").residual_sum_of_squares == 1.4307867721e-25);
  const NistProblem nelson = read_nist(folder / "Nelson.dat.gz");
  CHECK(nelson.y[0] == 15.0);
  CHECK(nelson.x[1] == 180.0);
  CHECK(nelson.start2[1] == 0.000000005);
}
