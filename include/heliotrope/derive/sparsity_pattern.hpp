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

/// Throws Error, naming the row, where a pattern is not what SparsityPattern says: sizes out of range, prefix sums that
/// do not fit, a column out of range, unsorted or repeated. Cost: one pass over the entries.
void check_pattern(const SparsityPattern& pattern);

/// The pattern of entries (rows[k], columns[k]), in any order, repeated or not.
/// Errors: different lengths; an index out of range, by the number of its entry.
/// Cost: two counting sorts, O(num_rows + num_columns + entries).
SparsityPattern pattern_from_entries(std::int64_t num_rows, std::int64_t num_columns,
                                     std::span<const std::int32_t> rows, std::span<const std::int32_t> columns);

/// The pattern whose column j holds the rows rows[column_begin[j]] .. rows[column_begin[j + 1] - 1] (CSC), in any order
/// within a column, repeated or not. `column_begin` has num_columns + 1 elements.
SparsityPattern pattern_from_csc(std::int64_t num_rows, std::int64_t num_columns,
                                 std::span<const std::int64_t> column_begin, std::span<const std::int32_t> rows);

/// Rows become columns: entry (i, j) becomes (j, i). Also what CSC arrays of the pattern are. O(entries).
SparsityPattern transpose(const SparsityPattern& pattern);

/// Entries (i, j) with -lower <= j - i <= upper: `lower` diagonals below the main one and `upper` above it.
SparsityPattern banded_pattern(std::int64_t num_rows, std::int64_t num_columns, std::int64_t lower, std::int64_t upper);

/// Entry (I, J) of `blocks` becomes a full block of row_sizes[I] x column_sizes[J].
/// Errors: sizes that are negative, or as many as `blocks` does not have rows or columns.
SparsityPattern block_pattern(const SparsityPattern& blocks, std::span<const std::int32_t> row_sizes,
                              std::span<const std::int32_t> column_sizes);

/// A square pattern together with its transpose; what a file that holds one triangle means.
SparsityPattern symmetric_completion(const SparsityPattern& pattern);

/// Whether (i, j) is an entry exactly where (j, i) is.
bool is_symmetric(const SparsityPattern& pattern);

}  // namespace heliotrope
