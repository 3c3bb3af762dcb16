// SPDX-License-Identifier: Apache-2.0
// One-sided colourings where rows and columns repeat, sets of colours are of any width, and patterns are extreme.
#include <random>

#include "all_orders.hpp"
#include "catch.hpp"
#include "coloring_graphs.hpp"
#include "derive/first_fit.hpp"
#include "derive/vertex_nets.hpp"
#include "heliotrope/derive/coloring.hpp"
#include "heliotrope/error.hpp"
#include "obvious_coloring.hpp"
#include "sanitized.hpp"

using namespace heliotrope;
using namespace heliotrope_test;

namespace {

std::vector<std::int32_t> obvious_first_fit(const SparsityPattern& pattern, std::vector<std::int32_t> order) {
  const auto table = shares_a_row(pattern);
  std::vector<bool> entries(pattern.num_columns, false);
  for (std::int32_t j : pattern.columns) entries[j] = true;
  std::vector<std::int32_t> colors(pattern.num_columns, -1);
  for (std::int32_t v : order) {
    std::vector<bool> used(order.size() + 1, false);
    for (std::size_t u = 0; u < order.size(); ++u) {
      if (table[v][u] && colors[u] >= 0) used[colors[u]] = true;
    }
    std::int32_t color = 0;
    while (used[color]) ++color;
    if (entries[v]) colors[v] = color;
  }
  return colors;
}

std::vector<std::int32_t> iota(std::int64_t count) {
  std::vector<std::int32_t> order(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<std::int32_t>(i);
  return order;
}

/// Columns by falling degree, ties as numbered.
std::vector<std::int32_t> by_degree(const SparsityPattern& pattern) {
  const auto table = shares_a_row(pattern);
  std::vector<std::int32_t> order = iota(pattern.num_columns);
  const auto degree = [&](std::int32_t v) { return std::count(table[v].begin(), table[v].end(), true); };
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return degree(a) > degree(b); });
  return order;
}

/// Blocks of unequal sizes, so that equal neighbouring rows and columns are merged.
SparsityPattern random_blocks(std::mt19937& random) {
  const auto sizes = [&](int count) {
    std::vector<std::int32_t> list(count);
    for (auto& size : list) size = static_cast<std::int32_t>(random() % 5);
    return list;
  };
  const SparsityPattern blocks = random_rectangular(12, 9, 0.25, random);
  return block_pattern(blocks, sizes(12), sizes(9));
}

std::vector<SparsityPattern> random_patterns(int count, std::uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<SparsityPattern> patterns;
  for (int k = 0; k < count; ++k) {
    const int m = 1 + static_cast<int>(random() % 30), n = 1 + static_cast<int>(random() % 30);
    if (k % 3 == 0) patterns.push_back(random_blocks(random));
    if (k % 3 == 1) patterns.push_back(random_rectangular(m, n, 0.08, random));
    if (k % 3 == 2) patterns.push_back(random_symmetric(m + n, 0.1, Diagonal::some, random));
  }
  return patterns;
}

}  // namespace

TEST_CASE("coloring: natural and largest first are first fit", "[derive][coloring]") {
  for (const SparsityPattern& pattern : random_patterns(180 / scale, 1)) {
    CHECK(color_columns(pattern, {.order = ColoringOrder::natural, .regrouping_passes = 0}).colors ==
          obvious_first_fit(pattern, iota(pattern.num_columns)));
    CHECK(color_columns(pattern, {.order = ColoringOrder::largest_first, .regrouping_passes = 0}).colors ==
          obvious_first_fit(pattern, by_degree(pattern)));
    const SparsityPattern turned = transpose(pattern);
    CHECK(color_rows(turned, {.order = ColoringOrder::natural, .regrouping_passes = 0}).colors ==
          obvious_first_fit(pattern, iota(pattern.num_columns)));
    CHECK(color_rows(turned, {.order = ColoringOrder::largest_first, .regrouping_passes = 0}).colors ==
          obvious_first_fit(pattern, by_degree(pattern)));
  }
}

TEST_CASE("coloring: the exact search finds what greedy orders miss, and stops at its limit", "[derive][coloring]") {
  // The 5-cycle as columns that share rows two by two: bound 2, three colours.
  const SparsityPattern cycle =
      pattern_of(5, 5, {{0, 0}, {0, 1}, {1, 1}, {1, 2}, {2, 2}, {2, 3}, {3, 3}, {3, 4}, {4, 4}, {4, 0}});
  const ExactColoring three = color_columns_exactly(cycle);
  CHECK(three.optimal);
  CHECK(three.coloring.num_colors == 3);
  const ExactColoring stopped = color_columns_exactly(cycle, 2);
  CHECK_FALSE(stopped.optimal);
  CHECK(color_rows_exactly(transpose(cycle)).coloring.num_colors == 3);
  CHECK_FALSE(check_column_coloring(cycle, stopped.coloring).has_value());
  CHECK_THROWS_AS(color_columns_exactly(banded_pattern(5000, 5000, 1, 1)), Error);
}

