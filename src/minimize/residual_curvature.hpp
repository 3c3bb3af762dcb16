// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "heliotrope/large_vector.hpp"

namespace heliotrope::detail {

/// What J'J leaves out of the Hessian, S = sum_i r_i d^2 r_i, as a diagonal matrix that is learnt from accepted steps:
///
///     S_j = max(0, y_j / s_j),    y = g_new - g - J'J s
///
/// Where residuals stay large S is most of the Hessian in some columns, and damping, which must make up for it, then
/// stiffens all others too. Coordinates by themselves: S of a separable sum is exact, and damping_j = S_j costs
/// nothing in any solver. As in NL2SOL [Dennis1981] the model that told the last decrease better, J'J or J'J + S,
/// makes the next step; where J'J told it to a tenth S is not used. Learning, two products with J,
/// begins when that first fails.
class ResidualCurvature {
 public:
  /// For n columns, or 0: S is zero and stays so.
  void resize(std::size_t n);
  void reset();

  /// Of an accepted step for which the model in use promised `predicted`: chooses the next model. True: what follows
  /// is to be learnt from, by arrive().
  bool leave(std::span<const double> step, double predicted, double decrease);
  /// expected: g + J'J step where the step began; gradient: where it ended; scale: D. Coordinates that moved by no more
  /// than rounding in the norm of D teach nothing.
  void arrive(std::span<const double> step, std::span<const double> expected, std::span<const double> gradient,
              std::span<const double> scale);
  /// Takes the other model. False: S is zero, there is no other.
  bool change();

  double operator[](std::size_t j) const { return used_ ? diagonal_[j] : 0.0; }

  /// All of it, for a Checkpoint, appended.
  void save(std::vector<double>& to) const;
  /// False: it is of another size.
  bool restore(std::span<const double> from);

 private:
  LargeVector<double> diagonal_;
  bool used_ = false, known_ = false;  // known: something was learnt
};

}  // namespace heliotrope::detail
