// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "heliotrope/large_vector.hpp"
#include "heliotrope/linear/block_jacobian.hpp"

namespace heliotrope {

/// The lower triangle of a symmetric block matrix, by block column, as small contiguous blocks.
///
/// Entries begin[j] .. begin[j + 1] are block column j: row[e] ascends and starts with j itself. Block e starts at
/// offset[e] of the values and is row-major: below the diagonal width(row) x width(column); on the diagonal the packed
/// lower triangle, entry (a, b <= a) at a (a + 1) / 2 + b.
struct BlockSymmetricPattern {
  std::vector<std::int64_t> column_begin;  ///< first scalar column of each block column, and the total
  LargeVector<std::int64_t> begin;         ///< [block column + 1]
  LargeVector<std::int64_t> row;           ///< [entry]
  LargeVector<std::int64_t> offset;        ///< [entry + 1]

  std::int64_t num_block_columns() const { return static_cast<std::int64_t>(column_begin.size()) - 1; }
  std::int64_t num_columns() const { return column_begin.back(); }
  std::int64_t num_entries() const { return static_cast<std::int64_t>(row.size()); }
  std::int64_t width(std::int64_t block_column) const {
    return column_begin[block_column + 1] - column_begin[block_column];
  }
  /// Scalars in the lower triangle, diagonal included.
  std::int64_t num_values() const { return offset.back(); }
};

/// H = J'J and g = J'r, the same to the last bit for any number of threads.
///
/// Life cycle: analyse() once for a structure (pattern, scatter maps, buffers), compute() for every new J and r. Every
/// block column has a diagonal block, zero where no residual names it. Only analyse() allocates.
class NormalEquations final {
 public:
  NormalEquations();
  ~NormalEquations();
  NormalEquations(NormalEquations&&) noexcept;
  NormalEquations& operator=(NormalEquations&&) noexcept;

  /// Which blocks of H are computed. `diagonal` leaves out, of a residual that names a variable twice, the products of
  /// one slot with the other.
  enum class Blocks { all, diagonal };

  /// Throws Error where array lengths, widths or block columns contradict one another.
  /// Cost: a sort of the slot pairs; 8 bytes for each pair of slots (i <= j) and lane.
  void analyse(const BlockJacobian& jacobian, Blocks blocks = Blocks::all);

  /// One pass over the parts; rows (columns^2 + 3 columns) flops a residual block.
  void compute(const BlockJacobian& jacobian, int threads);

  const BlockSymmetricPattern& pattern() const;
  std::span<const double> values() const;    ///< pattern().num_values()
  std::span<const double> gradient() const;  ///< J'r, one number a column

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace heliotrope
