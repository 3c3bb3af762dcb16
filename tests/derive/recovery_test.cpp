// SPDX-License-Identifier: Apache-2.0
// Entries of symmetric and rectangular matrices from their compressed products.
#include <cmath>
#include <random>

#include "all_orders.hpp"
#include "catch.hpp"
#include "coloring_graphs.hpp"
#include "heliotrope/derive/hessian_recovery.hpp"
#include "heliotrope/derive/jacobian_recovery.hpp"
#include "heliotrope/error.hpp"
#include "sanitized.hpp"

using namespace heliotrope;
using namespace heliotrope_test;

namespace {

constexpr Diagonal diagonals[] = {Diagonal::none, Diagonal::some, Diagonal::full};

/// Values in the order of the pattern.
std::vector<double> random_values(const SparsityPattern& pattern, bool symmetric, std::mt19937& random) {
  std::uniform_real_distribution<double> uniform(-1.0, 1.0);
  std::vector<double> values(pattern.columns.size());
  std::vector<std::vector<double>> full(pattern.num_rows, std::vector<double>(pattern.num_columns));
  for (std::int64_t i = 0; i < pattern.num_rows; ++i) {
    for (std::int64_t e = pattern.row_begin[i]; e < pattern.row_begin[i + 1]; ++e) {
      const std::int32_t j = pattern.columns[e];
      full[i][j] = symmetric && j < i ? full[j][i] : uniform(random);
      values[e] = full[i][j];
    }
  }
  return values;
}

/// A times the sums of unit vectors of each colour, column by column.
std::vector<double> times_colors(const SparsityPattern& pattern, const std::vector<double>& values,
                                 const Coloring& columns) {
  std::vector<double> result(pattern.num_rows * columns.num_colors);
  for (std::int64_t i = 0; i < pattern.num_rows; ++i) {
    for (std::int64_t e = pattern.row_begin[i]; e < pattern.row_begin[i + 1]; ++e) {
      const std::int32_t color = columns.num_colors > 0 ? columns.colors[pattern.columns[e]] : -1;
      if (color >= 0) result[i + pattern.num_rows * color] += values[e];
    }
  }
  return result;
}

/// The values in the order of the transpose's entries.
std::vector<double> by_columns(const SparsityPattern& pattern, const std::vector<double>& values) {
  std::vector<std::vector<double>> columns(pattern.num_columns);
  for (std::size_t e = 0; e < values.size(); ++e) columns[pattern.columns[e]].push_back(values[e]);
  std::vector<double> result;
  for (const auto& column : columns) result.insert(result.end(), column.begin(), column.end());
  return result;
}

double largest_difference(const std::vector<double>& a, const std::vector<double>& b) {
  REQUIRE(a.size() == b.size());
  double most = 0.0;
  for (std::size_t k = 0; k < a.size(); ++k) most = std::max(most, std::isnan(a[k]) ? 1.0 : std::fabs(a[k] - b[k]));
  return most;
}

/// The largest error of what is recovered in both orders; zero where recovery is direct.
bool check_jacobian(const SparsityPattern& pattern, const std::vector<double>& values, const Bicoloring& coloring) {
  bool direct = false;
  for (const EntryOrder order : {EntryOrder::by_rows, EntryOrder::by_columns}) {
    const JacobianRecovery recovery(pattern, coloring, order);
    auto columns = times_colors(pattern, values, coloring.columns);
    auto rows = times_colors(transpose(pattern), by_columns(pattern, values), coloring.rows);
    std::vector<double> recovered(values.size(), NAN);
    recovery.recover(columns, rows, recovered);
    const auto expected = order == EntryOrder::by_rows ? values : by_columns(pattern, values);
    direct = recovery.is_direct();
    if (direct) {
      CHECK(recovered == expected);
      CHECK(columns == times_colors(pattern, values, coloring.columns));  // untouched
    } else {
      CHECK(largest_difference(recovered, expected) < 1e-12);
    }
  }
  return direct;
}

}  // namespace

TEST_CASE("recovery: symmetric matrices by stars as they are, by acyclic colourings by substitution",
          "[derive][recovery]") {
  std::mt19937 random(47);
  bool substituted = false;
  for (int k = 0; k < 150 / scale; ++k) {
    const int n = static_cast<int>(random() % 40);
    const auto pattern = random_symmetric(n, 0.02 + 0.01 * (random() % 30), diagonals[k % 3], random);
    const auto values = random_values(pattern, true, random);
    for (const ColoringOrder order : orders) {
      const auto star = color_star(pattern, {.order = order}), acyclic = color_acyclic(pattern, {.order = order});
      for (const Coloring& coloring : {star, acyclic}) {
        const HessianRecovery recovery(pattern, coloring);
        auto products = times_colors(pattern, values, coloring);
        std::vector<double> recovered(values.size(), NAN);
        recovery.recover(products, recovered);
        CHECK(largest_difference(recovered, values) < 1e-12);
        if (recovery.direct()) CHECK(products == times_colors(pattern, values, coloring));
        substituted = substituted || !recovery.direct();
      }
      CHECK(HessianRecovery(pattern, star).direct());
    }
  }
  CHECK(substituted);
}

