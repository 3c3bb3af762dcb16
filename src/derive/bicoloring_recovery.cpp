// SPDX-License-Identifier: Apache-2.0
#include <vector>

#include "derive/recovery_detail.hpp"

namespace heliotrope {

namespace {

using symmetric_detail::Unknown;

/// Sources by columns where an entry is alone in its row, by rows where it is alone in its column; empty where an entry
/// is neither.
std::vector<std::int64_t> direct_sources(const SparsityPattern& pattern, const Bicoloring& coloring) {
  const auto graph = symmetric_detail::bipartite_graph(pattern, true);
  const std::int64_t m = pattern.num_rows;
  auto found = symmetric_detail::alone_in_row(pattern, coloring.columns);
  std::vector<std::int64_t> source(pattern.columns.size()), count(coloring.rows.num_colors, 0);
  for (std::int64_t i = 0; i < m; ++i) {
    for (std::int64_t e = pattern.row_begin[i]; e < pattern.row_begin[i + 1]; ++e) {
      if (found[e]) source[e] = i + m * coloring.columns.colors[pattern.columns[e]];
    }
  }
  for (std::int64_t j = 0; j < pattern.num_columns; ++j) {
    const std::int64_t begin = graph.begin[m + j], end = graph.begin[m + j + 1];
    const auto color = [&](std::int64_t k) { return coloring.rows.colors[graph.neighbors[k]]; };
    for (std::int64_t k = begin; k < end; ++k) {
      if (color(k) >= 0) ++count[color(k)];
    }
    for (std::int64_t k = begin; k < end; ++k) {
      const std::int64_t e = graph.entry[k];
      if (found[e]) continue;
      if (color(k) < 0 || count[color(k)] > 1) return {};
      source[e] = -1 - (j + pattern.num_columns * color(k));
    }
    for (std::int64_t k = begin; k < end; ++k) {
      if (color(k) >= 0) count[color(k)] = 0;
    }
  }
  return source;
}

}  // namespace

BicoloringRecovery prepare_bicoloring_recovery(const SparsityPattern& pattern, const Bicoloring& coloring) {
  symmetric_detail::require_colors(coloring.rows, pattern.num_rows, "row");
  symmetric_detail::require_colors(coloring.columns, pattern.num_columns, "column");
  const std::int64_t m = pattern.num_rows, n = pattern.num_columns;
  BicoloringRecovery recovery{m,  n, coloring.rows.num_colors, coloring.columns.num_colors, pattern.num_entries(),
                              {}, {}};
  recovery.source = direct_sources(pattern, coloring);
  recovery.steps.subtract_begin = {0};
  if (recovery.is_direct()) return recovery;

  std::vector<Unknown> edges;
  edges.reserve(pattern.columns.size());
  for (std::int64_t i = 0; i < m; ++i) {
    for (std::int64_t e = pattern.row_begin[i]; e < pattern.row_begin[i + 1]; ++e) {
      edges.push_back({static_cast<std::int32_t>(i), static_cast<std::int32_t>(m + pattern.columns[e]), e, e});
    }
  }
  const std::int32_t of_rows = coloring.rows.num_colors;
  std::vector<std::int32_t> colors = coloring.rows.colors;
  for (const std::int32_t color : coloring.columns.colors) colors.push_back(color < 0 ? -1 : of_rows + color);
  symmetric_detail::Sums sums{edges, colors, coloring.num_colors(), {}, false};
  sums.source = [m, n, of_rows](std::int32_t v, std::int32_t color) {
    return v < m ? v + m * (color - of_rows) : -1 - (v - m + n * color);
  };
  const std::int64_t fault = symmetric_detail::append_forests(sums, recovery.steps);
  if (fault >= 0) symmetric_detail::unrecoverable(edges[fault].a, edges[fault].b - m);
  return recovery;
}

void BicoloringRecovery::recover(std::span<const double> compressed_columns, std::span<const double> compressed_rows,
                                 std::span<double> values) const {
  symmetric_detail::require_size(compressed_columns.size(), num_rows * num_column_colors, "the compressed columns");
  symmetric_detail::require_size(compressed_rows.size(), num_columns * num_row_colors, "the compressed rows");
  symmetric_detail::require_size(values.size(), num_entries, "the array of values");
  const auto read = [&](std::int64_t at) { return at >= 0 ? compressed_columns[at] : compressed_rows[-1 - at]; };
  for (std::size_t e = 0; e < source.size(); ++e) values[e] = read(source[e]);
  symmetric_detail::substitute(steps, values, read);
}

}  // namespace heliotrope
