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

/// Throws unless the arrays have the sizes that they must have.
void require_sizes(const SparsityPattern& pattern) {
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
    if (pattern.row_begin[i] > pattern.row_begin[i + 1])
      wrong("row_begin[" + std::to_string(i + 1) + "] is out of order");
  }
}

[[noreturn]] void out_of_place(std::int64_t i, std::int64_t j, std::int64_t num_columns) {
  throw Error("sparsity pattern: " + entry_name(i, j) + " must lie right of its predecessor and left of column " +
              std::to_string(num_columns));
}

[[noreturn]] void asymmetric(std::int64_t i, std::int64_t j) {
  throw Error("symmetric coloring: " + entry_name(i, j) + " has no counterpart across the diagonal");
}

/// Throws for the first entry without a counterpart.
void name_asymmetric(const SparsityPattern& pattern) {
  for (std::int64_t i = 0; i < pattern.num_rows; ++i) {
    for (const std::int32_t j : pattern.row(i)) {
      if (j < 0 || j >= pattern.num_rows) out_of_place(i, j, pattern.num_rows);
      const auto row = pattern.row(j);
      if (!std::binary_search(row.begin(), row.end(), static_cast<std::int32_t>(i))) asymmetric(i, j);
    }
  }
}

/// From row 0 down, the rows i that have an entry (i, j) below the diagonal come to j in the order in which row j lists
/// them above it: one cursor a row suffices to see that both sides have the same.
template <class Cursor>
Adjacency met_adjacency(const SparsityPattern& pattern) {
  const std::int64_t n = pattern.num_rows, entries = pattern.num_entries();
  const std::int64_t* begin = pattern.row_begin.data();
  const std::int32_t* columns = pattern.columns.data();
  Adjacency graph = {n, begin, columns, 0, true};
  RawVector<Cursor> cursor(static_cast<std::size_t>(n));
  bool good = true;
  for (std::int64_t i = 0; i < n; ++i) {
    std::int64_t last = -1, e = begin[i];
    const std::int64_t end = begin[i + 1];
    for (; e < end && columns[e] < i; last = columns[e++]) {
      if (columns[e] <= last) out_of_place(i, columns[e], n);
      const auto twin = static_cast<std::int64_t>(cursor[columns[e]]++);
      if (twin >= entries) name_asymmetric(pattern);
      good &= columns[twin] == i;
    }
    const bool loop = e < end && columns[e] == i;
    graph.num_loops += loop;
    graph.has_full_diagonal &= loop || begin[i] == end;
    cursor[i] = static_cast<Cursor>(e + loop);
    for (; e < end; last = columns[e++]) {
      if (columns[e] <= last) out_of_place(i, columns[e], n);
    }
    if (last >= n) out_of_place(i, last, n);
  }
  for (std::int64_t j = 0; j < n; ++j) good &= static_cast<std::int64_t>(cursor[j]) == begin[j + 1];
  if (!good) name_asymmetric(pattern);
  return graph;
}

}  // namespace

Adjacency adjacency_of_symmetric(const SparsityPattern& pattern) {
  require_sizes(pattern);
  const std::int64_t n = pattern.num_rows;
  if (n != pattern.num_columns) {
    throw Error("symmetric coloring: the pattern has " + std::to_string(n) + " rows and " +
                std::to_string(pattern.num_columns) + " columns; it must be square");
  }
  return pattern.num_entries() < std::int64_t{1} << 32 ? met_adjacency<std::uint32_t>(pattern)
                                                       : met_adjacency<std::uint64_t>(pattern);
}

BipartiteGraph bipartite_graph(const SparsityPattern& pattern) {
  require_sizes(pattern);
  const std::int64_t m = pattern.num_rows, n = pattern.num_columns, entries = pattern.num_entries();
  if (m + n > most_vertices) {
    throw Error("two-sided coloring: the pattern has " + std::to_string(m + n) +
                " rows and columns together; at most 2^31 - 1 are possible");
  }
  BipartiteGraph graph;
  graph.num_rows = m;
  graph.begin.assign(m + n + 1, 0);
  graph.neighbors.resize(2 * entries);
  std::int64_t* begin = graph.begin.data();
  for (std::int64_t i = 0; i < m; ++i) {
    std::int32_t last = -1;
    for (const std::int32_t j : pattern.row(i)) {
      if (j <= last || j >= n) out_of_place(i, j, n);
      last = j;
      ++begin[m + j + 1];
    }
  }
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
    }
  }
  return graph;
}

}  // namespace heliotrope::symmetric_detail
