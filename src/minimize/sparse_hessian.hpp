// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "heliotrope/large_vector.hpp"
#include "heliotrope/minimize/minimize_objective.hpp"
#include "linear/shifted_cholesky.hpp"
#include "minimize/iterates.hpp"

namespace heliotrope::detail {

/// The Hessian of an objective at the present point: values, products, factors. Where it is not finite, or
/// zero, the identity stands for it.
class SparseHessian {
 public:
  enum class Use { products, factors };

  /// Analyses the pattern, if factors are wanted.
  SparseHessian(const SecondOrderObjective& f, Use use, int threads, ObjectiveSummary& summary);

  void evaluate(const Iterates& at);
  /// to = H v; both of at.size() numbers.
  void multiply(const double* v, double* to) const;

  /// H + shift I = L L'. False: not positive definite.
  bool factorise(double shift);
  /// x = -(H + shift I)^-1 b
  void solve(const double* b, double* x);
  /// See ShiftedCholesky.
  double failing_curvature(double* v) { return factor_.failing_curvature({v, size()}); }

  double least_diagonal() const { return least_diagonal_; }
  /// Bounds on the eigenvalues, by Gershgorin's discs.
  double least_eigenvalue() const { return least_eigenvalue_; }
  double most_eigenvalue() const { return most_eigenvalue_; }
  /// max |h_ij|
  double largest() const { return largest_; }
  LargeVector<double>& values() { return values_; }
  /// The values have changed: bounds anew. False: not finite.
  bool measure();

 private:
  std::size_t size() const { return static_cast<std::size_t>(pattern_->num_rows); }

  const SecondOrderObjective& f_;
  const SparsityPattern* pattern_;
  int threads_;
  ObjectiveSummary& summary_;
  linear_detail::ShiftedCholesky factor_;
  LargeVector<double> values_;
  bool is_identity_ = false;
  double least_diagonal_ = 0.0, least_eigenvalue_ = 0.0, most_eigenvalue_ = 0.0, largest_ = 0.0;
};

/// Factorises H + tau I with the first tau >= shift that succeeds, and returns it; infinite where none does. v:
/// scratch.
double factorise_shifted(SparseHessian& hessian, double shift, double* v);

/// Products with the Hessian, by its values where they are given, else by those of the objective.
class HessianProduct {
 public:
  HessianProduct(const SecondOrderObjective& f, int threads, ObjectiveSummary& summary);

  /// The point has changed.
  void update(const Iterates& at);
  void multiply(const Iterates& at, const double* v, double* to);

 private:
  const SecondOrderObjective& f_;
  ObjectiveSummary& summary_;
  std::optional<SparseHessian> values_;
};

}  // namespace heliotrope::detail
