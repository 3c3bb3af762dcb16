// SPDX-License-Identifier: Apache-2.0
// `heliotrope minimize` on test functions and on a table of samples.
#include <algorithm>
#include <string>
#include <vector>

#include "catch.hpp"
#include "heliotrope/minimize/minimize_objective.hpp"
#include "heliotrope/residuals/test_functions.hpp"
#include "program.hpp"

using namespace heliotrope_test;

namespace {

/// The names of all values, with dashes.
template <class Enum>
std::vector<std::string> words() {
  std::vector<std::string> all;
  for (int k = 0; !heliotrope::name(static_cast<Enum>(k)).empty(); ++k) {
    all.emplace_back(heliotrope::name(static_cast<Enum>(k)));
    std::replace(all.back().begin(), all.back().end(), '_', '-');
  }
  return all;
}

nlohmann::json minimised(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "minimize");
  arguments.insert(arguments.end(), {"--quiet", "--json", "-"});
  const Run done = run(arguments);
  INFO(done.err);
  REQUIRE(done.exit == 0);
  CHECK(done.err.empty());
  return parse_json(done.out);
}

}  // namespace

TEST_CASE("program: minimize shows its table, its report and the known minimum", "[program][minimize]") {
  const TemporaryFolder folder;
  const std::string report = folder / "report.json";
  const Run done = run({"minimize", "extended-rosenbrock", "--dimension", "1000", "--json", report});
  INFO(done.out << done.err);
  REQUIRE(done.exit == 0);
  CHECK(done.err.empty());
  CHECK(contains(done.out, "extended-rosenbrock of 1000 variables"));
  CHECK(contains(done.out, "known minimum"));
  CHECK_FALSE(contains(done.out, "\033"));
  const auto json = read_json(report);
  CHECK(json["status"] == "gradient_converged");
  CHECK(json["problem"]["kind"] == "extended-rosenbrock");
  CHECK(json["problem"]["parameters"] == 1000);
  CHECK(json["cost"]["final"] < 1e-10);
  CHECK(json["iterations"].front()["cost"] == json["cost"]["initial"]);
  CHECK(json["iterations"].back()["evaluations"] == json["evaluations"]);
}

TEST_CASE("program: minimize lists every test function", "[program][minimize]") {
  const Run listed = run({"minimize", "--list"});
  REQUIRE(listed.exit == 0);
  for (const auto& f : heliotrope::test_functions()) CHECK(contains(listed.out, "\n" + std::string(f.name) + " "));
}

TEST_CASE("program: minimize takes every method and every line search", "[program][minimize]") {
  for (const std::string& method : words<heliotrope::ObjectiveMethod>()) {
    INFO(method);
    const auto json = minimised({"beale", "--method", method, "--max-iterations", "300"});
    CHECK(json["cost"]["final"] < json["cost"]["initial"].get<double>());
    if (method != "gradient-descent" && method != "barzilai-borwein") CHECK(json["converged"] == true);
  }
  for (const std::string& search : words<heliotrope::LineSearchType>()) {
    INFO(search);
    if (search == "fixed") continue;
    CHECK(minimised({"beale", "--line-search", search})["converged"] == true);
  }
}

TEST_CASE("program: limits and tolerances reach minimize", "[program][minimize]") {
  CHECK(minimised({"wood", "--max-iterations", "2"})["status"] == "max_iterations");
  CHECK(minimised({"wood", "--max-evaluations", "2"})["status"] == "max_evaluations");
  CHECK(minimised({"wood", "--time-limit", "0"})["status"] == "time_limit");
  CHECK(minimised({"wood", "--tolerance", "1e9"})["iterations"].size() == 1);
  CHECK(minimised({"wood", "--memory", "3"})["iterations"] != minimised({"wood", "--memory", "4"})["iterations"]);
}

TEST_CASE("program: minimize gives the same bits for 1 and 2 threads", "[program][minimize][threads]") {
  const auto with = [](const char* threads) {
    return minimised({"dixmaan-e", "--dimension", "30000", "--max-iterations", "20", "--threads", threads});
  };
  const auto one = with("1"), two = with("2");
  CHECK(one["cost"] == two["cost"]);
  CHECK(one["gradient"] == two["gradient"]);
}

TEST_CASE("program: a logistic regression on a table", "[program][minimize]") {
  const TemporaryFolder folder;
  const std::string data = folder / "data.csv";
  write_bytes(data, "x,y\n0,0\n1,0\n2,1\n3,0\n4,1\n5,1\n");
  const auto json = minimised({"--data", data, "--ridge", "0.01"});
  CHECK(json["converged"] == true);
  CHECK(json["parameters"].size() == 2);
  CHECK(json["parameters"][0] > 0.0);
  CHECK(json["parameters"][1] < 0.0);
}

TEST_CASE("program: Ctrl-C stops minimize at the best point", "[program][minimize]") {
  const TemporaryFolder folder;
  const std::string report = folder / "report.json";
  Program program(
      {"minimize", "generalised-rosenbrock", "--dimension", "100000", "--tolerance", "0", "--json", report});
  const Run stopped = program.finish([&](std::string_view line) {
    const auto first = line.find_first_not_of(' ');
    if (first != std::string_view::npos && line.substr(first).starts_with("3 ")) program.interrupt();
  });
  REQUIRE(stopped.exit == 0);
  CHECK(read_json(report)["status"] == "user_stopped");
}

TEST_CASE("program: minimize refuses what makes no sense in a line", "[program][minimize][fault]") {
  const TemporaryFolder folder;
  const auto refused = [](std::vector<std::string> arguments, const std::string& part) {
    arguments.insert(arguments.begin(), "minimize");
    const Run done = run(arguments);
    INFO(done.out << done.err);
    CHECK(done.exit == 2);
    CHECK(std::count(done.err.begin(), done.err.end(), '\n') == 1);
    CHECK(contains(done.err, part));
  };
  refused({}, "--list");
  refused({"magic"}, "magic");
  refused({"beale", "--dimension", "3"}, "expected 2");
  refused({"beale", "--method", "magic"}, "magic");
  refused({"beale", "--data", "x.csv"}, "either");
  refused({"--data", folder / "none.csv"}, "none.csv");
  refused({"beale", "--json", folder / "none/x.json"}, "x.json");
  refused({"dixmaan-a", "--dimension", "3000", "--method", "newton"}, "newton");
}
