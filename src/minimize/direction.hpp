// SPDX-License-Identifier: Apache-2.0
// Where a line-search method goes. The loop owns steps, termination and bookkeeping.
#pragma once

#include <algorithm>
#include <limits>
#include <memory>

#include "heliotrope/minimize/minimize_objective.hpp"
#include "minimize/bounds.hpp"
#include "minimize/iterates.hpp"

namespace heliotrope::detail {

class Direction {
 public:
  virtual ~Direction() = default;
  /// Writes the next direction into `at`, with its slope and square. Called once after every step; after forget() the
  /// direction is -g.
  virtual void propose(Iterates& at) = 0;
  /// The direction did not serve. What follows from past steps is told so by at.pairs() being 0.
  virtual void forget(Iterates& at) { at.forget(); }
  /// Whether the direction that was proposed is what forget() leads to.
  virtual bool is_steepest(const Iterates& at) const { return at.pairs() == 0; }
  /// Which step to try first along it; not asked for where it is steepest.
  virtual double first_step(const Iterates&) const { return 1.0; }
  /// The same without one.
  virtual double start_step(const Iterates& at) const { return std::min(1.0, 1.0 / at.max); }
  /// How far it may be followed.
  virtual double max_step() const { return std::numeric_limits<double>::infinity(); }
};

std::unique_ptr<Direction> make_gradient_descent(const ObjectiveOptions& options);
std::unique_ptr<Direction> make_conjugate_gradient(const ObjectiveOptions& options);
std::unique_ptr<Direction> make_lbfgs(const ObjectiveOptions& options, std::int64_t padded_size);
/// Rows of the limited-memory matrix are on the stack.
inline constexpr int most_bounded_memory = 128;
std::unique_ptr<Direction> make_bounded_lbfgs(const ObjectiveOptions& options, const Bounds& bounds, std::int64_t size);
std::unique_ptr<Direction> make_quasi_newton(const ObjectiveOptions& options, std::int64_t size);

std::unique_ptr<Direction> make_newton(const SecondOrderObjective& f, int threads, ObjectiveSummary& summary);
std::unique_ptr<Direction> make_truncated_newton(const SecondOrderObjective& f, std::int64_t size, int threads,
                                                 ObjectiveSummary& summary);

/// -g
inline void propose_steepest(Iterates& at) { at.combine(0, {}); }

}  // namespace heliotrope::detail
