// SPDX-License-Identifier: Apache-2.0
// A manifold of one's own: directions on the unit circle (what SO2, which ships, is too), fitted to noisy headings.
#include <cmath>
#include <heliotrope/heliotrope.hpp>
#include <heliotrope/problem/manifold_laws.hpp>
#include <iostream>
#include <vector>

struct Circle {
  static constexpr int ambient_size = 2, tangent_size = 1;
  template <class T>
  static void plus(const T* x, const T* delta, T* y) {
    using namespace heliotrope::math;
    const T c = cos(delta[0]), s = sin(delta[0]), x0 = x[0], x1 = x[1];
    y[0] = c * x0 - s * x1;
    y[1] = s * x0 + c * x1;
  }
  template <class T>
  static void minus(const T* y, const T* x, T* delta) {
    using namespace heliotrope::math;
    delta[0] = atan2(x[0] * y[1] - x[1] * y[0], x[0] * y[0] + x[1] * y[1]);
  }
  template <class T>
  static void plus_jacobian(const T* x, T* jacobian) {
    jacobian[0] = -x[1];
    jacobian[1] = x[0];
  }
};

template <class S>
struct Heading {
  S c, s;
  static constexpr int residuals = 2;
  template <class T>
  void operator()(const T* direction, T* r) const {
    r[0] = direction[0] - c;
    r[1] = direction[1] - s;
  }
};

int main() {
  const double start[] = {1.0, 0.0};
  for (const auto& broken : heliotrope::check_manifold_laws<Circle>(start)) std::cout << "broken: " << broken << '\n';

  std::vector<Heading<double>> headings;
  for (int i = 0; i < 100; ++i) {
    const double angle = 0.8 + 0.1 * std::sin(12.9 * i);
    headings.push_back({std::cos(angle), std::sin(angle)});
  }
  heliotrope::Problem problem;
  auto direction = problem.add_variable<Circle>({1.0, 0.0});
  problem.add_residuals(headings, direction);
  std::cout << heliotrope::minimize(problem) << problem.value(direction) << '\n';
}
