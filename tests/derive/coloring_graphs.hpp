// SPDX-License-Identifier: Apache-2.0
// Small patterns for colourings, and what colourings mean written down without cleverness.
#pragma once

#include <algorithm>
#include <functional>
#include <random>
#include <set>
#include <utility>
#include <vector>

#include "heliotrope/derive/bicoloring.hpp"
#include "heliotrope/derive/symmetric_coloring.hpp"

namespace heliotrope_test {

using Entries = std::set<std::pair<int, int>>;

inline heliotrope::SparsityPattern pattern_of(int rows, int columns, const Entries& entries) {
  heliotrope::SparsityPattern pattern;
  pattern.num_rows = rows;
  pattern.num_columns = columns;
  pattern.row_begin.assign(rows + 1, 0);
  for (const auto& entry : entries) {
    ++pattern.row_begin[entry.first + 1];
    pattern.columns.push_back(entry.second);
  }
  for (int i = 0; i < rows; ++i) pattern.row_begin[i + 1] += pattern.row_begin[i];
  return pattern;
}

/// Half of the off-diagonal bands below; the diagonal too.
inline heliotrope::SparsityPattern symmetric_banded(int n, int rho) {
  Entries entries;
  for (int i = 0; i < n; ++i) {
    for (int j = std::max(0, i - rho / 2); j <= std::min(n - 1, i + rho / 2); ++j) entries.insert({i, j});
  }
  return pattern_of(n, n, entries);
}

inline heliotrope::SparsityPattern arrowhead(int n) {
  Entries entries;
  for (int i = 0; i < n; ++i) entries.insert({{0, i}, {i, 0}, {i, i}});
  return pattern_of(n, n, entries);
}

enum class Diagonal { none, some, full };

inline heliotrope::SparsityPattern random_symmetric(int n, double density, Diagonal diagonal, std::mt19937& random) {
  std::uniform_real_distribution<double> uniform(0.0, 1.0);
  Entries entries;
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j < i; ++j) {
      if (uniform(random) < density) entries.insert({{i, j}, {j, i}});
    }
    if (diagonal == Diagonal::full || (diagonal == Diagonal::some && uniform(random) < 0.5)) entries.insert({i, i});
  }
  return pattern_of(n, n, entries);
}

/// Some rows and columns denser than the rest.
inline heliotrope::SparsityPattern random_rectangular(int m, int n, double density, std::mt19937& random) {
  std::uniform_real_distribution<double> uniform(0.0, 1.0);
  std::vector<double> row(m), column(n);
  for (double& x : row) x = uniform(random) < 0.1 ? 0.7 : density;
  for (double& x : column) x = uniform(random) < 0.1 ? 0.7 : density;
  Entries entries;
  for (int i = 0; i < m; ++i) {
    for (int j = 0; j < n; ++j) {
      if (uniform(random) < std::max(row[i], column[j])) entries.insert({i, j});
    }
  }
  return pattern_of(m, n, entries);
}

/// Whether there is an entry (i, j).
inline std::vector<std::vector<bool>> dense(const heliotrope::SparsityPattern& pattern) {
  std::vector<std::vector<bool>> full(pattern.num_rows, std::vector<bool>(pattern.num_columns, false));
  for (std::int64_t i = 0; i < pattern.num_rows; ++i) {
    for (const std::int32_t j : pattern.row(i)) full[i][j] = true;
  }
  return full;
}

/// Rows and columns as vertices of one graph.
inline std::vector<std::vector<bool>> dense_bipartite(const heliotrope::SparsityPattern& pattern) {
  const std::int64_t m = pattern.num_rows, size = m + pattern.num_columns;
  std::vector<std::vector<bool>> full(size, std::vector<bool>(size, false));
  for (std::int64_t i = 0; i < m; ++i) {
    for (const std::int32_t j : pattern.row(i)) full[i][m + j] = full[m + j][i] = true;
  }
  return full;
}

