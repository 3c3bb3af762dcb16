// SPDX-License-Identifier: Apache-2.0
// Column and row colourings against their definition, slow first fit, closed forms and an exact search.
#include <numeric>
#include <random>

#include "all_orders.hpp"
#include "catch.hpp"
#include "coloring_graphs.hpp"
#include "derive/black_box.hpp"
#include "heliotrope/derive/stencil.hpp"
#include "heliotrope/error.hpp"
#include "obvious_coloring.hpp"

using namespace heliotrope;
using namespace heliotrope_test;

namespace {

/// Whether `count` colours are enough, by trying all.
bool can_color(const std::vector<std::vector<bool>>& share, std::vector<int>& colors, int count) {
  const std::size_t j = colors.size();
  if (j == share.size()) return true;
  for (int color = 0; color < count; ++color) {
    bool is_free = true;
    for (std::size_t k = 0; k < j; ++k) is_free = is_free && !(share[j][k] && colors[k] == color);
    if (!is_free) continue;
    colors.push_back(color);
    if (can_color(share, colors, count)) return true;
    colors.pop_back();
  }
  return false;
}

void check_all(const SparsityPattern& pattern) {
  const SparsityPattern turned = transpose(pattern);
  std::int32_t fewest = INT32_MAX;
  for (const ColoringOrder order : orders) {
    INFO("order " << to_string(order));
    std::int32_t before = INT32_MAX;
    for (const int passes : {0, 1, 3}) {
      const ColoringOptions options{.order = order, .regrouping_passes = passes};
      const Coloring columns = color_columns(pattern, options), rows = color_rows(turned, options);
      CHECK(are_columns_apart(pattern, columns));
      CHECK_FALSE(check_column_coloring(pattern, columns).has_value());
      CHECK_FALSE(check_row_coloring(turned, rows).has_value());
      CHECK(rows.num_colors == columns.num_colors);
      CHECK(columns.num_colors >= most_row_entries(pattern));
      CHECK(columns.num_colors <= before);
      before = columns.num_colors;
      if (passes > 0) continue;
      if (order == ColoringOrder::natural) CHECK(rows.colors == columns.colors);
      if (order == ColoringOrder::best) CHECK(columns.num_colors == fewest);
      if (order != ColoringOrder::random) fewest = std::min(fewest, columns.num_colors);
    }
    const Coloring columns = color_columns(pattern, {.order = order});
    CHECK_FALSE(check_column_coloring(pattern, columns).has_value());
    CHECK(color_columns(pattern, {.order = order}).colors == columns.colors);
  }
}

}  // namespace

TEST_CASE("coloring: random patterns, every order, by definition", "[derive][coloring]") {
  std::mt19937_64 random(4);
  for (int k = 0; k < 40; ++k) {
    const int rows = 1 + static_cast<int>(random() % 60), columns = 1 + static_cast<int>(random() % 90);
    const SparsityPattern pattern = random_pattern(rows, columns, 1 + static_cast<int>(random() % 9), random);
    CHECK(column_color_bound(pattern) == most_row_entries(pattern));
    CHECK(row_color_bound(transpose(pattern)) == most_row_entries(pattern));
    check_all(pattern);
    CHECK(color_columns(pattern, {.order = ColoringOrder::natural}).colors == first_fit(pattern).colors);
  }
}

TEST_CASE("coloring: more colours than a word has bits", "[derive][coloring]") {
  std::mt19937_64 random(5);
  for (const int most : {60, 64, 65, 130, 700}) {  // entries of the longest row
    SparsityPattern pattern = random_pattern(40, 900, 90, random);
    std::vector<std::int32_t> i, j;
    for (std::int64_t r = 0; r < 40; ++r) {
      for (std::int32_t c : pattern.row(r)) i.push_back(static_cast<std::int32_t>(r)), j.push_back(c);
    }
    for (int c = 0; c < most; ++c) i.push_back(7), j.push_back(c);
    pattern = pattern_from_entries(40, 900, i, j);
    check_all(pattern);
    CHECK(color_columns(pattern, {.order = ColoringOrder::natural}).colors == first_fit(pattern).colors);
  }
}

