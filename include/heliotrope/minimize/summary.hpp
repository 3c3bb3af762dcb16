// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

namespace heliotrope {

/// How a solve ended. With F the cost, g = J'r, delta_b the step of variable b, and tolerances from the options:
enum class Status {
  gradient_converged,  ///< max_j |g_j| / (|J_j| |r|) <= gradient_tolerance, |g_j| being |J_j|^2 times room at a bound
  cost_converged,  ///< (F - F_new) / F <= cost_tolerance twice in a row, and for all that is to come if decreases go
                   ///< on as a geometric series; or undamped steps became as short as rounding lets them
  step_converged,  ///< |delta_b| <= step_tolerance (|x_b| + 1e-10) for every variable b; where it has typical sizes,
                   ///< |delta_j| <= step_tolerance max(|x_j|, typical_j) for every number j of it
  max_iterations,  ///< iterations reached max_iterations
  time_limit,      ///< seconds since the solve began reached time_limit
  user_stopped,    ///< the callback asked to stop
  not_finite_at_start,  ///< some residual, or its derivative, is not finite at the start; the message names it
  linear_failure        ///< no damping up to its limit gave a definite system and a point of finite cost
};

/// One word: "gradient_converged", ...
std::string_view name(Status status);
/// One sentence.
std::string_view sentence(Status status);
/// Whether a minimum was reached to the tolerances.
inline bool is_converged(Status status) { return status <= Status::step_converged; }
/// Whether the solve failed numerically: neither converged nor stopped at a limit or by the user.
inline bool is_failure(Status status) { return status >= Status::not_finite_at_start; }

/// One pass of the loop; iteration 0 is the start.
struct Iteration {
  int iteration = 0;
  double cost = 0.0;  ///< 1/2 sum rho(|r|^2) at the best point so far (the last steps may raise it by 1e-12 of itself)
  double gradient_max = 0.0;  ///< max |g_j| there
  double step_norm = 0.0;     ///< |delta| of the step tried
  double damping = 0.0;       ///< lambda of that step; Gauss-Newton: the step length
  double gain_ratio = 0.0;    ///< actual over predicted decrease
  bool accepted = false;
  double seconds = 0.0;  ///< since the solve began

  friend bool operator==(const Iteration&, const Iteration&) = default;
};

/// One coordinate of a variable: of a Euclidean one that number, of others that tangent direction.
struct Coordinate {
  std::int64_t variable = 0;
  int coordinate = 0;
  friend bool operator==(const Coordinate&, const Coordinate&) = default;
};

/// What a solve did. Prints itself: operator<< gives the short form, inspect/report.hpp the long one and JSON.
struct Summary {
  Status status = Status::max_iterations;
  std::string message;  ///< the status in a sentence, with what it concerns

  std::int64_t num_variables = 0, num_parameters = 0;  ///< parameters: columns of J
  std::int64_t num_residual_blocks = 0, num_residuals = 0;
  double initial_cost = 0.0, final_cost = 0.0;

  std::string method, linear_solver, linear_reason, derivatives;
  int threads = 1;
  std::vector<Iteration> iterations;

  double seconds_setup = 0.0, seconds_residuals = 0.0, seconds_jacobian = 0.0, seconds_linear = 0.0,
         seconds_total = 0.0;
  std::int64_t function_evaluations = 0;     ///< of black-box functions (Problem::add_function), together
  std::int64_t function_columns_failed = 0;  ///< columns that no difference could be had for, over all estimates
  /// Coordinates by which all derivatives are exactly zero at the end: nothing depends on them. Numbers that moved do
  /// not count, nor what is held, fixed or disabled, nor those whose residuals are all disabled.
  std::int64_t num_without_effect = 0;
  std::vector<Coordinate> without_effect;  ///< the first of them, at most 8
  std::string note;                        ///< that in words; empty where there are none
  std::int64_t peak_bytes = 0;             ///< of the process, as the operating system counts it

  bool converged() const { return is_converged(status); }
};

/// One paragraph: status, costs, iterations, time.
std::ostream& operator<<(std::ostream& out, const Summary& summary);

}  // namespace heliotrope
