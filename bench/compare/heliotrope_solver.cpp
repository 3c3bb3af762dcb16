// SPDX-License-Identifier: Apache-2.0
#include <cstdio>

#include "compare.hpp"
#include "heliotrope/heliotrope.hpp"
#include "heliotrope/io/problems.hpp"
#include "heliotrope/problem/evaluator.hpp"
#include "timing.hpp"

namespace compare {

Solve solve_heliotrope(const heliotrope::BalScene& scene, int threads) {
  const Clock clock;
  heliotrope::BalProblem made = make_problem(scene);
  const double start = clock.seconds();
  const heliotrope::Summary summary = heliotrope::minimize(made.problem, {.threads = threads, .max_iterations = 200});
  Solve solve{.trace = {},
              .seconds = clock.seconds(),
              .iterations = static_cast<int>(summary.iterations.size()) - 1,
              .converged = summary.converged(),
              .stages = {}};
  for (const heliotrope::Iteration& iteration : summary.iterations) {
    solve.trace.push_back({start + iteration.seconds, iteration.cost});
  }
  char text[200];
  std::snprintf(text, sizeof text, "problem %.3f, set-up %.3f, residuals %.3f, Jacobian %.3f, linear %.3f (%s)", start,
                summary.seconds_setup, summary.seconds_residuals, summary.seconds_jacobian, summary.seconds_linear,
                summary.linear_solver.c_str());
  solve.stages = text;
  return solve;
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

}  // namespace compare
