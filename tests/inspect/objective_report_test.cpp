// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/inspect/objective_report.hpp"

#include <limits>
#include <set>
#include <vector>

#include "catch.hpp"
#include "heliotrope/version.hpp"
#include "json.hpp"

using namespace heliotrope;

namespace {

using heliotrope_test::json, heliotrope_test::keys, heliotrope_test::parse_json;

ObjectiveSummary objective_summary() {
  ObjectiveSummary summary;
  summary.status = ObjectiveStatus::gradient_converged;
  summary.message = "converged: \"quoted\"";
  summary.method = "lbfgs (more_thuente)";
  summary.num_parameters = 8;
  summary.iterations = 1;
  summary.evaluations = 3;
  summary.initial_value = 100.1;
  summary.final_value = 1.0 / 3.0;
  summary.gradient_max = 1e-7;
  summary.gradient_norm = 2e-7;
  summary.seconds_function = 0.5;
  summary.seconds_total = 2.0;
  return summary;
}

const std::vector<ObjectiveIteration> iterations = {
    {.iteration = 0, .value = 100.1, .gradient_max = 5.0, .evaluations = 1, .seconds = 0.5},
    {.iteration = 1,
     .value = 1.0 / 3.0,
     .gradient_max = std::numeric_limits<double>::quiet_NaN(),
     .step = 0.25,
     .step_norm = 3.0,
     .evaluations = 3,
     .seconds = 1.5}};

}  // namespace

TEST_CASE("objective report: JSON has exactly the stable keys with the summary's values", "[inspect][objective]") {
  const std::vector<double> parameters = {1.5, -0.1};
  const json report = parse_json(
      json_report(objective_summary(),
                  {.run = {.kind = "bal", .parameters = parameters, .seconds_read = 4.0, .seconds_prepare = 8.0},
                   .iterations = iterations,
                   .threads = 2,
                   .peak_bytes = 12'345'678'901,
                   .num_variables = 3,
                   .num_residual_blocks = 5,
                   .num_residuals = 10}));
  CHECK(keys(report) == std::set<std::string>{"problem", "cost", "status", "converged", "message", "method", "threads",
                                              "evaluations", "gradient", "iterations", "seconds", "memory",
                                              "parameters", "version"});
  CHECK(report["problem"] ==
        json{{"kind", "bal"}, {"variables", 3}, {"parameters", 8}, {"residual_blocks", 5}, {"residuals", 10}});
  CHECK(report["cost"] == json{{"initial", 100.1}, {"final", 1.0 / 3.0}});
  CHECK(report["status"] == "gradient_converged");
  CHECK(report["converged"] == true);
  CHECK(report["message"] == objective_summary().message);
  CHECK(report["threads"] == 2);
  CHECK(report["gradient"] == json{{"max", 1e-7}, {"norm", 2e-7}});
  CHECK(report["iterations"].size() == 2);
  CHECK(report["iterations"][0]["cost"] == 100.1);
  CHECK(report["iterations"][1]["gradient_max"].is_null());
  CHECK(report["iterations"][1]["step"] == 0.25);
  CHECK(report["seconds"] == json{{"read", 4.0}, {"setup", 8.0}, {"function", 0.5}, {"total", 10.0}});
  CHECK(report["memory"] == json{{"peak_bytes", 12'345'678'901}});
  CHECK(report["parameters"] == json(parameters));
  CHECK(report["version"] == std::string(version()));
}

TEST_CASE("objective report: what is no least-squares problem has a kind and parameters", "[inspect][objective]") {
  const json report = parse_json(json_report(objective_summary(), {.run = {.kind = "rosenbrock"}}));
  CHECK(report["problem"] == json{{"kind", "rosenbrock"}, {"parameters", 8}});
}

TEST_CASE("objective report: the table's columns are under their names", "[inspect][objective]") {
  const std::string header = objective_header(), line = objective_line(iterations[1]);
  CHECK(header.size() <= 79);
  CHECK(line.size() == header.size());
  CHECK(objective_line(iterations[0]).size() == header.size());
  CHECK(objective_line(iterations[0]).find("0.00e+00") == std::string::npos);  // the start has no step
}

TEST_CASE("objective report: the long report names status, values and time", "[inspect][objective]") {
  const std::string text = full_report(objective_summary());
  for (const char* part : {"status", "quoted", "1.001000000e+02 -> 3.333333333e-01", "lbfgs", "3 evaluations",
                           "function 0.500, other 1.500"}) {
    INFO(part);
    CHECK(text.find(part) != std::string::npos);
  }
}
