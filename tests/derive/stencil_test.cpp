// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/derive/stencil.hpp"

#include <algorithm>
#include <chrono>
#include <random>
#include <set>
#include <vector>

#include "catch.hpp"
#include "heliotrope/config.hpp"
#include "heliotrope/error.hpp"
#include "obvious_coloring.hpp"

using namespace heliotrope;
using namespace heliotrope_test;

namespace {

/// The pattern by asking every pair of nodes for its distance along each axis.
SparsityPattern obvious_pattern(const Stencil& stencil) {
  const std::int64_t nodes = stencil.num_nodes();
  const auto distance = [&](std::int64_t p, std::int64_t q, int axis) {
    const std::int64_t stride = axis == 0 ? 1 : axis == 1 ? stencil.size[0] : stencil.size[0] * stencil.size[1];
    const std::int64_t n = stencil.size[axis], along = std::abs(p / stride % n - q / stride % n);
    return stencil.periodic[axis] ? std::min(along, n - along) : along;
  };
  SparsityPattern pattern;
  pattern.num_rows = pattern.num_columns = nodes * stencil.unknowns;
  for (std::int64_t row = 0; row < pattern.num_rows; ++row) {
    for (std::int64_t column = 0; column < pattern.num_columns; ++column) {
      int moved = 0;
      bool near = true;
      for (int axis = 0; axis < 3; ++axis) {
        const std::int64_t apart = distance(row / stencil.unknowns, column / stencil.unknowns, axis);
        near = near && apart <= stencil.radius;
        moved += apart != 0;
      }
      if (stencil.shape == StencilShape::star) near = near && moved <= 1;
      if (near) pattern.columns.push_back(static_cast<std::int32_t>(column));
    }
    pattern.row_begin.push_back(pattern.num_entries());
  }
  return pattern;
}

}  // namespace

TEST_CASE("stencil: patterns are those of the definition, and the colourings are valid", "[derive][stencil]") {
  std::mt19937 random(3);
  const auto integer = [&](int low, int high) { return std::uniform_int_distribution<int>(low, high)(random); };
#ifdef HELIOTROPE_SANITIZED
  const int cases = 100;
#else
  const int cases = 1000;
#endif
  for (int c = 0; c < cases; ++c) {
    Stencil stencil;
    const int dimensions = integer(1, 3), longest = dimensions == 1 ? 40 : dimensions == 2 ? 14 : 6;
    for (int axis = 0; axis < dimensions; ++axis) {
      stencil.size[axis] = integer(1, longest);
      stencil.periodic[axis] = integer(0, 3) == 0;
    }
    stencil.shape = integer(0, 1) == 0 ? StencilShape::star : StencilShape::box;
    stencil.radius = integer(0, 3);
    stencil.unknowns = integer(1, 2);
    INFO(stencil.size[0] << " x " << stencil.size[1] << " x " << stencil.size[2] << " radius " << stencil.radius
                         << " box " << (stencil.shape == StencilShape::box) << " periodic " << stencil.periodic[0]
                         << stencil.periodic[1] << stencil.periodic[2]);
    const SparsityPattern pattern = stencil_pattern(stencil);
    REQUIRE((pattern == obvious_pattern(stencil)));
    CHECK(stencil_row_entries(stencil) == most_row_entries(pattern));
    const Coloring coloring = color_stencil(stencil);
    CHECK(are_columns_apart(pattern, coloring));
    const bool periodic = stencil.periodic[0] || stencil.periodic[1] || stencil.periodic[2];
    const bool short_axis = std::count(stencil.size.begin(), stencil.size.end(), 2) > 0;
    if (!periodic && (stencil.shape == StencilShape::box || (stencil.radius <= 1 && !short_axis))) {
      CHECK(coloring.num_colors == stencil_row_entries(stencil));
    }
  }
}

TEST_CASE("stencil: closed forms reach the bound", "[derive][stencil]") {
  const auto colors = [](const Stencil& stencil) {
    const SparsityPattern pattern = stencil_pattern(stencil);
    const Coloring coloring = color_stencil(stencil);
    REQUIRE(are_columns_apart(pattern, coloring));
    REQUIRE(coloring.num_colors >= most_row_entries(pattern));
    return coloring.num_colors;
  };
  CHECK(colors(tridiagonal(50)) == 3);
  CHECK(colors(five_point(17, 23)) == 5);
  CHECK(colors(nine_point(17, 23)) == 9);
  CHECK(colors(seven_point(9, 8, 10)) == 7);
  CHECK(colors(twenty_seven_point(9, 8, 10)) == 27);
  CHECK(colors({.size = {7, 8, 9}, .shape = StencilShape::box, .unknowns = 3}) == 81);
  CHECK(colors({.size = {100, 1, 1}, .radius = 10}) == 21);
  CHECK(colors({.size = {20, 20, 1}, .radius = 2}) == 10);  // 9 entries, but no linear colouring of 9

  const Coloring five = color_stencil(five_point(12, 9));
  for (int p = 0; p < 12 * 9; ++p) CHECK(five.colors[p] == (p % 12 + 2 * (p / 12)) % 5);
  const Coloring seven = color_stencil(seven_point(9, 8, 7));
  for (int p = 0; p < 9 * 8 * 7; ++p) CHECK(seven.colors[p] == (p % 9 + 2 * (p / 9 % 8) + 3 * (p / 72)) % 7);

  // Rings: the optimum where they close, valid and near it elsewhere.
  const auto ring = [](Stencil stencil) {
    for (int axis = 0; axis < 3; ++axis) stencil.periodic[axis] = stencil.size[axis] > 1;
    return stencil;
  };
  CHECK(colors(ring(tridiagonal(51))) == 3);
  CHECK(colors(ring(tridiagonal(50))) == 4);
  CHECK(colors(ring(five_point(25, 40))) == 5);
  CHECK(colors(ring(five_point(17, 23))) <= 9);
  CHECK(colors(ring(nine_point(27, 30))) == 9);
  CHECK(colors(ring(nine_point(28, 31))) == 16);
  CHECK(colors(ring(seven_point(14, 21, 7))) == 7);
}

TEST_CASE("stencil: members out of range are refused", "[derive][stencil]") {
  CHECK_THROWS_AS(stencil_pattern(five_point(0, 3)), Error);
  CHECK_THROWS_AS(stencil_pattern(five_point(100000, 100000)), Error);
  CHECK_THROWS_AS(stencil_pattern({.size = {10, 1, 1}, .radius = -1}), Error);
  CHECK_THROWS_AS(color_stencil({.size = {10, 1, 1}, .unknowns = 0}), Error);
}

TEST_CASE("stencil: a million nodes take less than a tenth of a second", "[derive][stencil][timing]") {
  double best = 1.0;
  for (int run = 0; run < 3; ++run) {
    const auto start = std::chrono::steady_clock::now();
    const SparsityPattern pattern = stencil_pattern(five_point(1000, 1000));
    const Coloring coloring = color_stencil(five_point(1000, 1000));
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    best = std::min(best, seconds);
    CHECK(pattern.num_entries() == 4996000);
    CHECK(coloring.num_colors == 5);
  }
  INFO(best);
  CHECK(best < 0.1);
}
