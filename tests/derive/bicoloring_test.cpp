// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/derive/bicoloring.hpp"

#include <random>

#include "catch.hpp"
#include "coloring_graphs.hpp"
#include "first_fit.hpp"
#include "heliotrope/derive/symmetric_coloring_check.hpp"
#include "heliotrope/error.hpp"

using namespace heliotrope;
using namespace heliotrope_test;

namespace {

#ifdef HELIOTROPE_SANITIZED
constexpr int scale = 10;
#else
constexpr int scale = 1;
#endif

constexpr ColoringOrder orders[] = {ColoringOrder::natural,
                                    ColoringOrder::largest_first,
                                    ColoringOrder::smallest_last,
                                    ColoringOrder::incidence_degree,
                                    ColoringOrder::dynamic_largest_first,
                                    ColoringOrder::random,
                                    ColoringOrder::best};

/// Full rows and columns here and there, a diagonal.
SparsityPattern crosses(int n, const std::vector<int>& rows, const std::vector<int>& columns) {
  Entries entries;
  for (int i = 0; i < n; ++i) {
    entries.insert({i, i});
    for (const int k : rows) entries.insert({k, i});
    for (const int k : columns) entries.insert({i, k});
  }
  return pattern_of(n, n, entries);
}

}  // namespace

TEST_CASE("coloring: an arrowhead takes two or three colors from two sides", "[derive][coloring]") {
  for (const int n : {3, 10, 1000}) {
    for (const ColoringOrder order :
         {ColoringOrder::largest_first, ColoringOrder::dynamic_largest_first, ColoringOrder::best}) {
      CHECK(color_star_bidirectional(arrowhead(n), {.order = order}).num_colors() <= 3);
      CHECK(color_acyclic_bidirectional(arrowhead(n), {.order = order}).num_colors() <= 3);
    }
  }
  const auto large = color_star_bidirectional(arrowhead(100000 / scale), {.order = ColoringOrder::best});
  CHECK(large.num_colors() <= 3);
}

TEST_CASE("coloring: a few full rows and columns cost a color each", "[derive][coloring]") {
  const auto pattern = crosses(500, {3, 77, 400}, {5, 123});
  const auto best = color_star_bidirectional(pattern, {.order = ColoringOrder::best});
  CHECK(best.num_colors() <= 7);
  CHECK_FALSE(check_star_bidirectional(pattern, best).has_value());
}

TEST_CASE("coloring: the best of bicolorings is no worse than one side", "[derive][coloring]") {
  std::mt19937 random(29);
  for (int k = 0; k < 40 / scale; ++k) {
    const auto pattern = random_rectangular(1 + random() % 30, 1 + random() % 30, 0.1, random);
    const int best = color_star_bidirectional(pattern, {.order = ColoringOrder::best}).num_colors();
    CHECK(color_acyclic_bidirectional(pattern, {.order = ColoringOrder::best}).num_colors() <= best);
    for (const ColoringOrder order : orders) {
      CHECK(best <= color_star_bidirectional(pattern, {.order = order}).num_colors() +
                        (order == ColoringOrder::random ? 1000 : 0));
    }
  }
}

TEST_CASE("coloring: bicolorings are what their definitions say", "[derive][coloring]") {
  std::mt19937 random(31);
  for (int k = 0; k < 100 / scale; ++k) {
    const auto pattern = random_rectangular(random() % 20, random() % 20, 0.02 * (random() % 15), random);
    const auto graph = dense_bipartite(pattern);
    for (const ColoringOrder order : orders) {
      const auto star = color_star_bidirectional(pattern, {.order = order});
      CHECK(is_star(graph, joined(star)));
      CHECK_FALSE(check_star_bidirectional(pattern, star).has_value());
      const auto acyclic = color_acyclic_bidirectional(pattern, {.order = order});
      CHECK(is_acyclic(graph, joined(acyclic)));
      CHECK_FALSE(check_acyclic_bidirectional(pattern, acyclic).has_value());
    }
  }
}

TEST_CASE("coloring: two-sided first fit is never better than what is returned for its order", "[derive][coloring]") {
  std::mt19937 random(37);
  const auto count = [](const std::vector<std::int32_t>& colors, std::int64_t first, std::int64_t last) {
    std::int32_t most = -1;
    for (std::int64_t v = first; v < last; ++v) most = std::max(most, colors[v]);
    return most + 1;
  };
  int equal = 0, cases = 0;
  for (int k = 0; k < 200 / scale; ++k) {
    const auto pattern = random_rectangular(1 + random() % 60, 1 + random() % 60, 0.02 * (random() % 10), random);
    const std::int64_t m = pattern.num_rows, all = m + pattern.num_columns;
    for (const Rule rule : {Rule::star, Rule::acyclic}) {
      const auto slow = first_fit_bipartite(pattern, rule);
      const BicoloringOptions natural{.order = ColoringOrder::natural};
      const auto fast = rule == Rule::star ? color_star_bidirectional(pattern, natural)
                                           : color_acyclic_bidirectional(pattern, natural);
      // Only colours that nothing reads are dropped, so what is left names the same classes.
      const int by_slow = count(slow, 0, m) + count(slow, m, all);
      CHECK(fast.num_colors() <= by_slow);
      for (std::int64_t v = 0; v < all; ++v) {
        const std::int32_t color = v < m ? fast.rows.colors[v] : fast.columns.colors[v - m];
        if (color >= 0) CHECK(color <= slow[v]);
      }
      equal += fast.num_colors() == by_slow;
      ++cases;
    }
  }
  CHECK(equal > cases / 3);
}

