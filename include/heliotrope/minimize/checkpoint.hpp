// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "heliotrope/minimize/summary.hpp"

namespace heliotrope {

/// All that a least-squares solve needs to go on from an iteration with the bits of one that never stopped.
///
/// Valid for the same problem, stated in the same order, the same options that decide steps, and the same build of the
/// library. io/checkpoint.hpp writes and reads it.
struct Checkpoint {
  std::vector<double> values;    ///< all variables' numbers at the best point
  std::vector<double> scale;     ///< [column]: what damping is relative to
  double cost = 0.0;             ///< at that point, as its step found it
  double linearised_cost = 0.0;  ///< the same as linearising there found it: another order of summation
  double initial_cost = 0.0;
  double start_cost = 0.0;  ///< the same, or that of a cost that was changed on the way
  std::int64_t flat_iterations = 0;
  std::vector<double> decreases;  ///< of the last accepted steps, the last one last
  std::vector<Iteration> iterations;
  std::vector<double> strategy, model;  ///< what the method and the linear solver remember
  std::string model_text;
  /// Numbers, columns and residuals of the problem; method, damping policy, linear solver, derivatives, point
  /// iterations of the options.
  std::array<std::int64_t, 8> about{};

  friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

}  // namespace heliotrope
