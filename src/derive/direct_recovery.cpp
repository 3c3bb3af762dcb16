// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/derive/direct_recovery.hpp"

#include <string>
#include <vector>

#include "heliotrope/error.hpp"

namespace heliotrope {

namespace {

/// How often each colour is met, for one row or column at a time.
class ColorCounts {
 public:
  explicit ColorCounts(std::int32_t num_colors) : counts_(static_cast<std::size_t>(num_colors), 0) {}
  void add(std::int32_t color, int by) {
    if (color >= 0) counts_[static_cast<std::size_t>(color)] += by;
  }
  bool alone(std::int32_t color) const { return color >= 0 && counts_[static_cast<std::size_t>(color)] == 1; }

 private:
  std::vector<std::int64_t> counts_;
};

void check_colors(const Coloring& coloring, std::int64_t n, const char* of) {
  bool fits = coloring.num_colors == 0 || static_cast<std::int64_t>(coloring.colors.size()) == n;
  for (std::int32_t color : coloring.colors) fits = fits && color >= -1 && color < coloring.num_colors;
  if (!fits) {
    throw Error(std::string("the colouring of ") + of + " has " + std::to_string(coloring.colors.size()) +
                " colours; expected " + std::to_string(n) + " from -1 to " + std::to_string(coloring.num_colors - 1));
  }
}

std::int32_t color_of(const Coloring& coloring, std::int64_t i) {
  return coloring.num_colors == 0 ? -1 : coloring.colors[static_cast<std::size_t>(i)];
}

}  // namespace

DirectRecovery::DirectRecovery(const SparsityPattern& pattern, const Bicoloring& coloring, EntryOrder order)
    : compressed_columns_(std::int64_t{coloring.columns.num_colors} * pattern.num_rows),
      compressed_rows_(std::int64_t{coloring.rows.num_colors} * pattern.num_columns) {
  check_colors(coloring.columns, pattern.num_columns, "columns");
  check_colors(coloring.rows, pattern.num_rows, "rows");
  const auto entries = pattern.columns.size();
  std::vector<std::int64_t> column_begin(static_cast<std::size_t>(pattern.num_columns) + 1, 0);
  for (std::int32_t j : pattern.columns) ++column_begin[j + 1];
  for (std::int64_t j = 0; j < pattern.num_columns; ++j) column_begin[j + 1] += column_begin[j];
  LargeVector<std::int64_t> by_column(entries), source(entries);  // position by rows, of entries by columns
  LargeVector<std::int32_t> row_of(entries);
  std::vector<std::int64_t> at(column_begin.begin(), column_begin.end() - 1);
  constexpr std::int64_t none = INT64_MIN;

  ColorCounts in_row(coloring.columns.num_colors);
  for (std::int64_t i = 0; i < pattern.num_rows; ++i) {
    for (std::int32_t j : pattern.row(i)) in_row.add(color_of(coloring.columns, j), 1);
    for (std::int64_t k = pattern.row_begin[i]; k < pattern.row_begin[i + 1]; ++k) {
      const std::int32_t j = pattern.columns[k], color = color_of(coloring.columns, j);
      source[k] = in_row.alone(color) ? color * pattern.num_rows + i : none;
      row_of[k] = static_cast<std::int32_t>(i);
      by_column[at[j]++] = k;
    }
    for (std::int32_t j : pattern.row(i)) in_row.add(color_of(coloring.columns, j), -1);
  }
  ColorCounts in_column(coloring.rows.num_colors);
  for (std::int64_t j = 0; j < pattern.num_columns; ++j) {
    const auto each = [&](const auto& body) {
      for (std::int64_t e = column_begin[j]; e < column_begin[j + 1]; ++e) body(by_column[e]);
    };
    each([&](std::int64_t k) { in_column.add(color_of(coloring.rows, row_of[k]), 1); });
    each([&](std::int64_t k) {
      if (source[k] != none) return;
      const std::int32_t color = color_of(coloring.rows, row_of[k]);
      if (!in_column.alone(color)) {
        throw Error("entry (" + std::to_string(row_of[k]) + ", " + std::to_string(j) +
                    ") can be read from neither a compressed column nor a compressed row; expected a colouring with " +
                    "direct recovery");
      }
      source[k] = -1 - (color * pattern.num_columns + j);
    });
    each([&](std::int64_t k) { in_column.add(color_of(coloring.rows, row_of[k]), -1); });
  }
  if (order == EntryOrder::by_rows) {
    source_ = std::move(source);
  } else {
    source_.resize(entries);
    for (std::size_t e = 0; e < entries; ++e) source_[e] = source[by_column[e]];
  }
}

DirectRecovery DirectRecovery::from_columns(const SparsityPattern& pattern, const Coloring& columns, EntryOrder order) {
  return {pattern, Bicoloring{{}, columns}, order};
}
DirectRecovery DirectRecovery::from_rows(const SparsityPattern& pattern, const Coloring& rows, EntryOrder order) {
  return {pattern, Bicoloring{rows, {}}, order};
}

void DirectRecovery::recover(std::span<const double> columns, std::span<const double> rows,
                             std::span<double> values) const {
  if (static_cast<std::int64_t>(columns.size()) != compressed_columns_ ||
      static_cast<std::int64_t>(rows.size()) != compressed_rows_ || values.size() != source_.size()) {
    throw Error("DirectRecovery got " + std::to_string(columns.size()) + " compressed columns' numbers, " +
                std::to_string(rows.size()) + " rows' and room for " + std::to_string(values.size()) +
                " values; expected " + std::to_string(compressed_columns_) + ", " + std::to_string(compressed_rows_) +
                " and " + std::to_string(source_.size()));
  }
  for (std::size_t k = 0; k < values.size(); ++k) {
    const std::int64_t from = source_[k];
    values[k] = from >= 0 ? columns[static_cast<std::size_t>(from)] : rows[static_cast<std::size_t>(-1 - from)];
  }
}

}  // namespace heliotrope
