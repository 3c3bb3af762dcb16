// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/minimize/problem_objective.hpp"

#include <limits>
#include <vector>

#include "heliotrope/error.hpp"
#include "heliotrope/problem/gradient_evaluator.hpp"
#include "minimize/problem_retraction.hpp"
#include "minimize/workspace.hpp"

namespace heliotrope {

namespace {

/// Bounds of numbers that are held do not count: these stay where they are.
std::vector<double> free_where_held(const Problem& problem, std::span<const double> bounds, double none) {
  std::vector<double> made(bounds.begin(), bounds.end());
  const auto held = detail::ProblemAccess::held(problem);
  for (std::size_t i = 0; i < held.size(); ++i) {
    if (held[i] != 0) made[i] = none;
  }
  return made;
}

}  // namespace

ObjectiveSummary minimize_objective(Problem& problem, const ObjectiveOptions& wanted, Derivatives derivatives) {
  problem.read_attached();
  ObjectiveOptions options = wanted;
  constexpr double infinity = std::numeric_limits<double>::infinity();
  std::vector<double> lower, upper;
  if (problem.has_bounds() && options.lower.empty() && options.upper.empty()) {
    lower = free_where_held(problem, detail::ProblemAccess::lower_bounds(problem), -infinity);
    upper = free_where_held(problem, detail::ProblemAccess::upper_bounds(problem), infinity);
    options.lower = lower;
    options.upper = upper;
  }
  const int threads = detail::useful_threads(problem, options.threads);
  detail::ProblemRetraction retraction(problem, threads);
  const bool bounded = !options.lower.empty() || !options.upper.empty();
  if (bounded && !retraction.is_addition()) {
    throw Error("bounds with a problem that has manifolds or fixed variables; expected free Euclidean variables alone");
  }
  GradientEvaluator evaluator(problem, {.derivatives = derivatives, .threads = threads});
  const auto cost = [&](std::span<const double> x, std::span<double> gradient) {
    return evaluator.evaluate_in_place(problem, x.data(), gradient);  // iterates have spare numbers behind them
  };
  std::vector<double> x(problem.values().begin(), problem.values().end());
  ObjectiveSummary summary =
      detail::minimize_objective_on({Objective(cost)}, retraction.is_addition() ? nullptr : &retraction, x, options);
  if (summary.status == ObjectiveStatus::not_finite_at_start) {
    Evaluator named(problem, {.jacobian = false, .threads = threads});
    const std::string which = named.find_non_finite(problem, x);
    if (!which.empty()) summary.message += ": " + which;
    return summary;
  }
  problem.set_values(x);
  problem.write_attached();
  return summary;
}

}  // namespace heliotrope