TEST_CASE("coloring: many colours, in sets of every width", "[derive][coloring]") {
  // Row i has columns up to i: column j is in all rows from j on, and sets grow from 1 bit to all.
  for (int n : {60, 65, 130, 257, 520, 3000 / std::min(4, scale)}) {
    const SparsityPattern arrow = arrowhead(n);
    CHECK(color_columns(arrow, {.order = ColoringOrder::natural}).colors == iota(n));
    CHECK(color_rows(arrow, {.order = ColoringOrder::natural}).colors == iota(n));
    const Coloring other = color_rows(arrow);
    CHECK(other.num_colors == n);
    CHECK_FALSE(check_row_coloring(arrow, other).has_value());
  }
  std::mt19937 random(5);
  for (int round = 0; round < 3; ++round) {  // some dense rows among sparse ones
    Entries entries;
    for (int j = 0; j < 900; ++j) {
      for (int i = 0; i < 3; ++i) {
        if (random() % 4 > 0) entries.insert({i, j});
      }
      for (int k = 0; k < 3; ++k) entries.insert({3 + static_cast<int>(random() % 400), j});
    }
    const SparsityPattern pattern = pattern_of(403, 900, entries);
    CHECK(color_columns(pattern, {.order = ColoringOrder::natural, .regrouping_passes = 0}).colors ==
          obvious_first_fit(pattern, iota(900)));
    CHECK(color_rows(transpose(pattern), {.order = ColoringOrder::natural, .regrouping_passes = 0}).colors ==
          obvious_first_fit(pattern, iota(900)));
  }
}

TEST_CASE("coloring: a large arrowhead takes linear time and memory", "[derive][coloring]") {
  const int n = 200000 / scale;
  SparsityPattern pattern;
  pattern.num_rows = pattern.num_columns = n;
  pattern.columns = iota(n);
  pattern.row_begin.push_back(n);
  for (int i = 1; i < n; ++i) {
    pattern.columns.insert(pattern.columns.end(), {0, i});
    pattern.row_begin.push_back(pattern.num_entries());
  }
  for (ColoringOrder order : {ColoringOrder::natural, ColoringOrder::smallest_last, ColoringOrder::largest_first}) {
    CHECK(color_columns(pattern, {.order = order}).num_colors == n);
  }
}

TEST_CASE("coloring: empty patterns and vertices without entries", "[derive][coloring]") {
  SparsityPattern nothing;
  CHECK(color_columns(nothing).colors.empty());
  CHECK(color_rows(nothing).num_colors == 0);
  CHECK(column_color_bound(nothing) == 0);
  CHECK(row_color_bound(nothing) == 0);
  CHECK(color_columns_exactly(nothing).optimal);
  const SparsityPattern some = pattern_of(4, 4, {{1, 1}, {1, 2}, {3, 2}});
  for (ColoringOrder order : orders) {
    const Coloring columns = color_columns(some, {.order = order}), rows = color_rows(some, {.order = order});
    CHECK_FALSE(check_column_coloring(some, columns).has_value());
    CHECK(columns.num_colors == 2);
    CHECK(columns.colors[0] == -1);
    CHECK(columns.colors[3] == -1);
    CHECK(rows.num_colors == 2);
    CHECK(rows.colors[0] == -1);
    CHECK_FALSE(check_row_coloring(some, rows).has_value());
  }
  CHECK(color_columns_exactly(some).coloring.colors[0] == -1);
  SparsityPattern empty;
  empty.num_rows = empty.num_columns = 3;
  empty.row_begin.assign(4, 0);
  CHECK(color_columns(empty, {.order = ColoringOrder::best}).num_colors == 0);
}

TEST_CASE("coloring: equal neighbouring rows and columns are merged where they are many", "[derive][coloring]") {
  const std::vector<std::int32_t> sizes(20, 3);
  const SparsityPattern blocks = block_pattern(banded_pattern(20, 20, 1, 1), sizes, sizes);
  const auto columns = detail::VertexNets::of_columns(blocks), rows = detail::VertexNets::of_rows(blocks);
  for (const auto* graph : {&columns, &rows}) {
    CHECK(graph->num_vertices() == 60);
    CHECK(graph->num_groups() == 20);
    CHECK(graph->num_nets() == 20);
    CHECK(graph->nets().items.size() == 58);
    CHECK(graph->members().items.size() == 58);
  }
  CHECK_FALSE(detail::VertexNets::of_columns(banded_pattern(20, 20, 1, 1)).grouped());
}

TEST_CASE("coloring: the checker of rows names two rows and their column", "[derive][coloring]") {
  const SparsityPattern pattern = pattern_of(2, 3, {{0, 0}, {0, 1}, {1, 1}, {1, 2}});
  CHECK_FALSE(check_row_coloring(pattern, {{1, 0}, 2}).has_value());
  const ColoringFault fault = check_row_coloring(pattern, {{0, 0}, 1}).value();
  CHECK(fault.kind == ColoringFault::Kind::conflict);
  CHECK(fault.first == 0);
  CHECK(fault.second == 1);
  CHECK(fault.shared == 1);
}
