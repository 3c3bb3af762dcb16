// SPDX-License-Identifier: Apache-2.0
// A boundary-value problem by collocation: Troesch's y'' = mu sinh(mu y), y(0) = 0, y(1) = 1, by cubic Hermite splines
// that satisfy the equation at two Gauss points of each interval. The equations are one function; which of them depends
// on which unknowns is traced, and its Jacobian takes a handful of evaluations whatever the number of intervals.
#include <cmath>
#include <heliotrope/heliotrope.hpp>
#include <iostream>
#include <vector>

constexpr int intervals = 20000;
constexpr double mu = 5.0, h = 1.0 / intervals;

/// x: y and y' at each node. Two equations an interval, and the ends.
struct Collocation {
  template <class T>
  void operator()(const T* x, T* r) const {
    using namespace heliotrope::math;
    for (int i = 0; i < intervals; ++i) {
      for (int g = 0; g < 2; ++g) {
        const double t = 0.5 + (g == 0 ? -0.5 : 0.5) / std::sqrt(3.0);
        const double a = 1 - t * t * (3 - 2 * t), b = t * (1 - t) * (1 - t), c = 1 - a, d = -t * t * (1 - t);
        const T y = a * x[2 * i] + c * x[2 * i + 2] + h * (b * x[2 * i + 1] + d * x[2 * i + 3]);
        const T second =
            (12 * t - 6) * (x[2 * i] - x[2 * i + 2]) + h * ((6 * t - 4) * x[2 * i + 1] + (6 * t - 2) * x[2 * i + 3]);
        r[2 * i + g] = second - h * h * mu * 0.5 * (exp(mu * y) - exp(-mu * y));
      }
    }
    r[2 * intervals] = x[0];
    r[2 * intervals + 1] = x[2 * intervals] - 1.0;
  }
};

int main() {
  std::vector<double> line;
  for (int i = 0; i <= intervals; ++i) line.insert(line.end(), {i * h, 1.0});
  heliotrope::Problem problem;
  const auto nodes = problem.add_variables<2>(line);
  problem.add_function(2 * intervals + 2, Collocation{}, nodes, {.name = "collocation"});
  const heliotrope::Summary summary = heliotrope::minimize(problem);

  const double start = problem.value(nodes[0])[1], end = problem.value(nodes[intervals])[1];
  std::cout << summary << summary.derivatives << "\ny'(0) = " << start << ", y'(1) = " << end << "\n";
  // y'^2 / 2 - cosh(mu y) is the same at both ends.
  const double drift = (end * end - start * start) / 2 - (std::cosh(mu) - 1.0);
  std::cout << "drift of the first integral " << drift << "\n";
  return summary.converged() && std::abs(drift) < 1e-6 ? 0 : 1;
}
