// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "heliotrope/linear/block_jacobian.hpp"

namespace heliotrope::linear_detail {

/// The least-squares problem of a damped step by compressed columns, for solvers that take a sparse matrix:
///
///     min | [       J S      ]  y + [ r ] |,    step = S y
///         | [ sqrt(damping) S]      [ 0 ] |
///
/// S scales the columns of J to a length in [1/2, 1) by powers of two. Rows are the lanes in use, part by part, then
/// one a column. The pattern depends on the structure alone: entries of J that are zero, and of damping, are kept.
class StackedJacobian {
 public:
  /// Allocates everything. 8 bytes a column of each lane, and 16 an entry.
  void analyse(const BlockJacobian& jacobian);

  /// Takes J and r. False where a number of either is not finite; the matrix is then not to be used.
  bool take(const BlockJacobian& jacobian);

  /// Takes the damping, one number a column. False where one is negative or not a number.
  bool damp(std::span<const double> damping);

  std::int64_t rows() const { return residual_rows_ + columns_; }
  std::int64_t columns() const { return columns_; }
  std::span<const std::int64_t> column_begin() const { return column_begin_; }
  std::span<const std::int64_t> row() const { return row_; }
  std::span<const double> values() const { return values_; }
  /// -[r; 0], rows() numbers.
  std::span<const double> rhs() const { return rhs_; }
  /// The diagonal of S.
  std::span<const double> scale() const { return scale_; }

 private:
  std::int64_t residual_rows_ = 0, columns_ = 0;
  std::vector<std::int64_t> column_begin_, row_;
  std::vector<std::int64_t> first_;  ///< [lane in use][column of its part]: place of its first row, -1 where fixed
  std::vector<double> values_, rhs_, scale_;
};

}  // namespace heliotrope::linear_detail
