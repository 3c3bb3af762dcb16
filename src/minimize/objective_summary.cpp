// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/minimize/objective_summary.hpp"

#include <cstdio>
#include <ostream>

namespace heliotrope {

std::string_view name(ObjectiveStatus status) {
  switch (status) {
    case ObjectiveStatus::gradient_converged:
      return "gradient_converged";
    case ObjectiveStatus::value_converged:
      return "value_converged";
    case ObjectiveStatus::max_iterations:
      return "max_iterations";
    case ObjectiveStatus::max_evaluations:
      return "max_evaluations";
    case ObjectiveStatus::time_limit:
      return "time_limit";
    case ObjectiveStatus::user_stopped:
      return "user_stopped";
    case ObjectiveStatus::not_finite_at_start:
      return "not_finite_at_start";
    case ObjectiveStatus::line_search_failed:
      return "line_search_failed";
  }
  return "unknown";
}

std::string_view sentence(ObjectiveStatus status) {
  switch (status) {
    case ObjectiveStatus::gradient_converged:
      return "converged: the gradient is zero to the tolerance";
    case ObjectiveStatus::value_converged:
      return "converged: the value no longer falls by more than the tolerance, or than its rounding";
    case ObjectiveStatus::max_iterations:
      return "stopped at the limit of iterations";
    case ObjectiveStatus::max_evaluations:
      return "stopped at the limit of evaluations";
    case ObjectiveStatus::time_limit:
      return "stopped at the time limit";
    case ObjectiveStatus::user_stopped:
      return "stopped by the user at the best point";
    case ObjectiveStatus::not_finite_at_start:
      return "failed: the objective is not finite at the start";
    case ObjectiveStatus::line_search_failed:
      return "failed: the value rises along the negative gradient; is it the gradient?";
  }
  return "unknown";
}

std::ostream& operator<<(std::ostream& out, const ObjectiveSummary& summary) {
  char line[256];
  std::snprintf(line, sizeof line,
                "value %.6e -> %.6e, gradient %.2e in %d iterations, %d evaluations and %.3g s (%lld parameters, %s)\n",
                summary.initial_value, summary.final_value, summary.gradient_max, summary.iterations,
                summary.evaluations, summary.seconds_total, static_cast<long long>(summary.num_parameters),
                summary.method.c_str());
  out << summary.message << "; " << line;
  if (summary.hessians == 0 && summary.products == 0) return out;
  std::snprintf(line, sizeof line, "%d Hessians, %lld products, %d factorisations, %.3g s linear algebra\n",
                summary.hessians, static_cast<long long>(summary.products), summary.factorizations,
                summary.seconds_linear);
  return out << line;
}

}  // namespace heliotrope
