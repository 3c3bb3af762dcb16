// SPDX-License-Identifier: Apache-2.0
#include "derive/adjacency.hpp"

#include <algorithm>
#include <limits>
#include <string>

#include "heliotrope/error.hpp"

namespace heliotrope::symmetric_detail {

namespace {

constexpr std::int64_t most_vertices = std::numeric_limits<std::int32_t>::max();

std::string entry_name(std::int64_t i, std::int64_t j) {
  return "entry (" + std::to_string(i) + ", " + std::to_string(j) + ") of the pattern";
}

/// Sizes of arrays, ranges of indices, order within rows.
void require_well_formed(const SparsityPattern& pattern) {
  const auto wrong = [](const std::string& what) { throw Error("sparsity pattern: " + what); };
  if (pattern.num_rows < 0 || pattern.num_columns < 0 || pattern.num_rows > most_vertices ||
      pattern.num_columns > most_vertices) {
    wrong("it has " + std::to_string(pattern.num_rows) + " rows and " + std::to_string(pattern.num_columns) +
          " columns; 0 to 2^31 - 1 of each are possible");
  }
  if (static_cast<std::int64_t>(pattern.row_begin.size()) != pattern.num_rows + 1 || pattern.row_begin.front() != 0 ||
      pattern.row_begin.back() != pattern.num_entries()) {
    wrong("row_begin must hold " + std::to_string(pattern.num_rows + 1) + " prefix sums from 0 to " +
          std::to_string(pattern.num_entries()));
  }
  for (std::int64_t i = 0; i < pattern.num_rows; ++i) {
    if (pattern.row_begin[i] > pattern.row_begin[i + 1] || pattern.row_begin[i + 1] > pattern.num_entries()) {
      wrong("row_begin[" + std::to_string(i + 1) + "] is out of order");
    }
    std::int64_t last = -1;
    for (const std::int32_t j : pattern.row(i)) {
      if (j <= last || j >= pattern.num_columns) {
        wrong(entry_name(i, j) + " must lie right of its predecessor and left of column " +
              std::to_string(pattern.num_columns));
      }
      last = j;
    }
  }
}

}  // namespace

Adjacency adjacency_of_symmetric(const SparsityPattern& pattern) {
  require_well_formed(pattern);
  const std::int64_t n = pattern.num_rows;
  if (n != pattern.num_columns) {
    throw Error("symmetric coloring: the pattern has " + std::to_string(n) + " rows and " +
                std::to_string(pattern.num_columns) + " columns; it must be square");
  }
  // Rows from above: row i meets its neighbours j < i in the order in which they met i, so one cursor a row suffices.
  const std::int64_t* begin = pattern.row_begin.data();
  const std::int32_t* columns = pattern.columns.data();
  const auto asymmetric = [](std::int64_t i, std::int64_t j) {
    throw Error("symmetric coloring: " + entry_name(i, j) + " has no counterpart across the diagonal");
  };
  RawVector<std::int64_t> cursor(static_cast<std::size_t>(n));  // in row j: its first entry (j, i) not yet met by row i
  for (std::int64_t i = 0; i < n; ++i) {
    std::int64_t e = begin[i];
    for (; e < begin[i + 1] && columns[e] < i; ++e) {
      const std::int32_t j = columns[e];
      const std::int64_t twin = cursor[j]++;
      if (twin >= begin[j + 1] || columns[twin] > i) asymmetric(i, j);
      if (columns[twin] < i) asymmetric(j, columns[twin]);
    }
    if (e < begin[i + 1] && columns[e] == i) ++e;
    cursor[i] = e;
  }
  for (std::int64_t i = 0; i < n; ++i) {
    if (cursor[i] != begin[i + 1]) asymmetric(i, columns[cursor[i]]);
  }
  return {n, begin, columns};
}

bool has_full_diagonal(const Adjacency& graph) {
  for (std::int64_t v = 0; v < graph.num_vertices; ++v) {
    const auto neighbors = graph.of(v);
    if (neighbors.empty()) continue;
    if (!std::binary_search(neighbors.begin(), neighbors.end(), static_cast<std::int32_t>(v))) return false;
  }
  return true;
}

BipartiteGraph bipartite_graph(const SparsityPattern& pattern, bool with_entries) {
  require_well_formed(pattern);
  const std::int64_t m = pattern.num_rows, n = pattern.num_columns, entries = pattern.num_entries();
  if (m + n > most_vertices) {
    throw Error("two-sided coloring: the pattern has " + std::to_string(m + n) +
                " rows and columns together; at most 2^31 - 1 are possible");
  }
  BipartiteGraph graph;
  graph.num_rows = m;
  graph.begin.assign(m + n + 1, 0);
  graph.neighbors.resize(2 * entries);
  if (with_entries) graph.entry.resize(2 * entries);
  std::int64_t* begin = graph.begin.data();
  for (const std::int32_t j : pattern.columns) ++begin[m + j + 1];
  for (std::int64_t i = 0; i <= m; ++i) begin[i] = pattern.row_begin[i];
  begin[m] = entries;
  for (std::int64_t j = 0; j < n; ++j) begin[m + j + 1] += begin[m + j];
  RawVector<std::int64_t> cursor(begin + m, begin + m + n);
  for (std::int64_t i = 0; i < m; ++i) {
    for (std::int64_t e = begin[i]; e < begin[i + 1]; ++e) {
      const std::int32_t j = pattern.columns[e];
      const std::int64_t twin = cursor[j]++;
      graph.neighbors[e] = static_cast<std::int32_t>(m + j);
      graph.neighbors[twin] = static_cast<std::int32_t>(i);
      if (with_entries) {
        graph.entry[e] = e;
        graph.entry[twin] = e;
      }
    }
  }
  return graph;
}

}  // namespace heliotrope::symmetric_detail
