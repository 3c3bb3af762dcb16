// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/derive/symmetric_coloring.hpp"

#include <algorithm>
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
constexpr StarRule rules[] = {StarRule::exact, StarRule::restricted, StarRule::best};
constexpr Diagonal diagonals[] = {Diagonal::none, Diagonal::some, Diagonal::full};

Coloring natural_star(const SparsityPattern& pattern, StarRule rule) {
  return color_star(pattern, {.order = ColoringOrder::natural, .rule = rule, .drop_unused = false});
}
Coloring natural_acyclic(const SparsityPattern& pattern) {
  return color_acyclic(pattern, {.order = ColoringOrder::natural, .drop_unused = false});
}

/// A dense part, so that there are many colours, and vertices of few neighbours about it.
SparsityPattern many_colors(int num_dense, int num_light, std::mt19937& random) {
  Entries entries;
  const auto join = [&](int i, int j) {
    if (i != j) entries.insert({{i, j}, {j, i}});
  };
  const int n = num_dense + num_light;
  std::vector<int> name(n);
  for (int i = 0; i < n; ++i) name[i] = i;
  std::shuffle(name.begin(), name.end(), random);
  const auto number = [&](int below) { return static_cast<int>(random() % static_cast<unsigned>(below)); };
  for (int i = 0; i < num_dense; ++i) {
    for (int j = 0; j < i; ++j) {
      if (number(10) > 0) join(name[i], name[j]);
    }
  }
  for (int i = num_dense; i < n; ++i) {
    for (int k = number(5); k >= 0; --k) join(name[i], name[number(n)]);
  }
  return pattern_of(n, n, entries);
}

}  // namespace

TEST_CASE("coloring: symmetric banded patterns take the colors of theory", "[derive][coloring]") {
  for (const int n : {60, 97, 400}) {
    for (const int rho : {10, 20}) {
      const auto pattern = symmetric_banded(n, rho);
      for (const StarRule rule : rules) {
        CHECK(color_star(pattern, {.order = ColoringOrder::natural, .rule = rule}).num_colors == rho + 1);
      }
      CHECK(color_star(pattern, {.order = ColoringOrder::best}).num_colors == rho + 1);
      CHECK(color_acyclic(pattern, {.order = ColoringOrder::natural}).num_colors == rho / 2 + 1);
      CHECK(color_acyclic(pattern, {.order = ColoringOrder::best}).num_colors == rho / 2 + 1);
    }
  }
}

TEST_CASE("coloring: an arrowhead takes two colors or three", "[derive][coloring]") {
  for (const int n : {3, 10, 1000}) {
    for (const ColoringOrder order : orders) {
      CHECK(color_star(arrowhead(n), {.order = order}).num_colors <= 3);
      CHECK(color_acyclic(arrowhead(n), {.order = order}).num_colors == 2);
    }
  }
}

TEST_CASE("coloring: patterns without entries need no colors", "[derive][coloring]") {
  for (const ColoringOrder order : orders) {
    for (const int n : {0, 3}) {
      const auto pattern = pattern_of(n, n, {});
      CHECK(color_star(pattern, {.order = order}).num_colors == 0);
      CHECK(color_acyclic(pattern, {.order = order}).colors == std::vector<std::int32_t>(n, -1));
    }
    const auto diagonal = pattern_of(3, 3, {{0, 0}, {2, 2}});
    CHECK(color_star(diagonal, {.order = order}).colors == std::vector<std::int32_t>{0, -1, 0});
    CHECK(color_acyclic(diagonal, {.order = order}).colors == std::vector<std::int32_t>{0, -1, 0});
  }
}

TEST_CASE("coloring: star and acyclic colorings are what their definitions say", "[derive][coloring]") {
  std::mt19937 random(7);
  for (int k = 0; k < 120 / scale; ++k) {
    const int n = 2 + static_cast<int>(random() % 25);
    const auto pattern = random_symmetric(n, 0.05 + 0.4 * (random() % 100) / 100.0, diagonals[k % 3], random);
    const auto graph = dense(pattern);
    for (const ColoringOrder order : orders) {
      for (const StarRule rule : rules) {
        for (const bool drop : {false, true}) {
          const auto star = color_star(pattern, {.order = order, .rule = rule, .seed = 5, .drop_unused = drop});
          CHECK(is_star(graph, star.colors));
          CHECK_FALSE(check_star(pattern, star).has_value());
        }
      }
      const auto acyclic = color_acyclic(pattern, {.order = order});
      CHECK(is_acyclic(graph, acyclic.colors));
      CHECK_FALSE(check_acyclic(pattern, acyclic).has_value());
    }
  }
}

TEST_CASE("coloring: bit sets and trees give the colors of walks over neighbours", "[derive][coloring]") {
  std::mt19937 random(11);
  for (int k = 0; k < 200 / scale; ++k) {
    const int n = 2 + static_cast<int>(random() % 60);
    const auto pattern = random_symmetric(n, 0.02 + 0.3 * (random() % 100) / 100.0, diagonals[k % 3], random);
    REQUIRE(natural_star(pattern, StarRule::exact).colors == first_fit(pattern, Rule::star));
    REQUIRE(natural_star(pattern, StarRule::restricted).colors == first_fit(pattern, Rule::restricted));
    REQUIRE(natural_acyclic(pattern).colors == first_fit(pattern, Rule::acyclic));
  }
}

