// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/inspect/report.hpp"

#include <algorithm>
#include <limits>
#include <set>
#include <vector>

#include "catch.hpp"
#include "heliotrope/inspect/build_report.hpp"
#include "heliotrope/inspect/iteration_table.hpp"
#include "heliotrope/version.hpp"
#include "json.hpp"

using namespace heliotrope;

namespace {

using heliotrope_test::json, heliotrope_test::keys, heliotrope_test::parse_json;

Summary full_summary() {
  Summary summary;
  summary.status = Status::cost_converged;
  summary.message = "converged: \"quoted\"";
  summary.num_variables = 3;
  summary.num_parameters = 8;
  summary.num_residual_blocks = 5;
  summary.num_residuals = 10;
  summary.initial_cost = 100.1;
  summary.final_cost = 1.0 / 3.0;
  summary.method = "levenberg-marquardt (nielsen)";
  summary.linear_solver = "dense-qr";
  summary.linear_reason = "the problem is small";
  summary.derivatives = "autodiff";
  summary.threads = 2;
  summary.iterations = {{.iteration = 0, .cost = 100.1, .gradient_max = 5.0, .accepted = true, .seconds = 0.5},
                        {.iteration = 1, .cost = 100.1, .step_norm = 3.0, .damping = 0.1, .gain_ratio = -2.0},
                        {.iteration = 2, .cost = 1.0 / 3.0, .gain_ratio = 0.9, .accepted = true, .seconds = 1.5}};
  summary.seconds_setup = 0.25;
  summary.seconds_residuals = 0.5;
  summary.seconds_jacobian = 0.125;
  summary.seconds_linear = 0.0625;
  summary.seconds_total = 2.0;
  summary.peak_bytes = 12'345'678'901;
  return summary;
}

}  // namespace

