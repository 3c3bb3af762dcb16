// SPDX-License-Identifier: Apache-2.0
// Three small problems, written once for both solvers: residuals for any scalar, and by hand with their Jacobian, whose
// entry (m, j) goes to J[m * row + j * column]; J may be null.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <random>
#include <vector>

#include "heliotrope/derive/jet.hpp"

namespace small {

/// Powell's singular function [More1981, 13], its first residual moved by `shift`.
template <class S>
struct Powell {
  static constexpr int residuals = 4, parameters = 4;
  static constexpr const char* name = "powell singular, 4 x 4";
  S shift;

  template <class T>
  HELIOTROPE_INLINE void operator()(const T* x, T* r) const {
    const T a = x[1] - 2.0 * x[2], b = x[0] - x[3];
    r[0] = x[0] + 10.0 * x[1] - shift;
    r[1] = 2.23606797749979 * (x[2] - x[3]);
    r[2] = a * a;
    r[3] = 3.1622776601683795 * b * b;
  }
  template <int row, int column, class T>
  HELIOTROPE_INLINE void by_hand(const T* x, T* r, T* J) const {
    (*this)(x, r);
    if (J == nullptr) return;
    const T a = 2.0 * (x[1] - 2.0 * x[2]), b = 6.324555320336759 * (x[0] - x[3]);
    const T zero(0.0);
    const T rows[4][4] = {{T(1.0), T(10.0), zero, zero},
                          {zero, zero, T(2.23606797749979), T(-2.23606797749979)},
                          {zero, a, -2.0 * a, zero},
                          {b, zero, zero, -b}};
    for (int m = 0; m < 4; ++m) {
      for (int j = 0; j < 4; ++j) J[m * row + j * column] = rows[m][j];
    }
  }
};

/// Centre and radius of a circle from 10 points near it.
template <class S>
struct Circle {
  static constexpr int residuals = 10, parameters = 3;
  static constexpr const char* name = "circle through points, 10 x 3";
  std::array<S, 10> u, v;

  template <class T>
  HELIOTROPE_INLINE void operator()(const T* x, T* r) const {
    using namespace heliotrope::math;
    for (std::size_t m = 0; m < 10; ++m) {
      const T du = x[0] - u[m], dv = x[1] - v[m];
      r[m] = sqrt(du * du + dv * dv) - x[2];
    }
  }
  template <int row, int column, class T>
  HELIOTROPE_INLINE void by_hand(const T* x, T* r, T* J) const {
    using namespace heliotrope::math;
    for (std::size_t m = 0; m < 10; ++m) {
      const T du = x[0] - u[m], dv = x[1] - v[m], length = sqrt(du * du + dv * dv);
      r[m] = length - x[2];
      if (J == nullptr) continue;
      const T inverse = 1.0 / length;
      T* const to = J + static_cast<int>(m) * row;
      to[0] = du * inverse;
      to[column] = dv * inverse;
      to[2 * column] = T(-1.0);
    }
  }
};

/// A point from its pixels in 6 cameras, each a 3 x 4 matrix.
template <class S>
struct Triangulation {
  static constexpr int residuals = 12, parameters = 3;
  static constexpr const char* name = "point from 6 cameras, 12 x 3";
  std::array<std::array<S, 12>, 6> cameras;
  std::array<S, 12> pixels;

  template <class T>
  HELIOTROPE_INLINE void operator()(const T* x, T* r) const {
    for (std::size_t c = 0; c < 6; ++c) {
      const auto& P = cameras[c];
      const T w = P[8] * x[0] + P[9] * x[1] + P[10] * x[2] + P[11];
      r[2 * c] = (P[0] * x[0] + P[1] * x[1] + P[2] * x[2] + P[3]) / w - pixels[2 * c];
      r[2 * c + 1] = (P[4] * x[0] + P[5] * x[1] + P[6] * x[2] + P[7]) / w - pixels[2 * c + 1];
    }
  }
  template <int row, int column, class T>
  HELIOTROPE_INLINE void by_hand(const T* x, T* r, T* J) const {
    for (std::size_t c = 0; c < 6; ++c) {
      const auto& P = cameras[c];
      const T inverse = 1.0 / (P[8] * x[0] + P[9] * x[1] + P[10] * x[2] + P[11]);
      for (std::size_t k = 0; k < 2; ++k) {
        const auto* const Q = P.data() + 4 * k;
        const T seen = (Q[0] * x[0] + Q[1] * x[1] + Q[2] * x[2] + Q[3]) * inverse;
        r[2 * c + k] = seen - pixels[2 * c + k];
        if (J == nullptr) continue;
        T* const to = J + static_cast<int>(2 * c + k) * row;
        for (std::size_t j = 0; j < 3; ++j) to[static_cast<int>(j) * column] = (Q[j] - seen * P[8 + j]) * inverse;
      }
    }
  }
};

/// A problem with its Jacobian by hand, for Heliotrope.
template <class S, class Problem>
struct ByHand;
template <class S, template <class> class Problem, class D>
struct ByHand<S, Problem<D>> {
  static constexpr int residuals = Problem<S>::residuals;
  Problem<S> problem;