TEST_CASE("coloring: the exact search finds what trying all finds, and no order does better", "[derive][coloring]") {
  std::mt19937_64 random(6);
  for (int k = 0; k < 60; ++k) {
    const SparsityPattern pattern = random_pattern(2 + k % 7, 2 + k % 9, 1 + k % 5, random);
    const ExactColoring exact = color_columns_exactly(pattern);
    REQUIRE(exact.optimal);
    CHECK(are_columns_apart(pattern, exact.coloring));
    const auto share = shares_a_row(pattern);
    std::vector<int> colors;
    CHECK(can_color(share, colors, std::max(1, exact.coloring.num_colors)));  // a column without entries takes none
    colors.clear();
    if (exact.coloring.num_colors > 1) CHECK_FALSE(can_color(share, colors, exact.coloring.num_colors - 1));
    for (const ColoringOrder order : orders)
      CHECK(color_columns(pattern, {.order = order}).num_colors >= exact.coloring.num_colors);
    CHECK(color_rows_exactly(transpose(pattern)).coloring.num_colors == exact.coloring.num_colors);
  }
}

TEST_CASE("coloring: closed forms", "[derive][coloring]") {
  for (const std::int64_t n : {3, 10, 1000, 100000}) {
    CHECK(color_columns(banded_pattern(n, n, 1, 1), {.order = ColoringOrder::natural}).num_colors == 3);
    CHECK(color_rows(banded_pattern(n, n, 1, 1), {.order = ColoringOrder::natural}).num_colors == 3);
  }
  for (const auto& [lower, upper] : {std::pair{0, 0}, {2, 0}, {0, 5}, {4, 3}, {40, 41}}) {
    CHECK(color_columns(banded_pattern(500, 500, lower, upper), {.order = ColoringOrder::natural}).num_colors ==
          lower + upper + 1);
  }
  for (const ColoringOrder order : orders) {
    CHECK(color_columns(arrowhead(300), {.order = order}).num_colors == 300);
    CHECK(color_rows(arrowhead(50), {.order = order}).num_colors == 50);
    if (order == ColoringOrder::random || order == ColoringOrder::dynamic_largest_first) continue;
    CHECK(color_columns(banded_pattern(1000, 1000, 40, 60), {.order = order}).num_colors == 101);
    CHECK(color_rows(banded_pattern(100, 100, 2, 3), {.order = order}).num_colors == 6);
  }
  CHECK(color_columns_exactly(stencil_pattern(five_point(5, 5))).coloring.num_colors == 5);
  CHECK(color_columns(stencil_pattern(five_point(40, 40)), {.order = ColoringOrder::smallest_last}).num_colors == 5);

  // Bundle adjustment: 9 columns of a camera and 3 of a point a row.
  std::mt19937_64 random(7);
  std::vector<std::int32_t> i, j;
  for (std::int32_t k = 0; k < 400; ++k)
    i.push_back(k), j.push_back(random() % 10), i.push_back(k), j.push_back(10 + k % 90);
  std::vector<std::int32_t> widths(100, 3);
  std::fill_n(widths.begin(), 10, 9);
  const SparsityPattern bundle =
      block_pattern(pattern_from_entries(400, 100, i, j), std::vector<std::int32_t>(400, 2), widths);
  for (const ColoringOrder order : orders) {
    const Coloring coloring = color_columns(bundle, {.order = order});
    CHECK_FALSE(check_column_coloring(bundle, coloring).has_value());
    if (order != ColoringOrder::random) CHECK(coloring.num_colors == 12);
  }

  // Nothing at all.
  const SparsityPattern none = pattern_from_entries(3, 4, {}, {});
  CHECK(color_columns(none).num_colors == 0);
  CHECK(color_columns(none).colors == std::vector<std::int32_t>(4, -1));
}

TEST_CASE("coloring: the checker names each fault", "[derive][coloring]") {
  const SparsityPattern pattern = pattern_from_entries(2, 4, std::vector{0, 0, 1}, std::vector{0, 2, 3});
  const auto kind = [&](const Coloring& coloring) { return check_column_coloring(pattern, coloring).value().kind; };
  CHECK_FALSE(check_column_coloring(pattern, {{0, -1, 1, 0}, 2}).has_value());
  CHECK(kind({{0, 0, 1}, 2}) == ColoringFault::Kind::size);
  CHECK(kind({{0, -1, 2, 0}, 2}) == ColoringFault::Kind::range);
  CHECK(kind({{0, -1, 1, -1}, 2}) == ColoringFault::Kind::missing);
  CHECK(kind({{0, -1, 1, 0}, 3}) == ColoringFault::Kind::num_colors);
  const ColoringFault fault = check_column_coloring(pattern, {{1, -1, 1, 0}, 2}).value();
  CHECK(fault.kind == ColoringFault::Kind::conflict);
  CHECK(fault.first + fault.second == 2);
  CHECK(fault.shared == 0);
}
