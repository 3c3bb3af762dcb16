// SPDX-License-Identifier: Apache-2.0
#include "coloring_bounds.hpp"

#include <algorithm>
#include <vector>

namespace heliotrope_tool {

using heliotrope::SparsityPattern;

namespace {

std::vector<std::int64_t> count_by_column(const SparsityPattern& pattern) {
  std::vector<std::int64_t> counts(static_cast<std::size_t>(pattern.num_columns), 0);
  for (const std::int32_t j : pattern.columns) ++counts[static_cast<std::size_t>(j)];
  return counts;
}

/// Vertices that all have edges to each other: from the vertex of most neighbours, each that joins all so far.
std::int64_t greedy_clique(const SparsityPattern& pattern) {
  std::int64_t widest = 0;
  for (std::int64_t i = 1; i < pattern.num_rows; ++i) {
    if (pattern.row(i).size() > pattern.row(widest).size()) widest = i;
  }
  if (pattern.num_rows == 0) return 0;
  std::vector<std::int32_t> clique = {static_cast<std::int32_t>(widest)};
  for (const std::int32_t j : pattern.row(widest)) {
    if (j == widest) continue;
    const auto row = pattern.row(j);
    const bool joins = std::all_of(clique.begin(), clique.end(), [&](std::int32_t member) {
      return std::binary_search(row.begin(), row.end(), member);
    });
    if (joins) clique.push_back(j);
  }
  return static_cast<std::int64_t>(clique.size());
}

}  // namespace

std::int64_t column_bound(const SparsityPattern& pattern) {
  std::int64_t most = 0;
  for (std::int64_t i = 0; i < pattern.num_rows; ++i) {
    most = std::max(most, static_cast<std::int64_t>(pattern.row(i).size()));
  }
  return most;
}

std::int64_t row_bound(const SparsityPattern& pattern) {
  const std::vector<std::int64_t> counts = count_by_column(pattern);
  return counts.empty() ? 0 : *std::max_element(counts.begin(), counts.end());
}

std::int64_t bidirectional_bound(const SparsityPattern& pattern) {
  std::int64_t rows = 0;
  for (std::int64_t i = 0; i < pattern.num_rows; ++i) rows += !pattern.row(i).empty();
  const std::vector<std::int64_t> counts = count_by_column(pattern);
  const std::int64_t columns =
      std::count_if(counts.begin(), counts.end(), [](std::int64_t count) { return count > 0; });
  const std::int64_t most = std::max(rows, columns);
  return most == 0 ? 0 : (pattern.num_entries() + most - 1) / most;
}

std::int64_t acyclic_bound(const SparsityPattern& pattern) {
  std::int64_t edges = 0, vertices = 0;
  for (std::int64_t i = 0; i < pattern.num_rows; ++i) {
    const auto row = pattern.row(i);
    const auto below = std::lower_bound(row.begin(), row.end(), static_cast<std::int32_t>(i));
    edges += below - row.begin();
    const bool diagonal = below != row.end() && *below == i;
    vertices += static_cast<std::int64_t>(row.size()) > diagonal;
  }
  std::int64_t k = pattern.num_entries() > 0 ? 1 : 0;
  while (k < vertices && edges > (k - 1) * vertices - k * (k - 1) / 2) ++k;
  return std::max(k, pattern.num_entries() > 0 ? greedy_clique(pattern) : 0);
}

}  // namespace heliotrope_tool