TEST_CASE("report: JSON has exactly the stable keys with the summary's values", "[inspect]") {
  const Summary summary = full_summary();
  const std::vector<double> parameters = {1.5, -0.1};
  const json report = parse_json(json_report(
      summary, {.kind = "bal", .parameters = parameters, .seconds_read = 4.0, .seconds_prepare = 8.0, .version = "9"}));

  CHECK(keys(report) == std::set<std::string>{"problem", "cost", "status", "converged", "message", "method", "linear",
                                              "derivatives", "threads", "iterations", "seconds", "memory", "parameters",
                                              "version"});
  CHECK(report["problem"] ==
        json{{"kind", "bal"}, {"variables", 3}, {"parameters", 8}, {"residual_blocks", 5}, {"residuals", 10}});
  CHECK(report["cost"] == json{{"initial", 100.1}, {"final", 1.0 / 3.0}});
  CHECK(report["status"] == "cost_converged");
  CHECK(report["converged"] == true);
  CHECK(report["message"] == summary.message);
  CHECK(report["method"] == summary.method);
  CHECK(report["linear"] == json{{"name", "dense-qr"}, {"reason", "the problem is small"}});
  CHECK(report["derivatives"] == "autodiff");
  CHECK(report["threads"] == 2);
  CHECK(report["seconds"] == json{{"read", 4.0},
                                  {"setup", 8.25},
                                  {"residuals", 0.5},
                                  {"jacobian", 0.125},
                                  {"linear", 0.0625},
                                  {"total", 10.0}});
  CHECK(report["memory"] == json{{"peak_bytes", 12'345'678'901}});
  CHECK(report["parameters"] == json(parameters));
  CHECK(report["version"] == "9");

  REQUIRE(report["iterations"].size() == 3);
  CHECK(report["iterations"][1] == json{{"iteration", 1},
                                        {"cost", 100.1},
                                        {"gradient_max", 0.0},
                                        {"step_norm", 3.0},
                                        {"damping", 0.1},
                                        {"gain_ratio", -2.0},
                                        {"accepted", false},
                                        {"seconds", 0.0}});
}

TEST_CASE("report: JSON leaves out more than 100 parameters, and says null for what is not finite", "[inspect]") {
  Summary summary = full_summary();
  summary.status = Status::not_finite_at_start;
  summary.initial_cost = std::numeric_limits<double>::quiet_NaN();
  summary.final_cost = std::numeric_limits<double>::infinity();

  std::vector<double> parameters(100, 1.0);
  json report = parse_json(json_report(summary, {.kind = "nist", .parameters = parameters}));
  CHECK(report["parameters"].size() == 100);
  CHECK(report["cost"]["initial"].is_null());
  CHECK(report["cost"]["final"].is_null());
  CHECK(report["converged"] == false);
  CHECK(report["version"] == std::string(version()));

  parameters.push_back(1.0);
  report = parse_json(json_report(summary, {.kind = "nist", .parameters = parameters}));
  CHECK_FALSE(report.contains("parameters"));
}

TEST_CASE("report: numbers without effect are told", "[inspect]") {
  Summary summary = full_summary();
  summary.num_without_effect = 9;
  summary.without_effect = {{0, 4}, {2, 1}};
  summary.note = "nothing depends on number 4 of variable 0";
  const json report = parse_json(json_report(summary, {}));
  CHECK(report["note"] == summary.note);
  CHECK(report["without_effect"]["count"] == 9);
  CHECK(report["without_effect"]["coordinates"][1] == json{{"variable", 2}, {"coordinate", 1}});
  CHECK(full_report(summary).find("nothing depends on number 4 of variable 0") != std::string::npos);
  CHECK(brief_report(summary).find("nothing depends on number 4 of variable 0; cost") != std::string::npos);
}

TEST_CASE("report: the full report tells what was solved, how, and by what build", "[inspect]") {
  const std::string text = full_report(full_summary());
  for (const char* expected :
       {"converged: \"quoted\"", "10 residuals in 5 blocks, 8 free parameters of 3 variables", "1.001000000e+02 -> ",
        "2 (1 rejected)", "levenberg-marquardt (nielsen)", "linear solver dense-qr", "the problem is small", "autodiff",
        "2.000 s: setup 0.250", "other 1.062", "11773.8 MiB", "Apache-2.0"}) {
    INFO(text);
    CHECK(text.find(expected) != std::string::npos);
  }
  CHECK(text.back() == '\n');
  CHECK(brief_report(full_summary()).find("in 2 iterations") != std::string::npos);
}

TEST_CASE("report: a summary of nothing is reported too", "[inspect]") {
  CHECK(full_report(Summary{}).find("iterations    none") != std::string::npos);
  CHECK(parse_json(json_report(Summary{}, {}))["iterations"].empty());
}

TEST_CASE("report: the build report names kernels and licences", "[inspect]") {
  const std::string text = build_report();
  CHECK(text.find(std::string(version())) != std::string::npos);
  CHECK(text.find("kernels for baseline") != std::string::npos);
  CHECK(text.find(std::string(licence())) != std::string::npos);
}

TEST_CASE("iteration table: columns stand under their names in 79 columns, extremes included", "[inspect]") {
  const std::string header = iteration_header();
  const Iteration large = {.iteration = 12345,
                           .cost = 1.23456789e-300,
                           .gradient_max = 1e-300,
                           .step_norm = 1e-300,
                           .damping = 1e300,
                           .gain_ratio = -1e-300,
                           .accepted = false,
                           .seconds = 9999.999};
  const std::string line = iteration_line(large);
  CHECK(line.size() <= 79);
  CHECK(header.size() == line.size() - std::string(" reject").size());
  for (const Iteration& iteration : full_summary().iterations) {
    const std::string row = iteration_line(iteration);
    CHECK((row.size() == header.size() || row.size() == header.size() + std::string(" reject").size()));
    CHECK(row.ends_with(" reject") == !iteration.accepted);
  }
  const std::string table = iteration_table(full_summary());
  CHECK(std::count(table.begin(), table.end(), '\n') == 4);
}
