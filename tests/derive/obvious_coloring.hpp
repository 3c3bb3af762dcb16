// SPDX-License-Identifier: Apache-2.0
// What a column colouring is, said plainly.
#pragma once

#include <algorithm>
#include <vector>

#include "heliotrope/derive/coloring.hpp"

namespace heliotrope_test {

/// Whether no row has two columns of one colour and every column that has an entry has a colour below num_colors.
inline bool are_columns_apart(const heliotrope::SparsityPattern& pattern, const heliotrope::Coloring& coloring) {
  if (static_cast<std::int64_t>(coloring.colors.size()) != pattern.num_columns) return false;
  std::vector<std::int64_t> seen(coloring.num_colors, -1);
  for (std::int64_t i = 0; i < pattern.num_rows; ++i) {
    for (const std::int32_t j : pattern.row(i)) {
      const std::int32_t color = coloring.colors[j];
      if (color < 0 || color >= coloring.num_colors || seen[color] == i) return false;
      seen[color] = i;
    }
  }
  return true;
}

inline std::int64_t most_row_entries(const heliotrope::SparsityPattern& pattern) {
  std::int64_t most = 0;
  for (std::int64_t i = 0; i < pattern.num_rows; ++i) {
    most = std::max(most, pattern.row_begin[i + 1] - pattern.row_begin[i]);
  }
  return most;
}

/// [column][column]: whether they share a row.
inline std::vector<std::vector<bool>> shares_a_row(const heliotrope::SparsityPattern& pattern) {
  const auto n = static_cast<std::size_t>(pattern.num_columns);
  std::vector<std::vector<bool>> share(n, std::vector<bool>(n, false));
  for (std::int64_t i = 0; i < pattern.num_rows; ++i) {
    for (const std::int32_t a : pattern.row(i)) {
      for (const std::int32_t b : pattern.row(i)) share[a][b] = a != b;
    }
  }
  return share;
}

}  // namespace heliotrope_test
