// SPDX-License-Identifier: Apache-2.0
// Large test functions that are a function of few variables for every run of neighbours; see large_test_functions.hpp.
#pragma once

#include "heliotrope/residuals/large_test_functions.hpp"

namespace heliotrope::large_functions {

/// sum_(i > 1) 100 (x_i - x_(i - 1)^2)^2 + (1 - x_(i - 1))^2 [Andrei2008; Luksan1999, 1]
struct ChainedRosenbrock : Large<> {
  static constexpr std::string_view name = "chained-rosenbrock";
  static void start(int n, double* x) { repeat(n, x, {-1.2, 1.0}); }
  static double minimum(int) { return 0.0; }
  template <class Sum>
  static void state(std::int64_t n, Sum& sum) {
    sum.add(
        n - 1, slots(1, 0, 1),
        HELIOTROPE_TERM(k, x) { return 100.0 * square(x[1] - x[0] * x[0]) + square(1.0 - x[0]); });
  }
};

/// 1 + sum_(i > 1) 100 (x_i - x_(i - 1)^2)^2 + (x_i - 1)^2: GENROSE of [Bongartz1995]. A front of values near 1 crosses
/// the variables one by one: iterations are in proportion to n.
struct GeneralisedRosenbrock : Large<> {
  static constexpr std::string_view name = "generalised-rosenbrock";
  static void start(int n, double* x) {
    for (int j = 0; j < n; ++j) x[j] = (j + 1.0) / (n + 1.0);
  }
  static double minimum(int) { return 1.0; }
  template <class Sum>
  static void state(std::int64_t n, Sum& sum) {
    sum.add(1.0);
    sum.add(
        n - 1, slots(1, 0, 1),
        HELIOTROPE_TERM(k, x) { return 100.0 * square(x[1] - x[0] * x[0]) + square(x[1] - 1.0); });
  }
};

/// Wood's function of variables i .. i + 3 for odd i [Luksan1999, 2].
struct ChainedWood : Large<2> {
  static constexpr std::string_view name = "chained-wood";
  static void start(int n, double* x) {
    repeat(n, x, {-2.0, 0.0});
    for (int j = 0; j < n && j < 4; ++j) x[j] = j % 2 == 0 ? -3.0 : -1.0;
  }
  static double minimum(int) { return 0.0; }
  template <class Sum>
  static void state(std::int64_t n, Sum& sum) {
    sum.add(
        n / 2 - 1, slots(2, 0, 1, 2, 3), HELIOTROPE_TERM(k, x) { return ExtendedWood::wood(x); });
  }
};

/// Powell's singular function of variables i .. i + 3 for odd i [Luksan1999, 3].
struct ChainedPowellSingular : Large<4> {
  static constexpr std::string_view name = "chained-powell-singular";
  static void start(int n, double* x) { repeat(n, x, {3.0, -1.0, 0.0, 1.0}); }
  static double minimum(int) { return 0.0; }
  template <class Sum>
  static void state(std::int64_t n, Sum& sum) {
    sum.add(
        n / 2 - 1, slots(2, 0, 1, 2, 3), HELIOTROPE_TERM(k, x) {
          return square(x[0] + 10.0 * x[1]) + 5.0 * square(x[2] - x[3]) + square(square(x[1] - 2.0 * x[2])) +
                 10.0 * square(square(x[0] - x[3]));
        });
  }
};

/// Freudenstein and Roth's function [More1981, 2] of every two neighbours: FREUROTH of [Bongartz1995].
struct FreudensteinRoth : Large<> {
  static constexpr std::string_view name = "chained-freudenstein-roth";
  static void start(int n, double* x) {
    repeat(n, x, {0.0});
    x[0] = 0.5;
    if (n > 1) x[1] = -2.0;
  }
  static double minimum(int) { return unknown; }
  template <class Sum>
  static void state(std::int64_t n, Sum& sum) {
    sum.add(
        n - 1, slots(1, 0, 1), HELIOTROPE_TERM(k, x) {
          return square(x[0] - 13.0 + ((5.0 - x[1]) * x[1] - 2.0) * x[1]) +
                 square(x[0] - 29.0 + ((x[1] + 1.0) * x[1] - 14.0) * x[1]);
        });
  }
};

/// sum_(i < n - 1) (10 / (n + 2) + x_(i + 2)^2) (2 - exp(-(x_i - x_(i + 1))^2 / (0.1 + x_(i + 2)^2))): TOINTGSS of
/// [Bongartz1995].
struct TointGaussian : Large<> {
  static constexpr std::string_view name = "toint-gaussian";
  static void start(int n, double* x) { repeat(n, x, {3.0}); }
  static double minimum(int) { return unknown; }
  template <class Sum>
  static void state(std::int64_t n, Sum& sum) {
    using namespace heliotrope::math;
    const double a = 10.0 / (static_cast<double>(n) + 2.0);
    sum.add(n - 2, slots(1, 0, 1, 2), [=](const auto&, const auto* x) HELIOTROPE_LAMBDA {
      const auto s = x[2] * x[2];
      return (a + s) * (2.0 - exp(-square(x[0] - x[1]) / (0.1 + s)));
    });
  }
};

}  // namespace heliotrope::large_functions
