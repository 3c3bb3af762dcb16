// SPDX-License-Identifier: Apache-2.0
#include "derive/vertex_nets.hpp"

#include <algorithm>

namespace heliotrope::detail {

namespace {

/// Whether row i, above 0, is the one before it again.
bool repeats(const SparsityPattern& pattern, std::int64_t i) {
  const std::int32_t* entries = pattern.columns.data();
  const std::int64_t at = pattern.row_begin[i], length = pattern.row_begin[i + 1] - at;
  if (at - pattern.row_begin[i - 1] != length) return false;
  return length == 0 || (entries[at] == entries[at - length] &&
                         std::equal(entries + at, entries + at + length, entries + at - length));
}

/// Whether equal rows make up about a quarter of a sample of 256.
bool looks_repetitive(const SparsityPattern& pattern) {
  const std::int64_t step = std::max<std::int64_t>(1, pattern.num_rows / 256);
  std::int64_t seen = 0, repeated = 0;
  for (std::int64_t i = 1; i < pattern.num_rows; i += step) {
    ++seen;
    repeated += repeats(pattern, i);
  }
  return 4 * repeated >= seen;
}

/// The first of every run of equal rows, and num_rows.
std::vector<std::int32_t> runs_of_equal_rows(const SparsityPattern& pattern, std::int64_t& entries_kept) {
  std::vector<std::int32_t> begin;
  entries_kept = 0;
  for (std::int64_t i = 0; i < pattern.num_rows; ++i) {
    if (i > 0 && repeats(pattern, i)) continue;
    begin.push_back(static_cast<std::int32_t>(i));
    entries_kept += pattern.row_begin[i + 1] - pattern.row_begin[i];
  }
  begin.push_back(static_cast<std::int32_t>(pattern.num_rows));
  return begin;
}

/// The first of every run of columns that the rows `rows` cannot tell apart, and num_columns.
///
/// Neighbours c and c + 1 are equal exactly where both have as many entries as there are rows that have both.
std::vector<std::int32_t> runs_of_equal_columns(const SparsityPattern& pattern, std::span<const std::int32_t> rows) {
  const std::size_t num_columns = static_cast<std::size_t>(pattern.num_columns);
  std::vector<std::int32_t> entries(num_columns, 0), with_next(num_columns, 0);
  for (std::int32_t i : rows) {
    const std::span<const std::int32_t> row = pattern.row(i);
    for (std::size_t k = 0; k < row.size(); ++k) {
      ++entries[row[k]];
      if (k + 1 < row.size() && row[k + 1] == row[k] + 1) ++with_next[row[k]];
    }
  }
  std::vector<std::int32_t> begin;
  for (std::size_t c = 0; c < num_columns; ++c) {
    if (c > 0 && with_next[c - 1] == entries[c - 1] && entries[c - 1] == entries[c]) continue;
    begin.push_back(static_cast<std::int32_t>(c));
  }
  begin.push_back(static_cast<std::int32_t>(num_columns));
  return begin;
}

std::vector<std::int32_t> run_of_each(std::span<const std::int32_t> begin) {
  std::vector<std::int32_t> run(static_cast<std::size_t>(begin.back()));
  for (std::size_t g = 0; g + 1 < begin.size(); ++g) {
    std::fill(run.begin() + begin[g], run.begin() + begin[g + 1], static_cast<std::int32_t>(g));
  }
  return run;
}

/// A pattern with one row and one column of each run.
struct Merged {
  std::vector<std::int32_t> row_runs, column_runs;  ///< first of each run, and the end; empty: nothing was merged
  Lists rows;
};

/// Merges only where equal rows make up a quarter of the entries: looking for equal columns costs about as much as a
/// colouring in natural order (chosen, not measured).
Merged merge(const SparsityPattern& pattern) {
  Merged merged;
  if (!looks_repetitive(pattern)) return merged;
  std::int64_t kept = 0;
  std::vector<std::int32_t> row_runs = runs_of_equal_rows(pattern, kept);
  if (4 * kept > 3 * pattern.num_entries()) return merged;
  merged.row_runs = std::move(row_runs);
  const std::span<const std::int32_t> leaders(merged.row_runs.data(), merged.row_runs.size() - 1);
  merged.column_runs = runs_of_equal_columns(pattern, leaders);
  const std::vector<std::int32_t> run = run_of_each(merged.column_runs);
  merged.rows.begin.push_back(0);
  merged.rows.items.reserve(static_cast<std::size_t>(kept));
  for (std::int32_t i : leaders) {
    std::int32_t last = -1;
    for (std::int32_t c : pattern.row(i)) {
      if (run[c] != last) merged.rows.items.push_back(last = run[c]);
    }
    merged.rows.begin.push_back(static_cast<std::int64_t>(merged.rows.items.size()));
  }
  return merged;
}

/// Whether (i, j) is an entry exactly where (j, i) is: rows are columns then. Row i is right if its entries below the
/// diagonal are, in turn, the next ones above the diagonal that their own rows have not yet accounted for. Half of
/// the entries are looked at, and a pattern that is not symmetric is mostly found out in its first rows.
bool rows_are_columns(ListsView rows, std::int64_t num_columns) {
  if (rows.size() != num_columns) return false;
  RawVector<std::int64_t> next(static_cast<std::size_t>(num_columns));  // entry above the diagonal of each row so far
  for (std::int32_t i = 0; i < rows.size(); ++i) {
    std::int64_t k = rows.begin[i];
    for (; k < rows.begin[i + 1] && rows.items[k] < i; ++k) {
      const std::int32_t j = rows.items[k];
      if (next[j] == rows.begin[j + 1] || rows.items[next[j]++] != i) return false;
    }
    next[i] = k + (k < rows.begin[i + 1] && rows.items[k] == i);
  }
  for (std::int32_t i = 0; i < rows.size(); ++i) {
    if (next[i] != rows.begin[i + 1]) return false;
  }
  return true;
}

ListsView rows_of(const SparsityPattern& pattern) {
  return {std::span(pattern.row_begin).first(static_cast<std::size_t>(pattern.num_rows) + 1), pattern.columns};
}

}  // namespace

Lists transpose_lists(ListsView lists, std::int32_t count) {
  Lists result;
  // Counted two places ahead, summed up, and filled one place ahead: what is left are the beginnings.
  result.begin.assign(static_cast<std::size_t>(count) + 2, 0);
  std::int64_t* ahead = result.begin.data() + 1;
  for (std::int32_t item : lists.items) ++ahead[item + 1];
  for (std::int32_t i = 0; i < count; ++i) ahead[i + 1] += ahead[i];
  result.items.resize(lists.items.size());
  std::int32_t* items = result.items.data();
  for (std::int32_t i = 0; i < lists.size(); ++i) {
    for (std::int32_t item : lists[i]) items[ahead[item]++] = i;
  }
  result.begin.pop_back();
  return result;
}

VertexNets VertexNets::of_columns(const SparsityPattern& pattern) {
  VertexNets graph;
  graph.num_vertices_ = static_cast<std::int32_t>(pattern.num_columns);
  Merged merged = merge(pattern);
  std::int32_t num_groups = graph.num_vertices_;
  graph.members_ = rows_of(pattern);
  if (!merged.column_runs.empty()) {
    graph.merged_ = std::move(merged.rows);
    graph.members_ = graph.merged_.view();
    graph.group_begin_ = std::move(merged.column_runs);
    graph.group_of_ = run_of_each(graph.group_begin_);
    num_groups = static_cast<std::int32_t>(graph.group_begin_.size()) - 1;
  }
  graph.num_nets_ = graph.members_.size();
  if (!graph.grouped() && rows_are_columns(graph.members_, num_groups)) {
    graph.nets_ = graph.members_;
    return graph;
  }
  graph.transposed_ = transpose_lists(graph.members_, num_groups);
  graph.nets_ = graph.transposed_.view();
  return graph;
}

VertexNets VertexNets::of_rows(const SparsityPattern& pattern) {
  VertexNets graph;
  graph.num_vertices_ = static_cast<std::int32_t>(pattern.num_rows);
  graph.num_nets_ = static_cast<std::int32_t>(pattern.num_columns);
  graph.nets_ = rows_of(pattern);
  Merged merged = merge(pattern);
  if (!merged.row_runs.empty()) {
    graph.merged_ = std::move(merged.rows);
    graph.nets_ = graph.merged_.view();
    graph.num_nets_ = static_cast<std::int32_t>(merged.column_runs.size()) - 1;
    graph.group_begin_ = std::move(merged.row_runs);
    graph.group_of_ = run_of_each(graph.group_begin_);
  }
  return graph;
}

ListsView VertexNets::members() const {
  if (members_.begin.empty() && !grouped() && rows_are_columns(nets_, num_nets_)) members_ = nets_;
  if (members_.begin.empty()) {
    transposed_ = transpose_lists(nets_, num_nets_);
    members_ = transposed_.view();
  }
  return members_;
}

}  // namespace heliotrope::detail