TEST_CASE("recovery: what noise a symmetric recovery reads, it gives back symmetric", "[derive][recovery]") {
  std::mt19937 random(53);
  const auto pattern = random_symmetric(30, 0.2, Diagonal::full, random);
  for (const Coloring& coloring : {color_star(pattern), color_acyclic(pattern)}) {
    std::vector<double> noise(pattern.num_rows * coloring.num_colors), values(pattern.columns.size());
    for (double& x : noise) x = static_cast<double>(random());
    HessianRecovery(pattern, coloring).recover(noise, values);
    CHECK(values == by_columns(pattern, values));
  }
}

TEST_CASE("recovery: a long path by substitution", "[derive][recovery]") {
  std::mt19937 random(59);
  const auto pattern = symmetric_banded(2000 / scale, 2);
  const auto coloring = color_acyclic(pattern, {.order = ColoringOrder::natural});
  REQUIRE(coloring.num_colors == 2);
  const auto values = random_values(pattern, true, random);
  auto products = times_colors(pattern, values, coloring);
  std::vector<double> recovered(values.size());
  HessianRecovery(pattern, coloring).recover(products, recovered);
  CHECK(largest_difference(recovered, values) < 1e-12);
}

TEST_CASE("recovery: rectangular matrices from columns, from rows and from both sides", "[derive][recovery]") {
  std::mt19937 random(61);
  int substituted = 0;
  for (int k = 0; k < 150 / scale; ++k) {
    const auto pattern = random_rectangular(random() % 30, random() % 30, 0.01 * (random() % 30), random);
    const auto values = random_values(pattern, false, random);
    CHECK(check_jacobian(pattern, values, {{}, color_columns(pattern)}));
    CHECK(check_jacobian(pattern, values, {color_rows(pattern), {}}));
    for (const ColoringOrder order : orders) {
      CHECK(check_jacobian(pattern, values, color_star_bidirectional(pattern, {.order = order})));
      substituted += !check_jacobian(pattern, values, color_acyclic_bidirectional(pattern, {.order = order}));
    }
  }
  CHECK(substituted > 0);
}

TEST_CASE("recovery: an arrowhead from one row and two columns", "[derive][recovery]") {
  std::mt19937 random(67);
  const auto pattern = arrowhead(20);
  Bicoloring coloring{{std::vector<std::int32_t>(20, -1), 1}, {std::vector<std::int32_t>(20, 1), 2}};
  coloring.rows.colors[0] = coloring.columns.colors[0] = 0;
  CHECK(check_jacobian(pattern, random_values(pattern, false, random), coloring));
  coloring.rows = {};
  CHECK_THROWS_WITH(JacobianRecovery(pattern, coloring, EntryOrder::by_rows), Catch::Contains("entry (0, 1)"));
  coloring.columns.colors.pop_back();
  CHECK_THROWS_AS(JacobianRecovery(pattern, coloring, EntryOrder::by_rows), Error);
}

TEST_CASE("recovery: colourings and arrays that do not fit are refused", "[derive][recovery]") {
  const auto path = symmetric_banded(4, 2);
  CHECK_FALSE(HessianRecovery(path, {{0, 1, 0, 1}, 2}).direct());
  CHECK_THROWS_WITH(HessianRecovery(path, {{0, 0, 1, 0}, 2}), Catch::Contains("(0, 0)"));
  CHECK_THROWS_AS(HessianRecovery(path, {{0, 1, -1, 0}, 2}), Error);
  CHECK_THROWS_AS(HessianRecovery(path, {{0, 1, 2, 0}, 2}), Error);
  CHECK_THROWS_AS(HessianRecovery(path, {{0, 1, 0}, 2}), Error);
  CHECK_THROWS_AS(HessianRecovery(pattern_of(2, 2, {{0, 1}}), {{0, 1}, 2}), Error);
  const auto square = pattern_of(4, 4, {{0, 1}, {1, 0}, {1, 2}, {2, 1}, {2, 3}, {3, 2}, {0, 3}, {3, 0}});
  CHECK_THROWS_AS(HessianRecovery(square, {{0, 1, 0, 1}, 2}), Error);
  CHECK_THROWS_AS(HessianRecovery(square, {{0, -1, 0, -1}, 1}), Error);
  const auto full = pattern_of(2, 2, {{0, 0}, {0, 1}, {1, 0}, {1, 1}});
  CHECK_THROWS_AS(JacobianRecovery(full, {{{0, 0}, 1}, {{0, 0}, 1}}, EntryOrder::by_rows), Error);
  CHECK_THROWS_AS(JacobianRecovery(full, {{{-1, -1}, 0}, {{0, -1}, 1}}, EntryOrder::by_rows), Error);

  const HessianRecovery recovery(path, {{0, 1, 2, 0}, 3});
  std::vector<double> compressed(12), values(10);
  CHECK_NOTHROW(recovery.recover(compressed, values));
  values.pop_back();
  CHECK_THROWS_WITH(recovery.recover(compressed, values), Catch::Contains("room for 9 values"));
  CHECK_THROWS_AS(recovery.recover(values, compressed), Error);
}
