// SPDX-License-Identifier: Apache-2.0
// Steps of a damped linear model within bounds.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "heliotrope/aligned_buffer.hpp"
#include "heliotrope/linear/jacobian_operator.hpp"
#include "heliotrope/linear/linear_solver.hpp"
#include "heliotrope/problem/evaluator.hpp"
#include "minimize/workspace.hpp"

namespace heliotrope::detail {

/// Approximate minimisers of
///
///     m(d) = g'd + 1/2 |J d|^2 + 1/2 d'Lambda d,    low <= d <= high
///
/// and all that a stored model needs to know of bounds. Columns at a bound with the gradient pointing out of it are
/// *held* at a point: they are zero in the Jacobian that the solver sees, and in g and diag(J'J). Where a solution for
/// the others leaves the bounds, what leaves is put on its bound and held too, and the rest is solved for again, a few
/// times; what then is outside is cut off. Is that no better than the point on the path of the projected scaled
/// gradient,
///
///     clip(-t D^-1 g),    m <= 1/10 g'd  [Conn2000, 12.2.1],
///
/// that point is the step. So a step gains a fixed part of what the projected gradient does, and grows small with the
/// damping, which makes every limit a first-order point [Kanzow2004].
///
/// Holds a copy of the Jacobian's values, made where columns are held. Nothing is allocated after construction.
class BoundedStep {
 public:
  /// Who solves and multiplies.
  struct Tools {
    LinearSolver& linear;
    JacobianOperator& products;
    const BlockJacobian& jacobian;
    int threads;
  };

  BoundedStep(const Problem& problem, const Structure& structure, const BlockJacobian& jacobian,
              const JacobianOperator& products);

  /// Takes the problem's bounds and moves the workspace's x within.
  void begin(Workspace& w);
  /// After the gradient at x: holds columns there, sets w.low and w.high, and clears held columns from gradient and
  /// diagonal. Then the solver takes the Jacobian.
  void linearise(Workspace& w, const Tools& tools);
  /// w.step for the damping, one number a column. False: not definite, or not finite.
  bool solve(Workspace& w, const Tools& tools, std::span<const double> damping);
  /// Whether the last step met bounds, so that it does not solve the linear system, and what the model without damping
  /// promises for it.
  bool is_clipped() const { return clipped_; }
  double predicted_decrease() const { return predicted_; }
  /// Cuts w.step, whatever made it, to the bounds; true where it did.
  bool clip(Workspace& w) const;
  /// Cuts the step or takes the projected gradient's, as solve() does. `size`: of the latter, at most, in the norm of
  /// D.
  void confine(Workspace& w, const Tools& tools, double size);

  /// candidate = x + length * step, exactly on a bound where a step of length 1 ends there.
  void project(const Workspace& w, double length, std::span<double> candidate) const;
  bool is_held(std::size_t column) const { return held_at_x_[column] != 0; }

 private:
  void choose(Workspace& w, const Tools& tools, std::span<const double> damping, double size);
  void hold_outside(std::span<double> step);
  void give(const Tools& tools, bool moved);
  double model(const Workspace& w, const Tools& tools, std::span<const double> damping, std::span<const double> d);
  double projected_gradient(const Workspace& w, const Tools& tools, std::span<const double> damping, double size);

  std::vector<Structure::Run> runs_;     ///< Euclidean ones
  LargeVector<double> lower_, upper_;    ///< [number]
  LargeVector<std::uint8_t> held_at_x_;  ///< [column]
  LargeVector<std::uint8_t> held_;       ///< [column]: those, and what later solutions left
  bool on_face_ = false;                 ///< the solver has more columns held than at x
  bool clipped_ = false;
  double predicted_ = 0.0, square_ = 0.0;  ///< square_: |J d|^2 of the last model()
  BlockJacobian reduced_;                  ///< the Jacobian without held columns
  std::vector<AlignedBuffer> values_, residuals_;
  LargeVector<double> edge_, damping_, gradient_step_, rows_;
};

}  // namespace heliotrope::detail
