// SPDX-License-Identifier: Apache-2.0
#include <cstdio>

#include "heliotrope/io/problems.hpp"
#include "heliotrope/problem/evaluator.hpp"
#include "heliotrope_solve.hpp"

namespace bundle {

namespace {

std::string outcome_of(heliotrope::Status status) {
  if (heliotrope::is_converged(status)) return "converged";
  if (status == heliotrope::Status::time_limit) return "time limit";
  return status == heliotrope::Status::max_iterations ? "iteration limit" : "failed";
}

}  // namespace

Solve minimise(heliotrope::Problem& problem, const Clock& clock, const SolveOptions& options) {
  const double start = clock.seconds();
  const heliotrope::Summary summary = heliotrope::minimize(
      problem,
      {.threads = options.threads, .max_iterations = options.max_iterations, .time_limit = options.time_limit});
  Solve solve;
  solve.seconds = clock.seconds();
  solve.iterations = static_cast<int>(summary.iterations.size()) - 1;
  solve.outcome = outcome_of(summary.status);
  for (const heliotrope::Iteration& iteration : summary.iterations) {
    solve.trace.push_back({start + iteration.seconds, iteration.cost});
  }
  char text[300];
  std::snprintf(text, sizeof text, "problem %.3f, set-up %.3f, residuals %.3f, Jacobian %.3f, linear %.3f (%s)", start,
                summary.seconds_setup, summary.seconds_residuals, summary.seconds_jacobian, summary.seconds_linear,
                summary.linear_solver.c_str());
  solve.note = text;
  return solve;
}

Solve solve_heliotrope(const heliotrope::BalScene& scene, const SolveOptions& options) {
  const Clock clock;
  heliotrope::BalProblem made = make_problem(scene);
  return minimise(made.problem, clock, options);
}

Evaluations evaluate_heliotrope(const heliotrope::BalScene& scene, int repeats) {
  const heliotrope::BalProblem made = make_problem(scene);
  heliotrope::Evaluator evaluator(made.problem, {.threads = 1});
  return time_calls(repeats, [&] { evaluator.linearise(made.problem, made.problem.values()); });
}

Evaluations evaluate_heliotrope_rows(const heliotrope::BalScene& scene, int repeats) {
  const heliotrope::BalProblem made = make_problem(scene);
  return time_calls(repeats, [&] { made.problem.evaluate({.residuals = true, .jacobian = true}); });
}

}  // namespace bundle
