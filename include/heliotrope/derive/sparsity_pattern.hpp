// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace heliotrope {

/// Which entries of a sparse matrix may be nonzero, by rows (CSR) without values.
///
/// Entries of a row are sorted by column and occur once; check_pattern says whether that holds. Indices of rows and
/// columns are 32-bit (at most 2^31 - 1 of either), entries are counted in 64 bits.
struct SparsityPattern {
  std::int64_t num_rows = 0;
  std::int64_t num_columns = 0;
  std::vector<std::int64_t> row_begin = {0};  ///< [num_rows + 1] prefix sums
  std::vector<std::int32_t> columns;          ///< [num_entries()]

  std::int64_t num_entries() const { return static_cast<std::int64_t>(columns.size()); }
  std::span<const std::int32_t> row(std::int64_t i) const {
    return {columns.data() + row_begin[i], static_cast<std::size_t>(row_begin[i + 1] - row_begin[i])};
  }
  bool operator==(const SparsityPattern&) const = default;
};

}  // namespace heliotrope