  template <class T>
  HELIOTROPE_INLINE void operator()(const T* x, T* r) const {
    problem(x, r);
  }
  template <class T>
  HELIOTROPE_INLINE void jacobian(const T* x, T* r, T* J) const {
    problem.template by_hand<Problem<S>::parameters, 1>(x, r, J);
  }
};

template <class P>
struct Cases {
  std::vector<P> problems;
  std::vector<std::array<double, P::parameters>> starts;
};

template <class P>
Cases<P> make_cases(std::size_t count);

template <>
inline Cases<Powell<double>> make_cases(std::size_t count) {
  std::mt19937_64 random(1);
  std::normal_distribution<double> normal;
  Cases<Powell<double>> cases;
  for (std::size_t i = 0; i < count; ++i) {
    cases.problems.push_back({0.1 * normal(random)});
    cases.starts.push_back(
        {3.0 + 0.3 * normal(random), -1.0 + 0.3 * normal(random), 0.3 * normal(random), 1.0 + 0.3 * normal(random)});
  }
  return cases;
}

template <>
inline Cases<Circle<double>> make_cases(std::size_t count) {
  std::mt19937_64 random(2);
  std::normal_distribution<double> normal;
  Cases<Circle<double>> cases;
  for (std::size_t i = 0; i < count; ++i) {
    Circle<double> circle{};
    const double x = normal(random), y = normal(random), radius = 2.0 + 0.3 * normal(random);
    for (std::size_t m = 0; m < 10; ++m) {
      const double angle = 0.4 * static_cast<double>(m) + 0.1 * normal(random);
      circle.u[m] = x + radius * std::cos(angle) + 0.05 * normal(random);
      circle.v[m] = y + radius * std::sin(angle) + 0.05 * normal(random);
    }
    cases.problems.push_back(circle);
    cases.starts.push_back({x + 0.3 * normal(random), y + 0.3 * normal(random), 1.0});
  }
  return cases;
}

template <>
inline Cases<Triangulation<double>> make_cases(std::size_t count) {
  std::mt19937_64 random(3);
  std::normal_distribution<double> normal;
  Cases<Triangulation<double>> cases;
  for (std::size_t i = 0; i < count; ++i) {
    Triangulation<double> view{};
    const std::array<double, 3> point{normal(random), normal(random), 8.0 + normal(random)};
    for (std::size_t c = 0; c < 6; ++c) {
      auto& P = view.cameras[c];  // nearly parallel cameras, focal length 500
      for (double& entry : P) entry = 0.05 * normal(random);
      for (std::size_t k = 0; k < 3; ++k) P[5 * k] += 1.0;
      P[3] += normal(random);
      P[7] += normal(random);
      for (std::size_t k = 0; k < 8; ++k) P[k] *= 500.0;
      std::array<double, 3> seen{};
      for (std::size_t k = 0; k < 3; ++k) {
        seen[k] = P[4 * k] * point[0] + P[4 * k + 1] * point[1] + P[4 * k + 2] * point[2] + P[4 * k + 3];
      }
      for (std::size_t k = 0; k < 2; ++k) view.pixels[2 * c + k] = seen[k] / seen[2] + normal(random);
    }
    cases.problems.push_back(view);
    cases.starts.push_back(
        {point[0] + 0.5 * normal(random), point[1] + 0.5 * normal(random), point[2] + normal(random)});
  }
  return cases;
}

}  // namespace small
