// SPDX-License-Identifier: Apache-2.0
// Pack, Mask and select: lane by lane what double, bool and ?: do.
#include "heliotrope/derive/pack.hpp"

#include <cmath>
#include <functional>
#include <limits>
#include <type_traits>

#include "catch.hpp"

namespace {

using heliotrope::Mask;
using heliotrope::Pack;
using heliotrope::select;

constexpr int width = Pack::width;

/// first, first + step, first + 2 step, ...
Pack ramp(double first, double step) {
  double lanes[width];
  for (int l = 0; l < width; ++l) lanes[l] = first + step * l;
  return Pack::load(lanes);
}

Mask only(int lane) {
  Pack x = 0.0;
  x.set(lane, 1.0);
  return x > 0.5;
}

}  // namespace

TEST_CASE("pack: its width is the instruction set's and divides a block of lanes", "[derive][pack]") {
  CHECK(sizeof(Pack) == sizeof(double) * width);
  CHECK(heliotrope::block_lanes % width == 0);
#if defined(__AVX512F__) && defined(__AVX512DQ__) && defined(__AVX512VL__)
  CHECK(width == 8);
#elif defined(__AVX2__) && defined(__FMA__)
  CHECK(width == 4);
#endif
}

TEST_CASE("pack: load and store keep the order of lanes and need no alignment", "[derive][pack]") {
  double from[width + 2], to[width + 2] = {};
  for (int i = 0; i < width + 2; ++i) from[i] = 3.5 * i - 1;
  Pack::load(from + 1).store(to + 1);
  CHECK(to[0] == 0);
  CHECK(to[width + 1] == 0);
  for (int l = 1; l <= width; ++l) CHECK(to[l] == from[l]);
}

TEST_CASE("pack: arithmetic is lane by lane and mixes with numbers", "[derive][pack]") {
  const Pack a = ramp(1.5, 0.75), b = ramp(-2, 3);
  const auto check = [&](Pack result, auto expected) {
    for (int l = 0; l < width; ++l) CHECK(result[l] == expected(a[l], b[l]));
  };
  check(a + b, std::plus<>());
  check(a - b, std::minus<>());
  check(a * b, std::multiplies<>());
  check(a / b, std::divides<>());
  check(-a, [](double x, double) { return -x; });
  check(+a, [](double x, double) { return x; });
  check(a + 2, [](double x, double) { return x + 2; });
  check(2 - a, [](double x, double) { return 2 - x; });
  check(a * 0.5f, [](double x, double) { return x * 0.5; });
  check(1.0 / b, [](double, double y) { return 1.0 / y; });
  Pack c = a;
  c += b;
  c -= 1;
  c *= b;
  c /= 2.0;
  check(c, [](double x, double y) { return (x + y - 1) * y / 2.0; });
}

TEST_CASE("pack: negation keeps the sign of zero", "[derive][pack]") {
  for (int l = 0; l < width; ++l) {
    CHECK(std::signbit((-Pack(0.0))[l]));
    CHECK_FALSE(std::signbit((-Pack(-0.0))[l]));
  }
}

TEST_CASE("pack: comparisons give one answer a lane, false for NaN except !=", "[derive][pack]") {
  const Pack a = ramp(0, 1), b = ramp(width - 1.0, -1);
  const Pack nan = std::numeric_limits<double>::quiet_NaN();
  for (int l = 0; l < width; ++l) {
    CHECK((a < b)[l] == (a[l] < b[l]));
    CHECK((a <= b)[l] == (a[l] <= b[l]));
    CHECK((a > b)[l] == (a[l] > b[l]));
    CHECK((a >= b)[l] == (a[l] >= b[l]));
    CHECK((a == b)[l] == (a[l] == b[l]));
    CHECK((a != b)[l] == (a[l] != b[l]));
    CHECK((a < 1)[l] == (a[l] < 1));
    CHECK((0.5 < a)[l] == (0.5 < a[l]));
    CHECK_FALSE((nan < a)[l]);
    CHECK_FALSE((nan >= a)[l]);
    CHECK_FALSE((nan == nan)[l]);
    CHECK((nan != nan)[l]);
  }
}

TEST_CASE("mask: logic is lane by lane", "[derive][pack]") {
  for (bool p : {false, true}) {
    for (bool q : {false, true}) {
      for (int lane = 0; lane < width; ++lane) {
        const Mask a = only(lane) ^ Mask(!p), b = only(lane) ^ Mask(!q);  // p and q in `lane`
        CHECK((a & b)[lane] == (p && q));
        CHECK((a | b)[lane] == (p || q));
        CHECK((a ^ b)[lane] == (p != q));
        CHECK((a && b)[lane] == (p && q));
        CHECK((a || b)[lane] == (p || q));
        CHECK((!a)[lane] == !p);
      }
    }
  }
}

TEST_CASE("mask: any, all and none see every lane", "[derive][pack]") {
  CHECK_FALSE(any(Mask(false)));
  CHECK(none(Mask(false)));
  CHECK_FALSE(all(Mask(false)));
  CHECK(all(Mask(true)));
  CHECK_FALSE(none(Mask(true)));
  for (int lane = 0; lane < width; ++lane) {
    CHECK(any(only(lane)));
    CHECK_FALSE(none(only(lane)));
    CHECK(all(only(lane)) == (width == 1));
    CHECK_FALSE(all(!only(lane)));
    CHECK(any(!only(lane)) == (width > 1));
  }
}

TEST_CASE("select: takes each lane from its side, whatever the other side holds", "[derive][pack]") {
  const Pack nan = std::numeric_limits<double>::quiet_NaN();
  const Pack value = ramp(1, 1);
  for (int lane = 0; lane < width; ++lane) {
    const Pack first = select(only(lane), value, nan), second = select(only(lane), nan, value);
    for (int l = 0; l < width; ++l) {
      CHECK(std::isnan(first[l]) == (l != lane));
      CHECK(std::isnan(second[l]) == (l == lane));
      if (l == lane) CHECK(first[l] == value[l]);
      if (l != lane) CHECK(second[l] == value[l]);
      CHECK(select(only(lane), 1, -1.5)[l] == (l == lane ? 1 : -1.5));
      CHECK(select(only(lane), value, 0)[l] == (l == lane ? value[l] : 0));
    }
  }
  CHECK(select(true, 1, 2.5) == 1.0);
  CHECK(select(false, 1, 2.5) == 2.5);
}

TEST_CASE("pack: conversions that would lose lanes do not exist", "[derive][pack]") {
  CHECK_FALSE(std::is_convertible_v<Pack, double>);
  CHECK_FALSE(std::is_constructible_v<double, Pack>);
  CHECK_FALSE(std::is_constructible_v<bool, Pack>);
  CHECK_FALSE(std::is_constructible_v<int, Pack>);
  CHECK_FALSE(std::is_convertible_v<Mask, Pack>);
  CHECK_FALSE(std::is_convertible_v<bool, Mask>);
  CHECK(std::is_convertible_v<double, Pack>);
  CHECK(std::is_convertible_v<int, Pack>);
  CHECK(std::is_trivially_copyable_v<Pack>);
  CHECK(std::is_trivially_copyable_v<Mask>);
}
