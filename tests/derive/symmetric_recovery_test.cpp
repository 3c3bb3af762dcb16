// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/derive/symmetric_recovery.hpp"

#include <cmath>
#include <random>

#include "catch.hpp"
#include "coloring_graphs.hpp"
#include "heliotrope/error.hpp"

using namespace heliotrope;
using namespace heliotrope_test;

namespace {

#ifdef HELIOTROPE_SANITIZED
constexpr int scale = 10;
#else
constexpr int scale = 1;
#endif

constexpr ColoringOrder orders[] = {ColoringOrder::natural, ColoringOrder::smallest_last, ColoringOrder::random};
constexpr Diagonal diagonals[] = {Diagonal::none, Diagonal::some, Diagonal::full};

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
      const std::int32_t color = columns.colors[pattern.columns[e]];
      if (color >= 0) result[i + pattern.num_rows * color] += values[e];
    }
  }
  return result;
}
std::vector<double> transpose_times_colors(const SparsityPattern& pattern, const std::vector<double>& values,
                                           const Coloring& rows) {
  std::vector<double> result(pattern.num_columns * rows.num_colors);
  for (std::int64_t i = 0; i < pattern.num_rows; ++i) {
    for (std::int64_t e = pattern.row_begin[i]; e < pattern.row_begin[i + 1]; ++e) {
      if (rows.colors[i] >= 0) result[pattern.columns[e] + pattern.num_columns * rows.colors[i]] += values[e];
    }
  }
  return result;
}

double largest_difference(const std::vector<double>& a, const std::vector<double>& b) {
  REQUIRE(a.size() == b.size());
  double most = 0.0;
  for (std::size_t k = 0; k < a.size(); ++k) most = std::max(most, std::isnan(a[k]) ? 1.0 : std::fabs(a[k] - b[k]));
  return most;
}

}  // namespace

TEST_CASE("coloring: symmetric matrices are recovered from compressed products", "[derive][coloring]") {
  std::mt19937 random(47);
  bool substituted = false;
  for (int k = 0; k < 150 / scale; ++k) {
    const int n = static_cast<int>(random() % 40);
    const auto pattern = random_symmetric(n, 0.02 + 0.01 * (random() % 30), diagonals[k % 3], random);
    const auto values = random_values(pattern, true, random);
    std::vector<double> recovered(values.size(), NAN);
    for (const ColoringOrder order : orders) {
      const auto star = color_star(pattern, {.order = order});
      prepare_star_recovery(pattern, star).recover(times_colors(pattern, values, star), recovered);
      CHECK(largest_difference(recovered, values) < 1e-12);
      std::fill(recovered.begin(), recovered.end(), NAN);
      const auto acyclic = color_acyclic(pattern, {.order = order});
      const auto recovery = prepare_acyclic_recovery(pattern, acyclic);
      recovery.recover(times_colors(pattern, values, acyclic), recovered);
      CHECK(largest_difference(recovered, values) < 1e-12);
      std::fill(recovered.begin(), recovered.end(), NAN);
      substituted |= !recovery.steps.subtract.empty();
      CHECK(recovery.steps.subtract_begin.size() == recovery.steps.entry.size() + 1);
      CHECK(recovery.steps.forest_begin.back() == static_cast<std::int64_t>(recovery.steps.entry.size()));
    }
  }
  CHECK(substituted);
}

TEST_CASE("coloring: what noise a symmetric recovery reads, it gives back symmetric", "[derive][coloring]") {
  std::mt19937 random(53);
  const auto pattern = random_symmetric(30, 0.2, Diagonal::full, random);
  const auto coloring = color_star(pattern);
  const auto recovery = prepare_star_recovery(pattern, coloring);
  std::vector<double> noise(pattern.num_rows * coloring.num_colors), values(pattern.columns.size());
  for (double& x : noise) x = static_cast<double>(random());
  recovery.recover(noise, values);
  std::vector<std::vector<double>> full(30, std::vector<double>(30));
  for (std::int64_t i = 0; i < 30; ++i) {
    for (std::int64_t e = pattern.row_begin[i]; e < pattern.row_begin[i + 1]; ++e)
      full[i][pattern.columns[e]] = values[e];
  }
  for (int i = 0; i < 30; ++i) {
    for (int j = 0; j < 30; ++j) CHECK(full[i][j] == full[j][i]);
  }
}

