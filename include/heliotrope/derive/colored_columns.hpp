// SPDX-License-Identifier: Apache-2.0
// What follows from a pattern and a column colouring alone: which columns move together, and where their entries go.
#pragma once

#include <cstdint>
#include <span>

#include "heliotrope/derive/coloring.hpp"
#include "heliotrope/derive/sparsity_pattern.hpp"
#include "heliotrope/large_vector.hpp"

namespace heliotrope {

/// The order of the values of a sparse matrix: column by column (CSC) or row by row (CSR), sorted within each.
enum class EntryOrder { by_columns, by_rows };

/// The columns of a pattern by colour, and their entries by column: prepared once, read by every estimate.
///
/// Colours are taken `batch` at a time; a batch's columns are walked in ascending order, so that where one batch holds
/// all colours the values are written in one pass from front to back.
///
/// Throws Error if the colouring gives two columns of one row the same colour, or none to a column that has entries.
/// Cost: O(entries); memory 4 bytes an entry, 4 more (8 beyond 2^32 entries) for EntryOrder::by_rows, 20 a column.
class ColoredColumns {
 public:
  ColoredColumns(const SparsityPattern& pattern, const Coloring& coloring, EntryOrder order, int batch);

  std::int64_t num_rows() const { return num_rows_; }
  std::int64_t num_columns() const { return static_cast<std::int64_t>(colors_.size()); }
  std::int64_t num_entries() const { return static_cast<std::int64_t>(rows_.size()); }
  int num_colors() const { return num_colors_; }
  int batch() const { return batch_; }
  int num_batches() const { return (num_colors_ + batch_ - 1) / batch_; }
  /// Colours [first_color(b), first_color(b + 1)) are in batch b.
  int first_color(int b) const { return b * batch_ < num_colors_ ? b * batch_ : num_colors_; }

  std::span<const std::int32_t> colors() const { return colors_; }
  std::span<const std::int32_t> columns_of_color(int color) const { return part(by_color_, color_begin_, color); }
  std::span<const std::int32_t> columns_of_batch(int b) const { return part(by_batch_, batch_begin_, b); }
  /// The rows of column j, ascending.
  std::span<const std::int32_t> rows_of_column(std::int64_t j) const { return part(rows_, column_begin_, j); }

  /// values[where (i, j) is stored] = value(i) for every entry of column j.
  template <class Value>
  void store_column(std::int64_t j, double* values, const Value& value) const {
    for_each_entry(j, [&](std::int64_t at, std::int32_t i) { values[at] = value(i); });
  }
  /// Calls body(at, i) for every entry (i, j) of column j, whose value is stored at `at`.
  template <class Body>
  void for_each_entry(std::int64_t j, const Body& body) const {
    const std::int64_t first = column_begin_[j], last = column_begin_[j + 1];
    const std::int32_t* const rows = rows_.data();
    if (!stored_at_.empty()) {
      const std::uint32_t* const at = stored_at_.data();
      for (std::int64_t k = first; k < last; ++k) body(static_cast<std::int64_t>(at[k]), rows[k]);
    } else if (!stored_at_wide_.empty()) {
      const std::int64_t* const at = stored_at_wide_.data();
      for (std::int64_t k = first; k < last; ++k) body(at[k], rows[k]);
    } else {
      for (std::int64_t k = first; k < last; ++k) body(k, rows[k]);
    }
  }

 private:
  static std::span<const std::int32_t> part(const LargeVector<std::int32_t>& of, const LargeVector<std::int64_t>& begin,
                                            std::int64_t i) {
    return {of.data() + begin[i], static_cast<std::size_t>(begin[i + 1] - begin[i])};
  }
  void sort_by_color();
  void transpose(const SparsityPattern& pattern, EntryOrder order);
  void check(const SparsityPattern& pattern) const;

  std::int64_t num_rows_ = 0;
  int num_colors_ = 0;
  int batch_ = 1;
  LargeVector<std::int32_t> colors_;                     // [num_columns]
  LargeVector<std::int64_t> color_begin_, batch_begin_;  // prefix sums
  LargeVector<std::int32_t> by_color_, by_batch_;        // columns, ascending within a colour and a batch
  LargeVector<std::int64_t> column_begin_;               // [num_columns + 1]
  LargeVector<std::int32_t> rows_;                       // [num_entries]
  LargeVector<std::uint32_t> stored_at_;                 // by_rows: [num_entries], or empty
  LargeVector<std::int64_t> stored_at_wide_;             // the same beyond 2^32 entries
};

}  // namespace heliotrope