TEST_CASE("coloring: nothing changes where there are hundreds of colors", "[derive][coloring]") {
  std::mt19937 random(13);
  for (const int num_dense : {100, 200, 300, 560}) {
    if (num_dense > 300 && scale > 1) continue;
    const auto pattern = many_colors(num_dense, 300, random);
    const auto star = natural_star(pattern, StarRule::exact);
    CHECK(star.num_colors > num_dense / 2);
    CHECK(star.colors == first_fit(pattern, Rule::star));
    CHECK(natural_star(pattern, StarRule::restricted).colors == first_fit(pattern, Rule::restricted));
    CHECK_FALSE(check_acyclic(pattern, natural_acyclic(pattern)).has_value());
  }
}

TEST_CASE("coloring: greedy colorings of small graphs are never below the fewest colors", "[derive][coloring]") {
  std::mt19937 random(17);
  int star_hits = 0, acyclic_hits = 0, cases = 0;
  for (int k = 0; k < 60 / scale; ++k) {
    const int n = 3 + static_cast<int>(random() % 4);
    const auto pattern = random_symmetric(n, 0.5, diagonals[k % 3], random);
    const auto graph = dense(pattern);
    const int star = fewest_colors(n, n, [&](const auto& colors) { return is_star(graph, colors); });
    const int acyclic = fewest_colors(n, n, [&](const auto& colors) { return is_acyclic(graph, colors); });
    const int greedy_star = color_star(pattern, {.order = ColoringOrder::best}).num_colors;
    const int greedy_acyclic = color_acyclic(pattern, {.order = ColoringOrder::best}).num_colors;
    CHECK(acyclic <= star);
    CHECK(greedy_star >= star);
    CHECK(greedy_acyclic >= acyclic);
    star_hits += greedy_star == star;
    acyclic_hits += greedy_acyclic == acyclic;
    ++cases;
  }
  CHECK(4 * star_hits >= 3 * cases);
  CHECK(4 * acyclic_hits >= 3 * cases);
}

TEST_CASE("coloring: the checkers of symmetric colorings agree with the definitions", "[derive][coloring]") {
  std::mt19937 random(19);
  int good[2] = {0, 0};
  for (int k = 0; k < 3000 / scale; ++k) {
    const int n = 1 + static_cast<int>(random() % 6);
    const auto pattern = random_symmetric(n, 0.4, diagonals[k % 3], random);
    Coloring coloring{std::vector<std::int32_t>(n), 4};
    for (auto& color : coloring.colors) color = static_cast<std::int32_t>(random() % 5) - 1;
    const auto graph = dense(pattern);
    CHECK(check_star(pattern, coloring).has_value() != is_star(graph, coloring.colors));
    CHECK(check_acyclic(pattern, coloring).has_value() != is_acyclic(graph, coloring.colors));
    good[0] += is_star(graph, coloring.colors);
    good[1] += is_acyclic(graph, coloring.colors);
  }
  CHECK(good[0] > 100 / scale);
  CHECK(good[1] > good[0]);
}

TEST_CASE("coloring: the checkers name the first fault", "[derive][coloring]") {
  const auto path = symmetric_banded(4, 2);
  CHECK_FALSE(check_star(path, {{0, 1, 2, 0}, 3}).has_value());
  const auto fault = check_star(path, {{0, 1, 0, 1}, 2});
  REQUIRE(fault.has_value());
  CHECK(to_string(*fault) == "entry (1, 2): no row or column of a color holds it alone");
  CHECK_FALSE(check_acyclic(path, {{0, 1, 0, 1}, 2}).has_value());
  const auto square = pattern_of(4, 4, {{0, 1}, {1, 0}, {1, 2}, {2, 1}, {2, 3}, {3, 2}, {0, 3}, {3, 0}});
  const auto cycle = check_acyclic(square, {{0, 1, 0, 1}, 2});
  REQUIRE(cycle.has_value());
  CHECK(to_string(*cycle) == "entry (2, 3): it closes a cycle of two colors");
  CHECK(check_star(path, {{0, 1, 2}, 3})->row == -1);
  CHECK(check_star(path, {{0, 1, 2, 3}, 3})->row == -1);
  CHECK(check_acyclic(path, {{0, 1, -2, 0}, 3})->row == -1);
  CHECK(check_acyclic(path, {{0, 1, -1, 0}, 3})->row == 2);
}

TEST_CASE("coloring: patterns that are not symmetric are refused by name", "[derive][coloring]") {
  const auto message = [](const SparsityPattern& pattern) {
    try {
      color_star(pattern);
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  CHECK(message(pattern_of(2, 3, {})) == "symmetric coloring: the pattern has 2 rows and 3 columns; it must be square");
  CHECK(message(pattern_of(3, 3, {{0, 1}, {1, 0}, {1, 2}})) ==
        "symmetric coloring: entry (1, 2) of the pattern has no counterpart across the diagonal");
  CHECK(message(pattern_of(3, 3, {{0, 1}, {1, 0}, {2, 1}})) ==
        "symmetric coloring: entry (2, 1) of the pattern has no counterpart across the diagonal");
  auto unsorted = symmetric_banded(3, 2);
  std::swap(unsorted.columns[0], unsorted.columns[1]);
  CHECK(message(unsorted) ==
        "sparsity pattern: entry (0, 0) of the pattern must lie right of its predecessor and left of column 3");
  std::mt19937 random(23);
  for (int k = 0; k < 300 / scale; ++k) {  // any entry taken away from either side
    const int n = 2 + static_cast<int>(random() % 8);
    auto pattern = random_symmetric(n, 0.5, Diagonal::some, random);
    std::vector<std::pair<int, int>> off;
    Entries entries;
    for (int i = 0; i < n; ++i) {
      for (const std::int32_t j : pattern.row(i)) {
        entries.insert({i, j});
        if (i != j) off.push_back({i, j});
      }
    }
    if (off.empty()) continue;
    entries.erase(off[random() % off.size()]);
    CHECK_THROWS_AS(color_acyclic(pattern_of(n, n, entries)), Error);
  }
}
