// SPDX-License-Identifier: Apache-2.0
// Cholesky factorisations of a sparse symmetric matrix plus multiples of the identity, as Newton's methods need them.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "heliotrope/derive/sparsity_pattern.hpp"
#include "heliotrope/large_vector.hpp"
#include "supernodal_factor.hpp"

namespace heliotrope::linear_detail {

/// P (H + shift I) P' = L L' for a symmetric H whose values, of both triangles, are in the order of a SparsityPattern.
///
/// One symbolic analysis, of scalars by minimum degree, or by nested dissection where that takes fewer operations; any
/// number of factorisations. One that fails ends at the first pivot that is not positive, and leaves behind a direction
/// that proves it. Only analyse() allocates. Memory: that of the factor and some 80 bytes an entry of H's triangle.
class ShiftedCholesky {
 public:
  /// The pattern is structurally symmetric, its diagonal may be missing anywhere. Throws Error where it is not.
  void analyse(const SparsityPattern& pattern);

  /// False: not positive definite, or not finite.
  bool factorise(std::span<const double> values, double shift);

  /// x = -inv(H + shift I) b, of the last factorisation that succeeded.
  void solve(std::span<const double> b, std::span<double> x) { factor_.solve(b, x); }

  /// After a factorisation that failed at a pivot: v != 0 with v'(H + shift I) v <= 0; returns v'(H + shift I) v / v'v,
  /// so that no smaller shift than shift - that can succeed. NaN where something is not finite.
  double failing_curvature(std::span<double> v);

  std::int64_t size() const { return factor_.num_columns(); }
  /// Entries of L, and operations of a factorisation.
  double nonzeros() const { return factor_.symbolic().nonzeros; }
  double flops() const { return factor_.symbolic().flops; }

 private:
  BlockSymmetricPattern pattern_;
  LargeVector<std::int64_t> source_;  ///< [entry of pattern_]: its place among the values; -1: none
  LargeVector<double> shift_;
  SupernodalFactor factor_;
};

}  // namespace heliotrope::linear_detail
