// SPDX-License-Identifier: Apache-2.0
// H = J'J in the order of elimination, as the compressed columns that sparse factorisations read.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "heliotrope/linear/normal_equations.hpp"

namespace heliotrope::linear_detail {

enum class Triangle { lower, upper };

/// One triangle of P (H + diag(damping)) P' in compressed sparse columns, rows ascending.
///
/// The pattern and the maps are made once; fill() copies values from the blocks of H, which stay as they are. A block
/// of H becomes the same place in consecutive columns: with the first row of the block at `first` in its first column,
/// column c of the block starts at  lower: first + c (length - 1) - c (c - 1) / 2,  upper: first + c length
/// + c (c - 1) / 2,  `length` being that of the first column, since columns of the lower (upper) triangle get shorter
/// (longer) by one.
class PermutedHessian {
 public:
  /// order[k]: the block column of H that is eliminated k-th.
  void analyse(const BlockSymmetricPattern& pattern, std::span<const std::int64_t> order, Triangle triangle);

  std::int64_t num_columns() const { return static_cast<std::int64_t>(column_begin_.size()) - 1; }
  std::vector<std::int64_t>& column_begin() { return column_begin_; }
  std::vector<std::int64_t>& row() { return row_; }
  std::vector<double>& values() { return values_; }

  /// Copies the values of H and adds damping (one number a column of H) to the diagonal.
  void fill(const NormalEquations& normal, std::span<const double> damping, int threads);

  /// to[k] = -from[column of H in place k].
  void permute_negated(std::span<const double> from, double* to) const;
  /// to[column of H in place k] = from[k].
  void permute_back(const double* from, std::span<double> to) const;

 private:
  struct BlockPlace {
    std::int64_t first;   ///< place of entry (0, 0) of the stored block
    std::int64_t length;  ///< of the first column that the block is in
    bool swapped;         ///< rows of the block of H are columns here
  };
  void place_blocks(const BlockSymmetricPattern& pattern);
  void copy_diagonal(const double* block, const BlockPlace& place, std::int64_t width, const double* damping);
  void copy_block(const double* block, const BlockPlace& place, std::int64_t rows, std::int64_t columns);

  Triangle triangle_ = Triangle::lower;
  std::vector<std::int64_t> order_;         ///< [k]: block column of H
  std::vector<std::int64_t> scalar_begin_;  ///< [block column of H]: its first place
  std::vector<BlockPlace> places_;          ///< [entry of the block pattern]
  std::vector<std::int64_t> source_;        ///< [scalar place]: column of H
  std::vector<std::int64_t> column_begin_{0};
  std::vector<std::int64_t> row_;
  std::vector<double> values_;
};

/// Whether no diagonal entry of H is infinite or NaN, as one is where any derivative is. Cholesky codes may not notice.
bool has_finite_diagonal(const NormalEquations& normal);

/// H as a dense column-major n x n matrix, lower triangle only, with damping on the diagonal. Nothing above it is
/// written.
void fill_dense_lower(const NormalEquations& normal, std::span<const double> damping, double* to);

}  // namespace heliotrope::linear_detail
