// SPDX-License-Identifier: Apache-2.0
// Greedy colourings by tables of counts, one vertex after another in natural order.
#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <vector>

#include "coloring_graphs.hpp"

namespace heliotrope_test {

enum class Rule { star, restricted, acyclic };

/// First fit in natural order. first_column < 0: a symmetric graph, all vertices coloured. Otherwise rows and columns
/// have colours of their own from 0, a vertex whose neighbours all have colours gets none, and neighbours of a vertex
/// that has none yet differ.
class FirstFit {
 public:
  FirstFit(std::vector<std::vector<int>> neighbors, int first_column, Rule rule)
      : neighbors_(std::move(neighbors)), first_column_(first_column), rule_(rule), colors_(neighbors_.size(), -1) {}

  std::vector<std::int32_t> run() {
    const int n = static_cast<int>(neighbors_.size());
    counts_.assign(n, std::vector<int>(n + 1, 0));
    for (int v = 0; v < n; ++v) {
      if (neighbors_[v].empty()) continue;
      const auto colored = [&](int w) { return colors_[w] >= 0; };
      if (first_column_ >= 0 && std::all_of(neighbors_[v].begin(), neighbors_[v].end(), colored)) continue;
      std::int32_t color = 0;
      while (forbidden(v, color)) ++color;
      colors_[v] = color;
      for (const int w : neighbors_[v]) ++counts_[w][color];
    }
    return colors_;
  }

 private:
  bool forbidden(int v, std::int32_t color) {
    for (const int w : neighbors_[v]) {
      if (w == v) continue;
      if (first_column_ < 0 && colors_[w] == color) return true;
      const bool at_w = counts_[w][color] > 0;  // v - w - x with x of the colour
      if (!at_w) continue;
      if (colors_[w] < 0 && (first_column_ >= 0 || rule_ == Rule::restricted)) return true;
      if (colors_[w] < 0) continue;
      if (rule_ == Rule::restricted && color < colors_[w]) return true;
      if (rule_ == Rule::star && ends_path(v, w, color)) return true;
    }
    return rule_ == Rule::acyclic && closes_cycle(v, color);
  }
  /// w' - v - w - x or v - w - x - y in two colours.
  bool ends_path(int v, int w, std::int32_t color) const {
    if (counts_[v][colors_[w]] > 1) return true;
    for (const int x : neighbors_[w]) {
      if (x != v && colors_[x] == color && counts_[x][colors_[w]] > 1) return true;
    }
    return false;
  }
  /// Two neighbours of v, of one colour, joined by a path in that colour and the new one.
  bool closes_cycle(int v, std::int32_t color) const {
    for (const int w : neighbors_[v]) {
      if (w == v || colors_[w] < 0) continue;
      std::vector<int> reached = {w};
      for (std::size_t k = 0; k < reached.size(); ++k) {
        const bool at_w_color = k == 0 || is_like(reached[k], w);
        for (const int x : neighbors_[reached[k]]) {
          if (x == v || x == reached[k]) continue;
          if (at_w_color ? !(colors_[x] == color && !is_like(x, w) && side(x) == side(v)) : !is_like(x, w)) continue;
          if (std::find(reached.begin(), reached.end(), x) == reached.end()) reached.push_back(x);
        }
      }
      for (const int x : neighbors_[v]) {
        if (x != w && is_like(x, w) && std::find(reached.begin(), reached.end(), x) != reached.end()) return true;
      }
    }
    return false;
  }
  bool side(int v) const { return first_column_ >= 0 && v >= first_column_; }
  bool is_like(int x, int w) const { return side(x) == side(w) && colors_[x] == colors_[w]; }

  std::vector<std::vector<int>> neighbors_;
  int first_column_;
  Rule rule_;
  std::vector<std::int32_t> colors_;
  std::vector<std::vector<int>> counts_;  // [vertex][colour] neighbours of that colour
};

inline std::vector<std::int32_t> first_fit(const heliotrope::SparsityPattern& pattern, Rule rule) {
  std::vector<std::vector<int>> neighbors(pattern.num_rows);
  for (std::int64_t i = 0; i < pattern.num_rows; ++i) {
    for (const std::int32_t j : pattern.row(i)) neighbors[i].push_back(j);
  }
  return FirstFit(std::move(neighbors), -1, rule).run();
}

inline std::vector<std::int32_t> first_fit_bipartite(const heliotrope::SparsityPattern& pattern, Rule rule) {
  const auto m = static_cast<int>(pattern.num_rows);
  std::vector<std::vector<int>> neighbors(m + pattern.num_columns);
  for (int i = 0; i < m; ++i) {
    for (const std::int32_t j : pattern.row(i)) {
      neighbors[i].push_back(m + j);
      neighbors[m + j].push_back(i);
    }
  }
  return FirstFit(std::move(neighbors), m, rule).run();
}

}  // namespace heliotrope_test