TEST_CASE("coloring: a long path is recovered by substitution", "[derive][coloring]") {
  std::mt19937 random(59);
  const int n = 2000 / scale;
  const auto pattern = symmetric_banded(n, 2);
  const auto coloring = color_acyclic(pattern, {.order = ColoringOrder::natural});
  REQUIRE(coloring.num_colors == 2);
  const auto values = random_values(pattern, true, random);
  std::vector<double> recovered(values.size());
  prepare_acyclic_recovery(pattern, coloring).recover(times_colors(pattern, values, coloring), recovered);
  CHECK(largest_difference(recovered, values) < 1e-12);
}

TEST_CASE("coloring: rectangular matrices are recovered from both sides", "[derive][coloring]") {
  std::mt19937 random(61);
  int direct = 0, substituted = 0;
  for (int k = 0; k < 150 / scale; ++k) {
    const auto pattern = random_rectangular(random() % 30, random() % 30, 0.01 * (random() % 30), random);
    const auto values = random_values(pattern, false, random);
    std::vector<double> recovered(values.size(), NAN);
    for (const ColoringOrder order : orders) {
      for (const bool star : {true, false}) {
        const auto coloring = star ? color_star_bidirectional(pattern, {.order = order})
                                   : color_acyclic_bidirectional(pattern, {.order = order});
        const auto recovery = prepare_bicoloring_recovery(pattern, coloring);
        if (star) CHECK(recovery.is_direct());
        (recovery.is_direct() ? direct : substituted) += 1;
        recovery.recover(times_colors(pattern, values, coloring.columns),
                         transpose_times_colors(pattern, values, coloring.rows), recovered);
        CHECK(largest_difference(recovered, values) < 1e-12);
        std::fill(recovered.begin(), recovered.end(), NAN);
      }
    }
  }
  CHECK(direct > 0);
  CHECK(substituted > 0);
}

TEST_CASE("coloring: recovery refuses colorings and arrays that do not fit", "[derive][coloring]") {
  const auto path = symmetric_banded(4, 2);
  CHECK_THROWS_WITH(prepare_star_recovery(path, {{0, 1, 0, 1}, 2}),
                    "recovery: entry (1, 2): no row or column of a color holds it alone");
  CHECK_NOTHROW(prepare_acyclic_recovery(path, {{0, 1, 0, 1}, 2}));
  CHECK_THROWS_AS(prepare_acyclic_recovery(path, {{0, 0, 1, 0}, 2}), Error);
  CHECK_THROWS_AS(prepare_acyclic_recovery(path, {{0, 1, -1, 0}, 2}), Error);
  CHECK_THROWS_AS(prepare_acyclic_recovery(path, {{0, 1, 2, 0}, 2}), Error);
  CHECK_THROWS_AS(prepare_acyclic_recovery(path, {{0, 1, 0}, 2}), Error);
  const auto square = pattern_of(4, 4, {{0, 1}, {1, 0}, {1, 2}, {2, 1}, {2, 3}, {3, 2}, {0, 3}, {3, 0}});
  CHECK_THROWS_AS(prepare_acyclic_recovery(square, {{0, 1, 0, 1}, 2}), Error);
  CHECK_THROWS_AS(prepare_acyclic_recovery(square, {{0, -1, 0, -1}, 1}), Error);
  const auto full = pattern_of(2, 2, {{0, 0}, {0, 1}, {1, 0}, {1, 1}});
  CHECK_THROWS_AS(prepare_bicoloring_recovery(full, {{{0, 0}, 1}, {{0, 0}, 1}}), Error);
  CHECK_THROWS_AS(prepare_bicoloring_recovery(full, {{{-1, -1}, 0}, {{0, -1}, 1}}), Error);

  const auto recovery = prepare_star_recovery(path, {{0, 1, 2, 0}, 3});
  std::vector<double> compressed(12), values(10);
  CHECK_NOTHROW(recovery.recover(compressed, values));
  values.pop_back();
  CHECK_THROWS_WITH(recovery.recover(compressed, values),
                    "recovery: the array of values holds 9 numbers; expected are 10");
  CHECK_THROWS_AS(recovery.recover(values, compressed), Error);
}
