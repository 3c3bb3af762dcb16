// SPDX-License-Identifier: Apache-2.0
// Test functions of any number of variables, whose value and gradient together cost O(n).
//
// Each is a struct with
//     name, dimension, multiple   as in more_garbow_hillstrom.hpp
//     start(n, x)                 the standard start
//     minimum(n)                  f at the known minimum, NaN where none is published for any n
//     state(n, sum)               f as sums of terms, for an ElementSum or what has its interface
// Indices in comments begin at 1, as in the papers.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <string_view>

#include "heliotrope/residuals/element_sum.hpp"
#include "heliotrope/residuals/more_garbow_hillstrom.hpp"

// Terms of functions are lambdas, inlined into the kernels.
#define HELIOTROPE_TERM(k, x) []([[maybe_unused]] const auto& k, const auto* x) HELIOTROPE_LAMBDA

namespace heliotrope::large_functions {

using more_garbow_hillstrom::unknown;

template <int Multiple = 1>
struct Large {
  static constexpr int dimension = 1000 / Multiple * Multiple, multiple = Multiple;
  static constexpr bool fixed = false;
};

template <class T>
HELIOTROPE_INLINE T square(const T& x) {
  return x * x;
}

/// x_j = values[j mod N]
template <std::size_t N>
void repeat(int n, double* x, const double (&values)[N]) {
  for (int j = 0; j < n; ++j) x[j] = values[static_cast<std::size_t>(j) % N];
}

/// [More1981, 21]
struct ExtendedRosenbrock : Large<2> {
  static constexpr std::string_view name = "extended-rosenbrock";
  static void start(int n, double* x) { repeat(n, x, {-1.2, 1.0}); }
  static double minimum(int) { return 0.0; }
  template <class Sum>
  static void state(std::int64_t n, Sum& sum) {
    sum.add(
        n / 2, slots(2, 0, 1),
        HELIOTROPE_TERM(k, x) { return 100.0 * square(x[1] - x[0] * x[0]) + square(1.0 - x[0]); });
  }
};

/// [More1981, 22]
struct ExtendedPowellSingular : Large<4> {
  static constexpr std::string_view name = "extended-powell-singular";
  static void start(int n, double* x) { repeat(n, x, {3.0, -1.0, 0.0, 1.0}); }
  static double minimum(int) { return 0.0; }
  template <class Sum>
  static void state(std::int64_t n, Sum& sum) {
    sum.add(
        n / 4, slots(4, 0, 1, 2, 3), HELIOTROPE_TERM(k, x) {
          return square(x[0] + 10.0 * x[1]) + 5.0 * square(x[2] - x[3]) + square(square(x[1] - 2.0 * x[2])) +
                 10.0 * square(square(x[0] - x[3]));
        });
  }
};

/// Wood's function [More1981, 14] for every four variables [Andrei2008].
struct ExtendedWood : Large<4> {
  static constexpr std::string_view name = "extended-wood";
  static void start(int n, double* x) { repeat(n, x, {-3.0, -1.0}); }
  static double minimum(int) { return 0.0; }
  template <class T>
  static HELIOTROPE_INLINE T wood(const T* x) {
    return 100.0 * square(x[1] - x[0] * x[0]) + square(1.0 - x[0]) + 90.0 * square(x[3] - x[2] * x[2]) +
           square(1.0 - x[2]) + 10.0 * square(x[1] + x[3] - 2.0) + 0.1 * square(x[1] - x[3]);
  }
  template <class Sum>
  static void state(std::int64_t n, Sum& sum) {
    sum.add(
        n / 4, slots(4, 0, 1, 2, 3), HELIOTROPE_TERM(k, x) { return wood(x); });
  }
};

/// sum_i ((3 - 2 x_i) x_i - x_(i - 1) - 2 x_(i + 1) + 1)^2 [More1981, 30]
struct BroydenTridiagonal : Large<> {
  static constexpr std::string_view name = "broyden-tridiagonal";
  static void start(int n, double* x) { repeat(n, x, {-1.0}); }
  static double minimum(int) { return 0.0; }
  template <class Sum>
  static void state(std::int64_t n, Sum& sum) {
    if (n == 1)
      return sum.add(
          1, slots(1, 0), HELIOTROPE_TERM(k, x) { return square((3.0 - 2.0 * x[0]) * x[0] + 1.0); });
    sum.add(
        1, slots(1, 0, 1), HELIOTROPE_TERM(k, x) { return square((3.0 - 2.0 * x[0]) * x[0] - 2.0 * x[1] + 1.0); });
    sum.add(
        n - 2, slots(1, 0, 1, 2),
        HELIOTROPE_TERM(k, x) { return square((3.0 - 2.0 * x[1]) * x[1] - x[0] - 2.0 * x[2] + 1.0); });
    sum.add(
        1, slots(1, n - 2, n - 1), HELIOTROPE_TERM(k, x) { return square((3.0 - 2.0 * x[1]) * x[1] - x[0] + 1.0); });
  }
};

/// sum_i (2 x_i - x_(i - 1) - x_(i + 1) + h^2 (x_i + t_i + 1)^3 / 2)^2, t_i = i h, h = 1 / (n + 1) [More1981, 28]
struct DiscreteBoundaryValue : Large<> {
  static constexpr std::string_view name = "discrete-boundary-value";
  static void start(int n, double* x) {
    for (int j = 0; j < n; ++j) {
      const double t = (j + 1.0) / (n + 1.0);
      x[j] = t * (t - 1.0);
    }
  }
  static double minimum(int) { return 0.0; }
  template <class S, class T>
  static HELIOTROPE_INLINE T residual(const T& x, const S& t, double h) {
    const T u = x + t + 1.0;
    return 2.0 * x + 0.5 * h * h * u * u * u;
  }
  template <class Sum>
  static void state(std::int64_t n, Sum& sum) {
    const double h = 1.0 / (static_cast<double>(n) + 1.0);
    if (n == 1)
      return sum.add(1, slots(1, 0), [=](const auto& k, const auto* x) HELIOTROPE_LAMBDA {
        return square(residual(x[0], (k + 1.0) * h, h));
      });
    sum.add(1, slots(1, 0, 1), [=](const auto& k, const auto* x) HELIOTROPE_LAMBDA {
      return square(residual(x[0], (k + 1.0) * h, h) - x[1]);
    });
    sum.add(n - 2, slots(1, 0, 1, 2), [=](const auto& k, const auto* x) HELIOTROPE_LAMBDA {
      return square(residual(x[1], (k + 2.0) * h, h) - x[0] - x[2]);
    });
    const double last = static_cast<double>(n) * h;
    sum.add(1, slots(1, n - 2, n - 1),
            [=](const auto& k, const auto* x) HELIOTROPE_LAMBDA { return square(residual(x[1], k + last, h) - x[0]); });
  }
};

/// 1e-5 sum (x_j - 1)^2 + (sum x_j^2 - 1/4)^2 [More1981, 23]
struct PenaltyOne : Large<> {
  static constexpr std::string_view name = "penalty-1";
  static void start(int n, double* x) { more_garbow_hillstrom::PenaltyOne::start(n, x); }
  static double minimum(int n) { return more_garbow_hillstrom::PenaltyOne::minimum(n); }
  template <class Sum>
  static void state(std::int64_t n, Sum& sum) {
    const double s = sum.value_of(
                         n, slots(1, 0), HELIOTROPE_TERM(k, x) { return x[0] * x[0]; }) -
                     0.25;
    sum.add(s * s);
    sum.add(
        n, slots(1, 0), HELIOTROPE_TERM(k, x) { return 1e-5 * square(x[0] - 1.0); });
    sum.add_gradient(n, slots(1, 0),
                     [=](const auto&, const auto* x) HELIOTROPE_LAMBDA { return 2.0 * s * x[0] * x[0]; });
  }
};

/// sum_i r_i^2, r_i = n - sum_j cos(x_j) + i (1 - cos(x_i)) - sin(x_i) [More1981, 26]
struct Trigonometric : Large<> {
  static constexpr std::string_view name = "trigonometric";
  static void start(int n, double* x) { repeat(n, x, {1.0 / n}); }
  static double minimum(int) { return 0.0; }  // and others
  template <class S, class T>
  static HELIOTROPE_INLINE T own(const S& k, const T& x) {
    using namespace heliotrope::math;
    T sine, cosine;
    sincos(x, sine, cosine);
    return (k + 1.0) * (1.0 - cosine) - sine;
  }
  template <class Sum>
  static void state(std::int64_t n, Sum& sum) {
    using namespace heliotrope::math;
    const auto versine = HELIOTROPE_TERM(k, x) { return 1.0 - cos(x[0]); };
    const double s = sum.value_of(n, slots(1, 0), versine);
    const double all = static_cast<double>(n) * s + sum.value_of(
                                                        n, slots(1, 0), HELIOTROPE_TERM(k, x) { return own(k, x[0]); });
    sum.add(n, slots(1, 0), [=](const auto& k, const auto* x) HELIOTROPE_LAMBDA { return square(s + own(k, x[0])); });
    sum.add_gradient(n, slots(1, 0),
                     [=](const auto&, const auto* x) HELIOTROPE_LAMBDA { return 2.0 * all * (1.0 - cos(x[0])); });
  }
};

/// sum_(i < n) (x_i^2 + x_(i + 1)^2)^2 - 4 x_i + 3 [Bongartz1995; Andrei2008]
struct Engval1 : Large<> {
  static constexpr std::string_view name = "engval1";
  static void start(int n, double* x) { repeat(n, x, {2.0}); }
  static double minimum(int) { return unknown; }
  template <class Sum>
  static void state(std::int64_t n, Sum& sum) {
    sum.add(
        n - 1, slots(1, 0, 1), HELIOTROPE_TERM(k, x) { return square(x[0] * x[0] + x[1] * x[1]) - 4.0 * x[0] + 3.0; });
  }
};

/// (x_1 - x_2)^2 + (x_(n - 1) + x_n)^2 + sum_(i < n - 1) (x_i + x_(i + 1) + x_n)^4 [Bongartz1995; Andrei2008]. The
/// Hessian at the minimum has rank 2.
struct Nondquar : Large<2> {
  static constexpr std::string_view name = "nondquar";
  static void start(int n, double* x) { repeat(n, x, {1.0, -1.0}); }
  static double minimum(int) { return 0.0; }
  template <class Sum>
  static void state(std::int64_t n, Sum& sum) {
    sum.add(
        1, slots(1, 0, 1), HELIOTROPE_TERM(k, x) { return square(x[0] - x[1]); });
    sum.add(
        1, slots(1, n - 2, n - 1), HELIOTROPE_TERM(k, x) { return square(x[0] + x[1]); });
    sum.add(
        n - 2, std::array{TermSlot{1, 0}, TermSlot{1, 1}, TermSlot{0, n - 1}},
        HELIOTROPE_TERM(k, x) { return square(square(x[0] + x[1] + x[2])); });
  }
};

/// sum_(i < n) (x_i^2 + x_n^2)^2 - 4 x_i + 3 [Bongartz1995; Andrei2008]
struct Arwhead : Large<> {
  static constexpr std::string_view name = "arwhead";
  static void start(int n, double* x) { repeat(n, x, {1.0}); }
  static double minimum(int) { return 0.0; }
  template <class Sum>
  static void state(std::int64_t n, Sum& sum) {
    sum.add(
        n - 1, std::array{TermSlot{1, 0}, TermSlot{0, n - 1}},
        HELIOTROPE_TERM(k, x) { return square(x[0] * x[0] + x[1] * x[1]) - 4.0 * x[0] + 3.0; });
  }
};

/// sum_i 4 (x_i^2 - x_1)^2 + (x_i - 1)^2 [Bongartz1995; Andrei2008]
struct Liarwhd : Large<> {
  static constexpr std::string_view name = "liarwhd";
  static void start(int n, double* x) { repeat(n, x, {4.0}); }
  static double minimum(int) { return 0.0; }
  template <class Sum>
  static void state(std::int64_t n, Sum& sum) {
    sum.add(
        n, std::array{TermSlot{1, 0}, TermSlot{0, 0}},
        HELIOTROPE_TERM(k, x) { return 4.0 * square(x[0] * x[0] - x[1]) + square(x[0] - 1.0); });
  }
};

/// (x_1 - 1)^2 + sum_(i > 1) i (2 x_i - x_(i - 1))^2 [Bongartz1995; Andrei2008]. The condition number is of the order
/// of n.
struct Tridia : Large<> {
  static constexpr std::string_view name = "tridia";
  static void start(int n, double* x) { repeat(n, x, {1.0}); }
  static double minimum(int) { return 0.0; }
  template <class Sum>
  static void state(std::int64_t n, Sum& sum) {
    sum.add(
        1, slots(1, 0), HELIOTROPE_TERM(k, x) { return square(x[0] - 1.0); });
    sum.add(
        n - 1, slots(1, 0, 1), HELIOTROPE_TERM(k, x) { return (k + 2.0) * square(2.0 * x[1] - x[0]); });
  }
};

/// 16 + sum_(i < n) (x_i - 2)^4 + (x_i x_(i + 1) - 2 x_(i + 1))^2 + (x_(i + 1) + 1)^2 [Andrei2008]
struct Edensch : Large<> {
  static constexpr std::string_view name = "edensch";
  static void start(int n, double* x) { repeat(n, x, {0.0}); }
  static double minimum(int) { return unknown; }
  template <class Sum>
  static void state(std::int64_t n, Sum& sum) {
    sum.add(16.0);
    sum.add(
        n - 1, slots(1, 0, 1), HELIOTROPE_TERM(k, x) {
          const auto u = x[0] - 2.0;
          return square(square(u)) + square(u * x[1]) + square(x[1] + 1.0);
        });
  }
};

/// sum_(i < n) cos(x_i^2 - x_(i + 1) / 2) [Bongartz1995; Andrei2008]
struct Cosine : Large<> {
  static constexpr std::string_view name = "cosine";
  static void start(int n, double* x) { repeat(n, x, {1.0}); }
  static double minimum(int n) { return 1.0 - n; }
  template <class Sum>
  static void state(std::int64_t n, Sum& sum) {
    using namespace heliotrope::math;
    sum.add(
        n - 1, slots(1, 0, 1), HELIOTROPE_TERM(k, x) { return cos(x[0] * x[0] - 0.5 * x[1]); });
  }
};

/// sum_(i < n - 1) x_i^2 + 100 x_(i + 1)^2 + 100 x_(i + 2)^2 [Bongartz1995; Andrei2008]
struct Dqdrtic : Large<> {
  static constexpr std::string_view name = "dqdrtic";
  static void start(int n, double* x) { repeat(n, x, {3.0}); }
  static double minimum(int) { return 0.0; }
  template <class Sum>
  static void state(std::int64_t n, Sum& sum) {
    sum.add(
        n - 2, slots(1, 0, 1, 2), HELIOTROPE_TERM(k, x) { return x[0] * x[0] + 100.0 * (x[1] * x[1] + x[2] * x[2]); });
  }
};

/// sum_(i < n - 3) (3 - 4 x_i)^2 + (x_i^2 + 2 x_(i + 1)^2 + 3 x_(i + 2)^2 + 4 x_(i + 3)^2 + 5 x_n^2)^2 [Bongartz1995]
struct Bdqrtic : Large<> {
  static constexpr std::string_view name = "bdqrtic";
  static void start(int n, double* x) { repeat(n, x, {1.0}); }
  static double minimum(int) { return unknown; }
  template <class Sum>
  static void state(std::int64_t n, Sum& sum) {
    const std::array at = {TermSlot{1, 0}, TermSlot{1, 1}, TermSlot{1, 2}, TermSlot{1, 3}, TermSlot{0, n - 1}};
    sum.add(
        n - 4, at, HELIOTROPE_TERM(k, x) {
          return square(3.0 - 4.0 * x[0]) +
                 square(x[0] * x[0] + 2.0 * x[1] * x[1] + 3.0 * x[2] * x[2] + 4.0 * x[3] * x[3] + 5.0 * x[4] * x[4]);
        });
  }
};

/// sum_i (x_i - i)^4: QUARTC of [Bongartz1995].
struct Quartic : Large<> {
  static constexpr std::string_view name = "quartic";
  static void start(int n, double* x) { repeat(n, x, {2.0}); }
  static double minimum(int) { return 0.0; }
  template <class Sum>
  static void state(std::int64_t n, Sum& sum) {
    sum.add(
        n, slots(1, 0), HELIOTROPE_TERM(k, x) { return square(square(x[0] - (k + 1.0))); });
  }
};

/// (x_1^2 + x_2 - 11)^2 + (x_1 + x_2^2 - 7)^2 for every two variables [Andrei2008]
struct ExtendedHimmelblau : Large<2> {
  static constexpr std::string_view name = "extended-himmelblau";
  static void start(int n, double* x) { repeat(n, x, {1.0}); }
  static double minimum(int) { return 0.0; }
  template <class Sum>
  static void state(std::int64_t n, Sum& sum) {
    sum.add(
        n / 2, slots(2, 0, 1),
        HELIOTROPE_TERM(k, x) { return square(x[0] * x[0] + x[1] - 11.0) + square(x[0] + x[1] * x[1] - 7.0); });
  }
};

/// Beale's function [More1981, 5] of every two variables, from (1, 0.8) [Andrei2008].
struct ExtendedBeale : Large<2> {
  static constexpr std::string_view name = "extended-beale";
  static void start(int n, double* x) { repeat(n, x, {1.0, 0.8}); }
  static double minimum(int) { return 0.0; }
  template <class Sum>
  static void state(std::int64_t n, Sum& sum) {
    sum.add(
        n / 2, slots(2, 0, 1), HELIOTROPE_TERM(k, x) {
          const auto s = x[1] * x[1];
          return square(1.5 - x[0] * (1.0 - x[1])) + square(2.25 - x[0] * (1.0 - s)) +
                 square(2.625 - x[0] * (1.0 - s * x[1]));
        });
  }
};

}  // namespace heliotrope::large_functions
