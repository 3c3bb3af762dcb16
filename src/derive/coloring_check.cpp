// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/derive/coloring.hpp"

namespace heliotrope {

namespace {

using Kind = ColoringFault::Kind;

/// Faults that do not depend on which entries share what.
std::optional<ColoringFault> check_range(const Coloring& coloring, std::int64_t expected_size) {
  if (static_cast<std::int64_t>(coloring.colors.size()) != expected_size) return ColoringFault{.kind = Kind::size};
  std::vector<char> used(coloring.num_colors > 0 ? static_cast<std::size_t>(coloring.num_colors) : 0, 0);
  for (std::size_t v = 0; v < coloring.colors.size(); ++v) {
    const std::int32_t color = coloring.colors[v];
    if (color < -1 || color >= coloring.num_colors) {
      return ColoringFault{.kind = Kind::range, .first = static_cast<std::int32_t>(v)};
    }
    if (color >= 0) used[color] = 1;
  }
  for (std::size_t color = 0; color < used.size(); ++color) {
    if (!used[color]) return ColoringFault{.kind = Kind::num_colors, .first = static_cast<std::int32_t>(color)};
  }
  return std::nullopt;
}

}  // namespace

std::optional<ColoringFault> check_column_coloring(const SparsityPattern& pattern, const Coloring& coloring) {
  if (auto fault = check_range(coloring, pattern.num_columns)) return fault;
  // The last row that has each colour, and its column there.
  struct Last {
    std::int32_t row = -1, column = -1;
  };
  std::vector<Last> last(static_cast<std::size_t>(coloring.num_colors));
  for (std::int64_t i = 0; i < pattern.num_rows; ++i) {
    const std::int32_t row = static_cast<std::int32_t>(i);
    for (std::int32_t j : pattern.row(i)) {
      const std::int32_t color = coloring.colors[j];
      if (color < 0) return ColoringFault{.kind = Kind::missing, .first = j, .shared = row};
      if (last[color].row == row) {
        return ColoringFault{.kind = Kind::conflict, .first = last[color].column, .second = j, .shared = row};
      }
      last[color] = {row, j};
    }
  }
  return std::nullopt;
}

std::optional<ColoringFault> check_row_coloring(const SparsityPattern& pattern, const Coloring& coloring) {
  return check_column_coloring(transpose(pattern), coloring);
}

}  // namespace heliotrope
