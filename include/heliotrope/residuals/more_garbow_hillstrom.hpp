// SPDX-License-Identifier: Apache-2.0
// The test functions of [More1981] as residuals: f(x) = sum_i r_i(x)^2. The first 18 are that paper's set for
// unconstrained minimisation, in its order; the others are from its sets for equations and least squares.
//
// Each is a struct with
//     name         as the command line says it
//     dimension    the usual n; fixed: whether there is no other; multiple: what n must be a multiple of
//     residuals(n) how many there are
//     start(n, x)  the standard start x_0
//     minimum(n)   f at the known minimum, NaN where none is published for that n
//     evaluate(n, x, r)   the residuals, for any scalar T
// Indices in comments begin at 1, as in the paper.
#pragma once

#include <cmath>
#include <limits>
#include <string_view>

#include "heliotrope/config.hpp"
#include "heliotrope/derive/math.hpp"

namespace heliotrope::more_garbow_hillstrom {

inline constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

/// What most functions of a fixed number of variables share.
template <int N>
struct Fixed {
  static constexpr int dimension = N, multiple = N;
  static constexpr bool fixed = true;
};
template <int N, int Multiple = 1>
struct AnySize {
  static constexpr int dimension = N, multiple = Multiple;
  static constexpr bool fixed = false;
};

/// (7) 10 (x3 - 10 theta), 10 ((x1^2 + x2^2)^(1/2) - 1), x3; theta is the angle of (x1, x2) in turns.
struct HelicalValley : Fixed<3> {
  static constexpr std::string_view name = "helical-valley";
  static int residuals(int) { return 3; }
  static void start(int, double* x) { x[0] = -1.0, x[1] = 0.0, x[2] = 0.0; }
  static double minimum(int) { return 0.0; }
  template <class T>
  static void evaluate(int, const T* x, T* r) {
    using namespace heliotrope::math;
    const T theta = atan(x[1] / x[0]) / 6.283185307179586 + select(x[0] > 0.0, T(0.0), T(0.5));
    r[0] = 10.0 * (x[2] - 10.0 * theta);
    r[1] = 10.0 * (sqrt(x[0] * x[0] + x[1] * x[1]) - 1.0);
    r[2] = x[2];
  }
};

/// (18) x3 exp(-t x1) - x4 exp(-t x2) + x6 exp(-t x5) - y, t = i / 10, y = exp(-t) - 5 exp(-10 t) + 3 exp(-4 t)
struct BiggsExp6 : Fixed<6> {
  static constexpr std::string_view name = "biggs-exp6";
  static int residuals(int) { return 13; }
  static void start(int, double* x) {
    for (int j = 0; j < 6; ++j) x[j] = 1.0;
    x[1] = 2.0;
  }
  static double minimum(int) { return 0.0; }  // and 5.65565e-3
  template <class T>
  static void evaluate(int n, const T* x, T* r) {
    using namespace heliotrope::math;
    for (int i = 0; i < residuals(n); ++i) {
      const double t = 0.1 * (i + 1), y = std::exp(-t) - 5.0 * std::exp(-10.0 * t) + 3.0 * std::exp(-4.0 * t);
      r[i] = x[2] * exp(-t * x[0]) - x[3] * exp(-t * x[1]) + x[5] * exp(-t * x[4]) - y;
    }
  }
};

/// (9) x1 exp(-x2 (t - x3)^2 / 2) - y, t = (8 - i) / 2
struct Gaussian : Fixed<3> {
  static constexpr std::string_view name = "gaussian";
  static int residuals(int) { return 15; }
  static void start(int, double* x) { x[0] = 0.4, x[1] = 1.0, x[2] = 0.0; }
  static double minimum(int) { return 1.12793e-8; }
  template <class T>
  static void evaluate(int, const T* x, T* r) {
    using namespace heliotrope::math;
    constexpr double y[] = {0.0009, 0.0044, 0.0175, 0.0540, 0.1295, 0.2420, 0.3521, 0.3989};
    for (int i = 0; i < 15; ++i) {
      const T u = 0.5 * (7 - i) - x[2];
      r[i] = x[0] * exp(-0.5 * x[1] * u * u) - y[i < 8 ? i : 14 - i];
    }
  }
};

/// (3) 10^4 x1 x2 - 1, exp(-x1) + exp(-x2) - 1.0001
struct PowellBadlyScaled : Fixed<2> {
  static constexpr std::string_view name = "powell-badly-scaled";
  static int residuals(int) { return 2; }
  static void start(int, double* x) { x[0] = 0.0, x[1] = 1.0; }
  static double minimum(int) { return 0.0; }
  template <class T>
  static void evaluate(int, const T* x, T* r) {
    using namespace heliotrope::math;
    r[0] = 1e4 * x[0] * x[1] - 1.0;
    r[1] = exp(-x[0]) + exp(-x[1]) - 1.0001;
  }
};

/// (12) exp(-t x1) - exp(-t x2) - x3 (exp(-t) - exp(-10 t)), t = i / 10
struct Box3d : Fixed<3> {
  static constexpr std::string_view name = "box-3d";
  static int residuals(int) { return 10; }
  static void start(int, double* x) { x[0] = 0.0, x[1] = 10.0, x[2] = 20.0; }
  static double minimum(int) { return 0.0; }
  template <class T>
  static void evaluate(int, const T* x, T* r) {
    using namespace heliotrope::math;
    for (int i = 0; i < 10; ++i) {
      const double t = 0.1 * (i + 1);
      r[i] = exp(-t * x[0]) - exp(-t * x[1]) - x[2] * (std::exp(-t) - std::exp(-10.0 * t));
    }
  }
};

/// (25) x_i - 1, then s = sum j (x_j - 1) and s^2
struct VariablyDimensioned : AnySize<10> {
  static constexpr std::string_view name = "variably-dimensioned";
  static int residuals(int n) { return n + 2; }
  static void start(int n, double* x) {
    for (int j = 0; j < n; ++j) x[j] = 1.0 - (j + 1.0) / n;
  }
  static double minimum(int) { return 0.0; }
  template <class T>
  static void evaluate(int n, const T* x, T* r) {
    T s = T(0.0);
    for (int j = 0; j < n; ++j) {
      r[j] = x[j] - 1.0;
      s += (j + 1.0) * r[j];
    }
    r[n] = s;
    r[n + 1] = s * s;
  }
};

/// (20) sum_(j > 1) (j - 1) x_j t^(j - 2) - (sum_j x_j t^(j - 1))^2 - 1, t = i / 29; x1; x2 - x1^2 - 1
struct Watson : AnySize<9> {
  static constexpr std::string_view name = "watson";
  static int residuals(int) { return 31; }
  static void start(int n, double* x) {
    for (int j = 0; j < n; ++j) x[j] = 0.0;
  }
  static double minimum(int n) { return n == 6 ? 2.28767e-3 : n == 9 ? 1.39976e-6 : n == 12 ? 4.72238e-10 : unknown; }
  template <class T>
  static void evaluate(int n, const T* x, T* r) {
    for (int i = 0; i < 29; ++i) {
      const double t = (i + 1.0) / 29.0;
      T slope = T(0.0), value = T(0.0);
      for (int j = n - 1; j >= 0; --j) {  // Horner
        slope = slope * t + value;
        value = value * t + x[j];
      }
      r[i] = slope - value * value - 1.0;
    }
    r[29] = x[0];
    r[30] = x[1] - x[0] * x[0] - 1.0;
  }
};

/// (23) a^(1/2) (x_i - 1), a = 1e-5; sum x_j^2 - 1/4
struct PenaltyOne : AnySize<10> {
  static constexpr std::string_view name = "penalty-1";
  static int residuals(int n) { return n + 1; }
  static void start(int n, double* x) {
    for (int j = 0; j < n; ++j) x[j] = j + 1.0;
  }
  static double minimum(int n) { return n == 4 ? 2.24997e-5 : n == 10 ? 7.08765e-5 : unknown; }
  template <class T>
  static void evaluate(int n, const T* x, T* r) {
    T sum = T(-0.25);
    for (int j = 0; j < n; ++j) {
      r[j] = 3.1622776601683795e-3 * (x[j] - 1.0);
      sum += x[j] * x[j];
    }
    r[n] = sum;
  }
};

/// (24) x1 - 0.2; a^(1/2) (exp(x_i / 10) + exp(x_(i - 1) / 10) - y_i), i = 2 .. n, y_i = exp(i / 10) + exp((i - 1) /
/// 10); a^(1/2) (exp(x_i / 10) - exp(-1 / 10)), i = 2 .. n; sum (n - j + 1) x_j^2 - 1; a = 1e-5
struct PenaltyTwo : AnySize<10> {
  static constexpr std::string_view name = "penalty-2";
  static int residuals(int n) { return 2 * n; }
  static void start(int n, double* x) {
    for (int j = 0; j < n; ++j) x[j] = 0.5;
  }
  static double minimum(int n) { return n == 4 ? 9.37629e-6 : n == 10 ? 2.93660e-4 : unknown; }
  template <class T>
  static void evaluate(int n, const T* x, T* r) {
    using namespace heliotrope::math;
    constexpr double root = 3.1622776601683795e-3;
    T sum = n * x[0] * x[0] - 1.0;
    r[0] = x[0] - 0.2;
    for (int i = 1; i < n; ++i) {
      const double y = std::exp(0.1 * (i + 1)) + std::exp(0.1 * i);
      r[i] = root * (exp(0.1 * x[i]) + exp(0.1 * x[i - 1]) - y);
      r[n - 1 + i] = root * (exp(0.1 * x[i]) - std::exp(-0.1));
      sum += (n - i) * x[i] * x[i];
    }
    r[2 * n - 1] = sum;
  }
};

/// (4) x1 - 10^6, x2 - 2 10^-6, x1 x2 - 2
struct BrownBadlyScaled : Fixed<2> {
  static constexpr std::string_view name = "brown-badly-scaled";
  static int residuals(int) { return 3; }
  static void start(int, double* x) { x[0] = x[1] = 1.0; }
  static double minimum(int) { return 0.0; }
  template <class T>
  static void evaluate(int, const T* x, T* r) {
    r[0] = x[0] - 1e6;
    r[1] = x[1] - 2e-6;
    r[2] = x[0] * x[1] - 2.0;
  }
};

/// (16) (x1 + t x2 - exp(t))^2 + (x3 + x4 sin(t) - cos(t))^2, t = i / 5
struct BrownDennis : Fixed<4> {
  static constexpr std::string_view name = "brown-dennis";
  static int residuals(int) { return 20; }
  static void start(int, double* x) { x[0] = 25.0, x[1] = 5.0, x[2] = -5.0, x[3] = -1.0; }
  static double minimum(int) { return 85822.2; }
  template <class T>
  static void evaluate(int, const T* x, T* r) {
    for (int i = 0; i < 20; ++i) {
      const double t = 0.2 * (i + 1);
      const T u = x[0] + t * x[1] - std::exp(t), v = x[2] + std::sin(t) * x[3] - std::cos(t);
      r[i] = u * u + v * v;
    }
  }
};

/// (11) exp(-|y - x2|^x3 / x1) - t, t = i / 100, y = 25 + (-50 log t)^(2/3), i = 1 .. 99
struct Gulf : Fixed<3> {
  static constexpr std::string_view name = "gulf";
  static int residuals(int) { return 99; }
  static void start(int, double* x) { x[0] = 5.0, x[1] = 2.5, x[2] = 0.15; }
  static double minimum(int) { return 0.0; }
  template <class T>
  static void evaluate(int, const T* x, T* r) {
    using namespace heliotrope::math;
    for (int i = 0; i < 99; ++i) {
      const double t = 0.01 * (i + 1), y = 25.0 + std::pow(-50.0 * std::log(t), 2.0 / 3.0);
      r[i] = exp(-pow(abs(y - x[1]), x[2]) / x[0]) - t;
    }
  }
};

/// (26) n - sum cos(x_j) + i (1 - cos(x_i)) - sin(x_i)
struct Trigonometric : AnySize<10> {
  static constexpr std::string_view name = "trigonometric";
  static int residuals(int n) { return n; }
  static void start(int n, double* x) {
    for (int j = 0; j < n; ++j) x[j] = 1.0 / n;
  }
  static double minimum(int) { return 0.0; }  // and others: 2.79506e-5 for n = 10
  template <class T>
  static void evaluate(int n, const T* x, T* r) {
    using namespace heliotrope::math;
    T sum = T(n);
    for (int j = 0; j < n; ++j) sum -= cos(x[j]);
    for (int i = 0; i < n; ++i) r[i] = sum + (i + 1.0) * (1.0 - cos(x[i])) - sin(x[i]);
  }
};

/// (21) 10 (x_(2 i) - x_(2 i - 1)^2), 1 - x_(2 i - 1); n = 2 is Rosenbrock's function
struct ExtendedRosenbrock : AnySize<2, 2> {
  static constexpr std::string_view name = "extended-rosenbrock";
  static int residuals(int n) { return n; }
  static void start(int n, double* x) {
    for (int j = 0; j < n; j += 2) x[j] = -1.2, x[j + 1] = 1.0;
  }
  static double minimum(int) { return 0.0; }
  template <class T>
  static void evaluate(int n, const T* x, T* r) {
    for (int j = 0; j < n; j += 2) {
      r[j] = 10.0 * (x[j + 1] - x[j] * x[j]);
      r[j + 1] = 1.0 - x[j];
    }
  }
};

/// (22) x1 + 10 x2, 5^(1/2) (x3 - x4), (x2 - 2 x3)^2, 10^(1/2) (x1 - x4)^2, for every four variables
struct ExtendedPowellSingular : AnySize<4, 4> {
  static constexpr std::string_view name = "extended-powell-singular";
  static int residuals(int n) { return n; }
  static void start(int n, double* x) {
    for (int j = 0; j < n; j += 4) x[j] = 3.0, x[j + 1] = -1.0, x[j + 2] = 0.0, x[j + 3] = 1.0;
  }
  static double minimum(int) { return 0.0; }
  template <class T>
  static void evaluate(int n, const T* x, T* r) {
    for (int j = 0; j < n; j += 4) {
      const T u = x[j + 1] - 2.0 * x[j + 2], v = x[j] - x[j + 3];
      r[j] = x[j] + 10.0 * x[j + 1];
      r[j + 1] = 2.23606797749979 * (x[j + 2] - x[j + 3]);
      r[j + 2] = u * u;
      r[j + 3] = 3.1622776601683795 * v * v;
    }
  }
};

/// (5) y - x1 (1 - x2^i), y = 1.5, 2.25, 2.625
struct Beale : Fixed<2> {
  static constexpr std::string_view name = "beale";
  static int residuals(int) { return 3; }
  static void start(int, double* x) { x[0] = x[1] = 1.0; }
  static double minimum(int) { return 0.0; }
  template <class T>
  static void evaluate(int, const T* x, T* r) {
    r[0] = 1.5 - x[0] * (1.0 - x[1]);
    r[1] = 2.25 - x[0] * (1.0 - x[1] * x[1]);
    r[2] = 2.625 - x[0] * (1.0 - x[1] * x[1] * x[1]);
  }
};

/// (14) 10 (x2 - x1^2), 1 - x1, 90^(1/2) (x4 - x3^2), 1 - x3, 10^(1/2) (x2 + x4 - 2), 10^(-1/2) (x2 - x4)
struct Wood : Fixed<4> {
  static constexpr std::string_view name = "wood";
  static int residuals(int) { return 6; }
  static void start(int, double* x) { x[0] = x[2] = -3.0, x[1] = x[3] = -1.0; }
  static double minimum(int) { return 0.0; }
  template <class T>
  static void evaluate(int, const T* x, T* r) {
    r[0] = 10.0 * (x[1] - x[0] * x[0]);
    r[1] = 1.0 - x[0];
    r[2] = 9.486832980505138 * (x[3] - x[2] * x[2]);
    r[3] = 1.0 - x[2];
    r[4] = 3.1622776601683795 * (x[1] + x[3] - 2.0);
    r[5] = 0.31622776601683794 * (x[1] - x[3]);
  }
};

/// (35) sum_j T_i(x_j) / n - integral of T_i over [0, 1], T_i being the shifted Chebyshev polynomials
struct Chebyquad : AnySize<8> {
  static constexpr std::string_view name = "chebyquad";
  static int residuals(int n) { return n; }
  static void start(int n, double* x) {
    for (int j = 0; j < n; ++j) x[j] = (j + 1.0) / (n + 1.0);
  }
  static double minimum(int n) { return n <= 7 || n == 9 ? 0.0 : n == 8 ? 3.51687e-3 : n == 10 ? 6.50395e-3 : unknown; }
  template <class T>
  static void evaluate(int n, const T* x, T* r) {
    for (int i = 0; i < n; ++i) r[i] = T(i % 2 == 1 ? 1.0 / ((i + 1.0) * (i + 1.0) - 1.0) : 0.0);
    for (int j = 0; j < n; ++j) {
      const T u = 2.0 * x[j] - 1.0;
      T before = T(1.0), at = u;
      for (int i = 0; i < n; ++i) {
        r[i] += at * (1.0 / n);
        const T after = 2.0 * u * at - before;
        before = at;
        at = after;
      }
    }
  }
};

}  // namespace heliotrope::more_garbow_hillstrom
