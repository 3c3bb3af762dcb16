// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>

namespace heliotrope {

/// How the minimisation of an objective ended. With f the value, g its gradient (within bounds: the projected gradient
/// P(x - g) - x), and tolerances from the options:
enum class ObjectiveStatus {
  gradient_converged,   ///< |g| <= gradient_tolerance, in the norm of the options
  value_converged,      ///< (f - f_new) / max(|f|, |f_new|, 1) <= value_tolerance, or no step lowers f by more than its
                        ///< rounding
  max_iterations,       ///< iterations reached max_iterations
  max_evaluations,      ///< evaluations reached max_evaluations
  time_limit,           ///< seconds since the start reached time_limit
  user_stopped,         ///< the callback or the stop function asked to stop
  not_finite_at_start,  ///< f or an element of g is not finite at the start
  line_search_failed    ///< no short step lowers f as its slope says: f jumps, or g is not its gradient
};

/// One word: "gradient_converged", ...
std::string_view name(ObjectiveStatus status);
/// One sentence.
std::string_view sentence(ObjectiveStatus status);
/// Whether a minimum was reached to the tolerances.
inline bool is_converged(ObjectiveStatus status) { return status <= ObjectiveStatus::value_converged; }
/// Whether the solve failed numerically: neither converged nor stopped at a limit or by the user.
inline bool is_failure(ObjectiveStatus status) { return status >= ObjectiveStatus::not_finite_at_start; }

/// One pass of the loop; iteration 0 is the start.
struct ObjectiveIteration {
  int iteration = 0;
  double value = 0.0;         ///< f where the iteration ended
  double gradient_max = 0.0;  ///< max |g_j| there
  double step = 0.0;          ///< along the direction
  double step_norm = 0.0;     ///< |x_new - x|
  int evaluations = 0;        ///< so far, the start's included
  double seconds = 0.0;       ///< since the start
};

/// What the minimisation of an objective did.
struct ObjectiveSummary {
  ObjectiveStatus status = ObjectiveStatus::max_iterations;
  std::string message;  ///< the status in a sentence, with what it concerns
  std::string method;   ///< direction and line search

  std::int64_t num_parameters = 0;
  int iterations = 0;
  int evaluations = 0;          ///< of value and gradient together
  int hessians = 0;             ///< evaluations of the Hessian
  int hessians_not_finite = 0;  ///< of these, replaced by the identity
  std::int64_t products = 0;    ///< of the Hessian with vectors
  int factorizations = 0;       ///< of it, shifted
  double initial_value = 0.0, final_value = 0.0;
  double gradient_max = 0.0, gradient_norm = 0.0;  ///< max |g_j| and (sum g_j^2)^(1/2) at the end

  double seconds_function = 0.0;  ///< within the objective, its Hessian and products included
  double seconds_linear = 0.0;    ///< analysing, factorising, solving
  double seconds_total = 0.0;

  bool converged() const { return is_converged(status); }
};

/// One paragraph: status, values, iterations, evaluations, time.
std::ostream& operator<<(std::ostream& out, const ObjectiveSummary& summary);

}  // namespace heliotrope
