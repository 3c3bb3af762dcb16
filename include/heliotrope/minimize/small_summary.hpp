// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "heliotrope/minimize/summary.hpp"

namespace heliotrope {

/// The most parameters (tangent directions) of a small problem.
inline constexpr int max_small_parameters = 32;

/// When to stop; the meanings of MinimizeOptions and Status, x being one variable. Nothing is checked: a tolerance that
/// is negative or nan never holds.
struct SmallOptions {
  int max_iterations = 100;
  double cost_tolerance = 1e-6;  ///< cost_converged; there are no undamped steps after it, as minimize() takes
  double gradient_tolerance = 1e-10;
  double step_tolerance = 1e-10;
  /// A cost this low is the end too, as cost_converged: where residuals vanish at the answer and convergence is slow.
  double cost_threshold = 0.0;
  double initial_damping = 1e-4;  ///< relative to the diagonal of J'J; positive
};

/// How a small problem ended.
struct SmallSummary {
  Status status = Status::max_iterations;
  int iterations = 0;  ///< steps tried
  double initial_cost = 0.0;
  double final_cost = 0.0;    ///< 1/2 |r|^2 at the answer
  double gradient_max = 0.0;  ///< max_j |g_j| there

  bool converged() const { return is_converged(status); }
};

}  // namespace heliotrope
