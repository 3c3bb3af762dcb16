// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "heliotrope/linear/block_jacobian.hpp"
#include "heliotrope/minimize/summary.hpp"
#include "heliotrope/problem/problem.hpp"

namespace heliotrope {

/// A least-squares solve after an iteration, as MinimizeOptions::observe sees it. Views last as long as the call.
class IterationView {
 public:
  IterationView(const Iteration& iteration, Problem& problem, std::span<const double> values,
                std::span<const double> gradient, std::span<const double> step, const BlockJacobian* jacobian)
      : iteration_(iteration),
        problem_(problem),
        values_(values),
        gradient_(gradient),
        step_(step),
        jacobian_(jacobian) {}

  const Iteration& iteration() const { return iteration_; }
  /// Its own values are still those of the start.
  const Problem& problem() const { return problem_; }
  /// The numbers of all variables at the best point so far.
  std::span<const double> values() const { return values_; }
  std::span<const double> gradient() const { return gradient_; }  ///< [column]: J'r there
  std::span<const double> step() const { return step_; }          ///< [column]: tried last; empty at the start
  /// Residuals and Jacobian there, losses applied, in blocks of 8 lanes; null where none is kept: where variables
  /// are eliminated, and where few columns are streamed. evaluate() gives it in every case.
  const BlockJacobian* jacobian() const { return jacobian_; }
  /// Problem::evaluate there; options.values is set here. Cost: an evaluation.
  Evaluation evaluate(EvaluationOptions options = {}) const {
    options.values = values_;
    return problem_.evaluate(options);
  }

  /// Problem::set_loss: the solve goes on from this point with the new cost.
  void set_loss(const Residuals& residuals, const Loss& loss) {
    problem_.set_loss(residuals, loss);
    changed_ = true;
  }
  bool changed() const { return changed_; }

 private:
  const Iteration& iteration_;
  Problem& problem_;
  std::span<const double> values_, gradient_, step_;
  const BlockJacobian* jacobian_;
  bool changed_ = false;
};

}  // namespace heliotrope
