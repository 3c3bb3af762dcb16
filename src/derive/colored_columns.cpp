// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/derive/colored_columns.hpp"

#include <algorithm>
#include <limits>
#include <string>

#include "heliotrope/error.hpp"

namespace heliotrope {

ColoredColumns::ColoredColumns(const SparsityPattern& pattern, const Coloring& coloring, EntryOrder order, int batch)
    : num_rows_(pattern.num_rows),
      num_colors_(coloring.num_colors),
      colors_(coloring.colors.begin(), coloring.colors.end()) {
  if (static_cast<std::int64_t>(colors_.size()) != pattern.num_columns) {
    throw Error("the colouring has " + std::to_string(colors_.size()) + " colours; expected one for each of the " +
                std::to_string(pattern.num_columns) + " columns of the pattern");
  }
  if (batch < 1) throw Error("batch is " + std::to_string(batch) + "; expected at least 1 colour");
  batch_ = std::max(1, std::min(batch, num_colors_));
  check(pattern);
  sort_by_color();
  transpose(pattern, order);
}

void ColoredColumns::check(const SparsityPattern& pattern) const {
  for (std::int32_t color : colors_) {
    if (color < -1 || color >= num_colors_) {
      throw Error("a column has colour " + std::to_string(color) + "; expected -1 to " +
                  std::to_string(num_colors_ - 1));
    }
  }
  if (static_cast<std::int64_t>(pattern.row_begin.size()) != pattern.num_rows + 1 || pattern.row_begin.front() != 0 ||
      pattern.row_begin.back() != pattern.num_entries()) {
    throw Error("the pattern's row_begin does not go from 0 to its number of entries in num_rows + 1 steps");
  }
  std::vector<std::int64_t> last_row(static_cast<std::size_t>(num_colors_), -1);  // that met the colour
  for (std::int64_t i = 0; i < pattern.num_rows; ++i) {
    for (std::int32_t j : pattern.row(i)) {
      const bool inside = j >= 0 && j < pattern.num_columns;
      const std::int32_t color = inside ? colors_[j] : -1;
      if (color < 0 || last_row[color] == i) {
        throw Error("row " + std::to_string(i) + " of the pattern: column " + std::to_string(j) +
                    (!inside     ? " is out of range"
                     : color < 0 ? " has no colour"
                                 : " has the colour of another column of the row") +
                    "; expected columns in range and of different colours");
      }
      last_row[color] = i;
    }
  }
}

void ColoredColumns::sort_by_color() {
  const auto sort_into = [&](auto key, int keys, LargeVector<std::int64_t>& begin, LargeVector<std::int32_t>& sorted) {
    begin.assign(static_cast<std::size_t>(keys) + 1, 0);
    for (std::int32_t color : colors_) {
      if (color >= 0) ++begin[key(color) + 1];
    }
    for (int k = 0; k < keys; ++k) begin[k + 1] += begin[k];
    sorted.resize(static_cast<std::size_t>(begin.back()));
    LargeVector<std::int64_t> at(begin.begin(), begin.end() - 1);
    for (std::size_t j = 0; j < colors_.size(); ++j) {
      if (colors_[j] >= 0) sorted[at[key(colors_[j])]++] = static_cast<std::int32_t>(j);
    }
  };
  sort_into([](std::int32_t color) { return color; }, num_colors_, color_begin_, by_color_);
  sort_into([&](std::int32_t color) { return color / batch_; }, num_batches(), batch_begin_, by_batch_);
}

void ColoredColumns::transpose(const SparsityPattern& pattern, EntryOrder order) {
  column_begin_.assign(colors_.size() + 1, 0);
  for (std::int32_t j : pattern.columns) ++column_begin_[j + 1];
  for (std::size_t j = 0; j < colors_.size(); ++j) column_begin_[j + 1] += column_begin_[j];
  const auto entries = pattern.columns.size();
  rows_.resize(entries);
  const bool by_rows = order == EntryOrder::by_rows;
  const bool wide = pattern.num_entries() > std::numeric_limits<std::uint32_t>::max();
  if (by_rows && wide) stored_at_wide_.resize(entries);
  if (by_rows && !wide) stored_at_.resize(entries);
  LargeVector<std::int64_t> at(column_begin_.begin(), column_begin_.end() - 1);
  for (std::int64_t i = 0; i < pattern.num_rows; ++i) {
    for (std::int64_t k = pattern.row_begin[i]; k < pattern.row_begin[i + 1]; ++k) {
      const std::int64_t to = at[pattern.columns[k]]++;
      rows_[to] = static_cast<std::int32_t>(i);
      if (by_rows && wide) stored_at_wide_[to] = k;
      if (by_rows && !wide) stored_at_[to] = static_cast<std::uint32_t>(k);
    }
  }
}

}  // namespace heliotrope
