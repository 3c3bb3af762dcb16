// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "heliotrope/minimize/small_batch.hpp"

namespace heliotrope_test {

/// Distances of 6 points from a circle.
template <class S>
struct Circle {
  static constexpr int residuals = 6;
  std::array<S, 6> u, v;
  template <class T>
  void operator()(const T* x, T* r) const {
    using namespace heliotrope::math;
    for (std::size_t m = 0; m < 6; ++m) {
      const T du = x[0] - u[m], dv = x[1] - v[m];
      r[m] = sqrt(du * du + dv * dv) - x[2];
    }
  }
};

/// One point of it, as minimize() takes it.
template <class S>
struct CirclePoint {
  S u, v;
  template <class T>
  void operator()(const T* x, T* r) const {
    using namespace heliotrope::math;
    const T du = x[0] - u, dv = x[1] - v;
    r[0] = sqrt(du * du + dv * dv) - x[2];
  }
};

struct Circles {
  std::vector<Circle<double>> problems;
  std::vector<std::array<double, 3>> starts;

  explicit Circles(std::size_t count) {
    std::mt19937_64 random(5);
    std::normal_distribution<double> normal;
    for (std::size_t i = 0; i < count; ++i) {
      Circle<double> circle{};
      const double x = normal(random), y = normal(random);
      for (std::size_t m = 0; m < 6; ++m) {
        const double angle = static_cast<double>(m) + 0.2 * normal(random);
        circle.u[m] = x + 2.0 * std::cos(angle) + 0.1 * normal(random);
        circle.v[m] = y + 2.0 * std::sin(angle) + 0.1 * normal(random);
      }
      problems.push_back(circle);
      starts.push_back({x + normal(random), y + normal(random), 1.0});
    }
  }
};

}  // namespace heliotrope_test