TEST_CASE("coloring: one full column under many rows, in natural order", "[derive][coloring]") {
  // A colour a row: the sets of colours outgrow what every vertex could have.
  const int n = 3000 / scale;
  Entries entries;
  for (int i = 0; i < n; ++i) entries.insert({{i, 0}, {i, i}, {i, (7 * i + 1) % n}});
  const auto pattern = pattern_of(n, n, entries);
  for (const ColoringOrder order : {ColoringOrder::natural, ColoringOrder::random, ColoringOrder::best}) {
    const auto star = color_star_bidirectional(pattern, {.order = order});
    CHECK_FALSE(check_star_bidirectional(pattern, star).has_value());
    const auto acyclic = color_acyclic_bidirectional(pattern, {.order = order});
    CHECK_FALSE(check_acyclic_bidirectional(pattern, acyclic).has_value());
    if (order == ColoringOrder::best) CHECK(star.num_colors() <= 4);
  }
}

TEST_CASE("coloring: bicolorings of small patterns against the fewest colors", "[derive][coloring]") {
  std::mt19937 random(41);
  int star_hits = 0, cases = 0;
  for (int k = 0; k < 40 / scale; ++k) {
    const int m = 1 + static_cast<int>(random() % 3), n = 1 + static_cast<int>(random() % 4);
    const auto pattern = random_rectangular(m, n, 0.5, random);
    const auto graph = dense_bipartite(pattern);
    const int star = fewest_colors(m + n, m, [&](const auto& colors) { return is_star(graph, colors); });
    const int acyclic = fewest_colors(m + n, m, [&](const auto& colors) { return is_acyclic(graph, colors); });
    const int greedy = color_star_bidirectional(pattern, {.order = ColoringOrder::best}).num_colors();
    CHECK(acyclic <= star);
    CHECK(greedy >= star);
    CHECK(color_acyclic_bidirectional(pattern, {.order = ColoringOrder::best}).num_colors() >= acyclic);
    star_hits += greedy == star;
    ++cases;
  }
  CHECK(4 * star_hits >= 3 * cases);
}

TEST_CASE("coloring: the checkers of bicolorings agree with the definitions", "[derive][coloring]") {
  std::mt19937 random(43);
  int good[2] = {0, 0};
  for (int k = 0; k < 3000 / scale; ++k) {
    const int m = 1 + static_cast<int>(random() % 4), n = 1 + static_cast<int>(random() % 4);
    const auto pattern = random_rectangular(m, n, 0.4, random);
    Bicoloring coloring{{std::vector<std::int32_t>(m), 3}, {std::vector<std::int32_t>(n), 3}};
    for (auto& color : coloring.rows.colors) color = static_cast<std::int32_t>(random() % 4) - 1;
    for (auto& color : coloring.columns.colors) color = static_cast<std::int32_t>(random() % 4) - 1;
    const auto graph = dense_bipartite(pattern);
    const bool star = is_star(graph, joined(coloring)), acyclic = is_acyclic(graph, joined(coloring));
    CHECK(check_star_bidirectional(pattern, coloring).has_value() != star);
    CHECK(check_acyclic_bidirectional(pattern, coloring).has_value() != acyclic);
    good[0] += star;
    good[1] += acyclic;
  }
  CHECK(good[0] > 100 / scale);
  CHECK(good[1] > good[0]);
  const auto full = pattern_of(2, 2, {{0, 0}, {0, 1}, {1, 0}, {1, 1}});
  const auto fault = check_acyclic_bidirectional(full, {{{0, 0}, 1}, {{0, 0}, 1}});
  REQUIRE(fault.has_value());
  CHECK(to_string(*fault) == "entry (1, 1): it closes a cycle of two colors");
  CHECK(check_star_bidirectional(full, {{{-1, -1}, 0}, {{0, -1}, 1}})->column == 1);
  CHECK(check_star_bidirectional(full, {{{-1}, 0}, {{0, 1}, 2}})->row == -1);
}

TEST_CASE("coloring: malformed patterns are refused by two-sided colorings", "[derive][coloring]") {
  auto pattern = pattern_of(2, 2, {{0, 0}, {0, 1}});
  pattern.columns[1] = 2;
  CHECK_THROWS_AS(color_star_bidirectional(pattern), Error);
  pattern.columns[1] = 0;
  CHECK_THROWS_AS(color_acyclic_bidirectional(pattern), Error);
  pattern.row_begin.pop_back();
  CHECK_THROWS_AS(color_star_bidirectional(pattern), Error);
}
