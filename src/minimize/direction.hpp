// SPDX-License-Identifier: Apache-2.0
// Where a line-search method goes. The loop owns steps, termination and bookkeeping.
#pragma once

#include <limits>
#include <memory>

#include "heliotrope/minimize/minimize_objective.hpp"
#include "minimize/bounds.hpp"
#include "minimize/iterates.hpp"

namespace heliotrope::detail {

class Direction {
 public:
  virtual ~Direction() = default;
  /// Writes the next direction into `at`, with its slope and square. Called once after every step; where at.pairs() is
  /// 0 the past is to be forgotten and the direction is -g.
  virtual void propose(Iterates& at) = 0;
  /// Which step to try first along it; asked for only with a past.
  virtual double first_step(const Iterates&) const { return 1.0; }
  /// How far it may be followed.
  virtual double max_step() const { return std::numeric_limits<double>::infinity(); }
};

std::unique_ptr<Direction> make_gradient_descent(const ObjectiveOptions& options);
std::unique_ptr<Direction> make_conjugate_gradient(const ObjectiveOptions& options);
std::unique_ptr<Direction> make_lbfgs(const ObjectiveOptions& options);
/// Rows of the limited-memory matrix are on the stack.
inline constexpr int most_bounded_memory = 128;
std::unique_ptr<Direction> make_bounded_lbfgs(const ObjectiveOptions& options, const Bounds& bounds, std::int64_t size);
std::unique_ptr<Direction> make_quasi_newton(const ObjectiveOptions& options, std::int64_t size);

/// -g
inline void propose_steepest(Iterates& at) { at.combine(0, {}); }

}  // namespace heliotrope::detail
