// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/minimize/summary.hpp"

#include <cstdio>
#include <ostream>

namespace heliotrope {

std::string_view name(Status status) {
  switch (status) {
    case Status::gradient_converged:
      return "gradient_converged";
    case Status::cost_converged:
      return "cost_converged";
    case Status::step_converged:
      return "step_converged";
    case Status::max_iterations:
      return "max_iterations";
    case Status::time_limit:
      return "time_limit";
    case Status::user_stopped:
      return "user_stopped";
    case Status::not_finite_at_start:
      return "not_finite_at_start";
    case Status::linear_failure:
      return "linear_failure";
  }
  return "unknown";
}

std::string_view sentence(Status status) {
  switch (status) {
    case Status::gradient_converged:
      return "converged: the gradient is zero to the tolerance";
    case Status::cost_converged:
      return "converged: the cost no longer falls by more than the tolerance";
    case Status::step_converged:
      return "converged: steps are smaller than the tolerance";
    case Status::max_iterations:
      return "stopped at the limit of iterations";
    case Status::time_limit:
      return "stopped at the time limit";
    case Status::user_stopped:
      return "stopped by the user at the best point";
    case Status::not_finite_at_start:
      return "failed: a residual is not finite at the start";
    case Status::linear_failure:
      return "failed: no damping gave a definite linear system and a point of finite cost";
  }
  return "unknown";
}

std::ostream& operator<<(std::ostream& out, const Summary& summary) {
  char line[256];
  std::snprintf(
      line, sizeof line, "cost %.6e -> %.6e in %zu iterations and %.3g s (%lld residuals, %lld parameters, %s)\n",
      summary.initial_cost, summary.final_cost, summary.iterations.empty() ? 0 : summary.iterations.size() - 1,
      summary.seconds_total, static_cast<long long>(summary.num_residuals),
      static_cast<long long>(summary.num_parameters), summary.linear_solver.c_str());
  out << summary.message << "; ";
  if (!summary.note.empty()) out << summary.note << "; ";
  return out << line;
}

}  // namespace heliotrope
