// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/inspect/problem_report.hpp"

#include <cmath>
#include <limits>

#include "catch.hpp"
#include "heliotrope/io/generate.hpp"
#include "heliotrope/io/problems.hpp"
#include "json.hpp"

using namespace heliotrope;

namespace {

/// b - a - offset: one residual a pair.
struct Offset {
  double offset;
  template <class T>
  void operator()(const T* a, const T* b, T* r) const {
    r[0] = b[0] - a[0] - offset;
  }
};

}  // namespace

TEST_CASE("problem report: counts, parts and costs of a small problem by hand", "[inspect][problem_report]") {
  Problem problem;
  const double zeros[7] = {};
  const auto x = problem.add_variables<1>(zeros);
  problem.fix(x[0]);
  problem.add_residual<1>(Offset{3.0}, x[0], x[1]);  // part 0 1 2, held; r = -3, -1
  problem.add_residual<1>(Offset{1.0}, x[1], x[2]);
  problem.add_residual<1>(Offset{-5.0}, {.loss = huber(1.0)}, x[4], x[5]);  // part 4 5; 3 and 6 are in no residual
  const ProblemReport report = report_problem(problem);
  CHECK(report.num_variables == 7);
  CHECK(report.num_fixed == 1);
  CHECK(report.num_columns == 6);
  CHECK(report.num_residuals == 3);
  CHECK(report.num_nonzeros == 5);
  CHECK(report.num_parts == 2);
  CHECK(report.num_floating_parts == 1);
  CHECK(report.largest_part == 3);
  CHECK(report.num_unused == 2);
  REQUIRE(report.variables.size() == 1);
  CHECK(report.variables[0].count == 7);
  CHECK(report.variables[0].fixed == 1);
  REQUIRE(report.residuals.size() == 2);
  CHECK(report.residuals[0].count == 2);
  CHECK(report.residuals[0].largest == 0);
  CHECK(report.residuals[0].largest_norm == 3.0);
  CHECK(report.residuals[0].cost == Approx(5.0));
  CHECK(report.residuals[1].loss == "huber:1");
  CHECK(report.residuals[1].largest_norm == 5.0);
  CHECK(report.residuals[1].cost == Approx(4.5));
  CHECK(report.cost == Approx(9.5));
  CHECK(report.not_finite.empty());
  CHECK(report.linear.type == LinearSolverType::dense_qr);
  CHECK_THAT(to_text(report), Catch::Contains("2 connected parts, the largest of 3 variables; 1 without"));
}

TEST_CASE("problem report: what is not finite is named", "[inspect][problem_report]") {
  Problem problem;
  const auto a = problem.add_variable({0.0}), b = problem.add_variable({0.0});
  problem.add_residual<1>(Offset{1.0}, a, b);
  problem.add_residual<1>(Offset{std::numeric_limits<double>::quiet_NaN()}, a, b);
  const ProblemReport report = report_problem(problem);
  CHECK_THAT(report.not_finite, Catch::Contains("block 1"));
  CHECK(std::isnan(report.cost));
  CHECK(report.residuals[0].largest == 1);
  const auto json = heliotrope_test::parse_json(to_json(report));
  CHECK(json["cost"].is_null());
  CHECK(json["residuals"][0]["largest"]["block"] == 1);
}

TEST_CASE("problem report: the choice is what minimize does, and nothing is changed", "[inspect][problem_report]") {
  auto bal = make_problem(generate_bal({.num_cameras = 8, .num_points = 400}));
  const std::vector<double> before(bal.problem.values().begin(), bal.problem.values().end());
  const ProblemReport report = report_problem(bal.problem);
  CHECK(std::equal(before.begin(), before.end(), bal.problem.values().begin()));
  CHECK(report.linear.num_eliminated == 400);
  CHECK(is_schur(report.linear.type));
  CHECK(report.linear.costs.size() == 8);
  const Summary summary = minimize(bal.problem, {.max_iterations = 0});
  CHECK(summary.linear_reason == report.linear.reason);
  CHECK(summary.initial_cost == Approx(report.cost).epsilon(1e-12));

  auto graph = make_problem(generate_pose_graph({.num_poses = 300}));
  const ProblemReport of_graph = report_problem(graph.problem);
  CHECK(minimize(graph.problem, {.max_iterations = 0}).linear_reason == of_graph.linear.reason);
  CHECK(of_graph.num_parts == 1);
  CHECK(of_graph.num_floating_parts == 0);
  CHECK(of_graph.residuals[0].weighted);
}

TEST_CASE("problem report: JSON reads back", "[inspect][problem_report]") {
  Problem problem;
  const auto a = problem.add_variable({0.0, 1.0});
  problem.add_terms(std::vector{[](const auto* x, auto* f) { f[0] = x[0] * x[0] + x[1]; }}, a);
  const ProblemReport report = report_problem(problem);
  CHECK(report.num_terms == 1);
  CHECK(report.cost == 1.0);
  const std::vector<std::string> warnings = {"something \"odd\""};
  const auto json = heliotrope_test::parse_json(
      to_json(report, {.source = "f.txt", .kind = "own", .warnings = warnings, .gauge = "none"}));
  CHECK(json["source"] == "f.txt");
  CHECK(json["warnings"][0] == warnings[0]);
  CHECK(json["variables"][0]["ambient"] == 2);
  CHECK(json["residuals"][0]["terms"] == true);
  CHECK(json["residuals"][0]["cost"] == 1.0);
  CHECK(json["linear"]["solvers"].empty());
}
