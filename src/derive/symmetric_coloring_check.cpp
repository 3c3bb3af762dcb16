// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/derive/symmetric_coloring_check.hpp"

#include <algorithm>
#include <numeric>
#include <tuple>
#include <vector>

#include "derive/adjacency.hpp"

namespace heliotrope {

namespace {

/// An edge of the graph behind a coloring, with the colors of its ends; colors of columns are numbered after those of
/// rows where there are two sides.
struct Edge {
  std::int64_t a, b;
  std::int32_t a_color, b_color;
  std::int64_t row, column;
};

/// [entry] how many entries of its row lie in columns of its column's color.
std::vector<std::int64_t> sharing_in_row(const SparsityPattern& pattern, const Coloring& columns) {
  std::vector<std::int64_t> sharing(pattern.columns.size()), count(columns.num_colors, 0);
  for (std::int64_t i = 0; i < pattern.num_rows; ++i) {
    for (const std::int32_t j : pattern.row(i)) {
      if (columns.colors[j] >= 0) ++count[columns.colors[j]];
    }
    for (std::int64_t e = pattern.row_begin[i]; e < pattern.row_begin[i + 1]; ++e) {
      const std::int32_t color = columns.colors[pattern.columns[e]];
      sharing[e] = color < 0 ? 0 : count[color];
    }
    for (const std::int32_t j : pattern.row(i)) {
      if (columns.colors[j] >= 0) count[columns.colors[j]] = 0;
    }
  }
  return sharing;
}

std::optional<UnrecoverableEntry> check_size(const Coloring& coloring, std::int64_t count, const std::string& what) {
  if (static_cast<std::int64_t>(coloring.colors.size()) != count) {
    return UnrecoverableEntry{
        -1, -1,
        std::to_string(coloring.colors.size()) + " " + what + " have colors; there are " + std::to_string(count)};
  }
  for (const std::int32_t color : coloring.colors) {
    if (color < -1 || color >= coloring.num_colors) {
      return UnrecoverableEntry{-1, -1,
                                "one of the " + what + " has color " + std::to_string(color) + "; there are " +
                                    std::to_string(coloring.num_colors)};
    }
  }
  return std::nullopt;
}

/// Entry e of the pattern is alone in its row if by_row[e] is 1, alone in its column if by_column[twin of e] is 1.
std::optional<UnrecoverableEntry> check_direct(const SparsityPattern& pattern, const std::vector<std::int64_t>& by_row,
                                               const std::vector<std::int64_t>& by_column,
                                               std::vector<std::int64_t> column_cursor) {
  for (std::int64_t i = 0; i < pattern.num_rows; ++i) {
    for (std::int64_t e = pattern.row_begin[i]; e < pattern.row_begin[i + 1]; ++e) {
      const std::int32_t j = pattern.columns[e];
      const std::int64_t twin = column_cursor[j]++;
      if (by_row[e] != 1 && by_column[twin] != 1) {
        return UnrecoverableEntry{i, j, "no row or column of a color holds it alone"};
      }
    }
  }
  return std::nullopt;
}

/// Whether edges between any two colors form a forest; those at a vertex without a color must be alone among the edges
/// from it to a color.
std::optional<UnrecoverableEntry> check_forests(std::vector<Edge> edges, std::int64_t num_vertices) {
  const auto fault = [](const Edge& edge, const char* reason) {
    return UnrecoverableEntry{edge.row, edge.column, reason};
  };
  for (Edge& edge : edges) {
    if (edge.a_color > edge.b_color) {
      std::swap(edge.a, edge.b);
      std::swap(edge.a_color, edge.b_color);
    }
    if (edge.b_color < 0) return fault(edge, "neither its row nor its column has a color");
    if (edge.a_color == edge.b_color) return fault(edge, "its row and its column have one color");
  }
  std::stable_sort(edges.begin(), edges.end(), [](const Edge& x, const Edge& y) {
    return std::tie(x.a_color, x.b_color) < std::tie(y.a_color, y.b_color);
  });
  std::vector<std::int64_t> parent(num_vertices);
  std::iota(parent.begin(), parent.end(), 0);
  const auto root = [&](std::int64_t v) {
    while (parent[v] != v) v = parent[v] = parent[parent[v]];
    return v;
  };
  for (std::size_t begin = 0, end = 0; begin < edges.size(); begin = end) {
    while (end < edges.size() && edges[end].a_color == edges[begin].a_color &&
           edges[end].b_color == edges[begin].b_color) {
      ++end;
    }
    for (std::size_t k = begin; k < end; ++k) {
      const Edge& edge = edges[k];
      if (edge.a_color < 0) {  // parent marks colorless vertices that have an edge to this color
        if (parent[edge.a] != edge.a) return fault(edge, "its row or column has no color, and a color twice");
        parent[edge.a] = edge.b;
      } else {
        const std::int64_t a = root(edge.a), b = root(edge.b);
        if (a == b) return fault(edge, "it closes a cycle of two colors");
        parent[a] = b;
      }
    }
    for (std::size_t k = begin; k < end; ++k) {
      parent[edges[k].a] = edges[k].a;
      parent[edges[k].b] = edges[k].b;
    }
  }
  return std::nullopt;
}

}  // namespace

std::string to_string(const UnrecoverableEntry& entry) {
  if (entry.row < 0) return entry.reason;
  return "entry (" + std::to_string(entry.row) + ", " + std::to_string(entry.column) + "): " + entry.reason;
}

std::optional<UnrecoverableEntry> check_star(const SparsityPattern& pattern, const Coloring& coloring) {
  symmetric_detail::adjacency_of_symmetric(pattern);
  if (auto wrong = check_size(coloring, pattern.num_rows, "columns")) return wrong;
  for (std::int64_t i = 0; i < pattern.num_rows; ++i) {
    for (const std::int32_t j : pattern.row(i)) {
      if (i != j && coloring.colors[i] >= 0 && coloring.colors[i] == coloring.colors[j]) {
        return UnrecoverableEntry{i, j, "its row and its column have one color"};
      }
    }
  }
  const auto sharing = sharing_in_row(pattern, coloring);
  return check_direct(pattern, sharing, sharing, pattern.row_begin);
}

std::optional<UnrecoverableEntry> check_acyclic(const SparsityPattern& pattern, const Coloring& coloring) {
  symmetric_detail::adjacency_of_symmetric(pattern);
  if (auto wrong = check_size(coloring, pattern.num_rows, "columns")) return wrong;
  std::vector<Edge> edges;
  for (std::int64_t i = 0; i < pattern.num_rows; ++i) {
    for (const std::int32_t j : pattern.row(i)) {
      if (j > i) edges.push_back({i, j, coloring.colors[i], coloring.colors[j], i, j});
      if (j == i && coloring.colors[i] < 0) return UnrecoverableEntry{i, j, "its column has no color"};
    }
  }
  return check_forests(std::move(edges), pattern.num_rows);
}

std::optional<UnrecoverableEntry> check_star_bidirectional(const SparsityPattern& pattern, const Bicoloring& coloring) {
  symmetric_detail::bipartite_graph(pattern);
  if (auto wrong = check_size(coloring.rows, pattern.num_rows, "rows")) return wrong;
  if (auto wrong = check_size(coloring.columns, pattern.num_columns, "columns")) return wrong;
  const SparsityPattern by_columns = transpose(pattern);
  return check_direct(pattern, sharing_in_row(pattern, coloring.columns), sharing_in_row(by_columns, coloring.rows),
                      by_columns.row_begin);
}

std::optional<UnrecoverableEntry> check_acyclic_bidirectional(const SparsityPattern& pattern,
                                                              const Bicoloring& coloring) {
  symmetric_detail::bipartite_graph(pattern);
  if (auto wrong = check_size(coloring.rows, pattern.num_rows, "rows")) return wrong;
  if (auto wrong = check_size(coloring.columns, pattern.num_columns, "columns")) return wrong;
  std::vector<Edge> edges;
  for (std::int64_t i = 0; i < pattern.num_rows; ++i) {
    for (const std::int32_t j : pattern.row(i)) {
      const std::int32_t row_color = coloring.rows.colors[i], column_color = coloring.columns.colors[j];
      edges.push_back(
          {i, pattern.num_rows + j, row_color, column_color < 0 ? -1 : coloring.rows.num_colors + column_color, i, j});
    }
  }
  return check_forests(std::move(edges), pattern.num_rows + pattern.num_columns);
}

}  // namespace heliotrope