/// Colours of rows, then those of columns, numbered on; -1 stays.
inline std::vector<std::int32_t> joined(const heliotrope::Bicoloring& coloring) {
  auto colors = coloring.rows.colors;
  for (const std::int32_t c : coloring.columns.colors) colors.push_back(c < 0 ? -1 : coloring.rows.num_colors + c);
  return colors;
}

/// What holds for both kinds: colours of neighbours differ, the vertex with a loop has a colour, and a vertex without
/// one has neighbours of different colours.
inline bool proper(const std::vector<std::vector<bool>>& graph, const std::vector<std::int32_t>& colors) {
  const int n = static_cast<int>(graph.size());
  for (int v = 0; v < n; ++v) {
    if (graph[v][v] && colors[v] < 0) return false;
    for (int w = 0; w < n; ++w) {
      if (w == v || !graph[v][w]) continue;
      if (colors[v] == colors[w]) return false;
      for (int x = 0; x < n; ++x) {
        if (colors[v] < 0 && x != w && x != v && graph[v][x] && colors[x] == colors[w]) return false;
      }
    }
  }
  return true;
}

/// No path of four vertices in two colours.
inline bool is_star(const std::vector<std::vector<bool>>& graph, const std::vector<std::int32_t>& colors) {
  if (!proper(graph, colors)) return false;
  const int n = static_cast<int>(graph.size());
  for (int a = 0; a < n; ++a) {
    for (int b = 0; b < n; ++b) {
      if (a == b || !graph[a][b]) continue;
      for (int c = 0; c < n; ++c) {
        if (c == a || c == b || !graph[b][c] || colors[c] != colors[a] || colors[c] < 0) continue;
        for (int d = 0; d < n; ++d) {
          if (d != a && d != b && d != c && graph[c][d] && colors[d] == colors[b] && colors[d] >= 0) return false;
        }
      }
    }
  }
  return true;
}

/// Two colours induce a graph without a cycle: leaves can be taken away until nothing is left.
inline bool is_acyclic(const std::vector<std::vector<bool>>& graph, const std::vector<std::int32_t>& colors) {
  if (!proper(graph, colors)) return false;
  const int n = static_cast<int>(graph.size());
  const std::int32_t most = n == 0 ? -1 : *std::max_element(colors.begin(), colors.end());
  for (std::int32_t a = 0; a <= most; ++a) {
    for (std::int32_t b = 0; b < a; ++b) {
      std::vector<bool> in(n);
      for (int v = 0; v < n; ++v) in[v] = colors[v] == a || colors[v] == b;
      for (bool changed = true; changed;) {
        changed = false;
        for (int v = 0; v < n; ++v) {
          int degree = 0;
          for (int w = 0; w < n; ++w) degree += w != v && in[w] && graph[v][w];
          if (!in[v] || degree > 1) continue;
          in[v] = false;
          changed = true;
        }
      }
      if (std::find(in.begin(), in.end(), true) != in.end()) return false;
    }
  }
  return true;
}

/// Fewest colours of a coloring that `good` accepts, by trying all: vertices in order, a vertex taking -1, a colour in
/// use or the next one. `sides` 2: vertices from first_column on have colours of their own.
inline int fewest_colors(int num_vertices, int first_column,
                         const std::function<bool(const std::vector<std::int32_t>&)>& good) {
  std::vector<std::int32_t> colors(num_vertices, -1);
  int best = num_vertices + 1;
  const std::function<void(int, int, int)> extend = [&](int v, int rows, int columns) {
    if (rows + columns >= best) return;
    if (v == num_vertices) {
      auto all = colors;
      for (int k = first_column; k < num_vertices; ++k) all[k] += all[k] < 0 ? 0 : rows;
      if (good(all)) best = rows + columns;
      return;
    }
    int& used = v < first_column ? rows : columns;
    for (std::int32_t c = -1; c <= used; ++c) {
      colors[v] = c;
      v < first_column ? extend(v + 1, rows + (c == rows), columns) : extend(v + 1, rows, columns + (c == columns));
    }
    colors[v] = -1;
  };
  extend(0, 0, 0);
  return best;
}

}  // namespace heliotrope_test
