// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "minimize/sparse_hessian.hpp"

namespace heliotrope::detail {

/// The nearly exact minimiser of g'p + p'Hp / 2 within |p| <= radius, by factorisations of H + lambda I [More1983].
///
/// p solves it exactly for some lambda >= 0, H + lambda I positive semidefinite, iff
///
///     (H + lambda I) p = -g,    lambda (radius - |p|) = 0
///
/// Memory: two n-vectors.
class TrustStep {
 public:
  explicit TrustStep(std::int64_t size) : z_(static_cast<std::size_t>(size)), w_(z_.size()) {}

  /// Writes p; returns the model's decrease, or 0 where no factorisation succeeded.
  double solve(SparseHessian& hessian, const double* g, double radius, double* p);
  /// Of the last step.
  double lambda() const { return lambda_; }

 private:
  /// What is known of lambda: [low, high].
  struct Interval {
    double low, high;
    double inside() const;
  };
  void fail(SparseHessian& hessian, Interval& known);
  bool finish_hard(SparseHessian& hessian, Interval& known, double radius, double g_p, double* p);
  double newton_update(SparseHessian& hessian, double norm, double radius, const double* p);
  double dot(const double* a, const double* b) const;

  LargeVector<double> z_, w_;
  double lambda_ = 0.0;
};

}  // namespace heliotrope::detail
