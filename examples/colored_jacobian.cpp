// SPDX-License-Identifier: Apache-2.0
// Newton's method on a nonlinear boundary-value problem that is a black box: u'' = exp(u) on (0, 1), u(0) = u(1) = 0.
// The Jacobian of 100,000 unknowns takes three evaluations.
#include <algorithm>
#include <cmath>
#include <heliotrope/derive/colored_jacobian.hpp>
#include <iostream>
#include <span>
#include <vector>

constexpr int n = 100000;
constexpr double h = 1.0 / (n + 1);

void residuals(std::span<const double> u, std::span<double> r) {
  for (int i = 0; i < n; ++i) {
    r[i] = (i > 0 ? u[i - 1] : 0.0) - 2.0 * u[i] + (i + 1 < n ? u[i + 1] : 0.0) - h * h * std::exp(u[i]);
  }
}

int main() {
  heliotrope::SparsityPattern pattern;  // row i has columns i - 1, i, i + 1
  pattern.num_rows = pattern.num_columns = n;
  heliotrope::Coloring coloring{{}, 3};
  for (int i = 0; i < n; ++i) {
    for (int j = std::max(0, i - 1); j <= std::min(n - 1, i + 1); ++j) pattern.columns.push_back(j);
    pattern.row_begin.push_back(pattern.num_entries());
    coloring.colors.push_back(i % 3);
  }
  heliotrope::DifferenceOptions options;
  options.method = heliotrope::DifferenceMethod::central;
  heliotrope::ColoredDifferences differences(pattern, coloring, options);

  std::vector<double> u(n), r(n), values(pattern.columns.size()), step(n), above(n);
  for (int iteration = 0; iteration < 8; ++iteration) {
    residuals(u, r);
    differences.estimate(residuals, u, r, values);  // by columns: values of (i - 1, i), (i, i), (i + 1, i)
    // Thomas' elimination: column i has its diagonal at 3 i, the entry of row i + 1 after it.
    for (int i = 0; i < n; ++i) {
      const double below = i > 0 ? values[3 * i - 2] : 0.0;
      const double pivot = values[3 * i] - (i > 0 ? below * above[i - 1] : 0.0);
      above[i] = i + 1 < n ? values[3 * i + 2] / pivot : 0.0;
      step[i] = (-r[i] - (i > 0 ? below * step[i - 1] : 0.0)) / pivot;
    }
    double largest = 0.0;
    for (int i = n - 1; i >= 0; --i) {
      if (i + 1 < n) step[i] -= above[i] * step[i + 1];
      u[i] += step[i];
      largest = std::max(largest, std::abs(step[i]));
    }
    std::cout << "largest step " << largest << '\n';
    if (largest < 1e-8) {
      std::cout << "converged: u(1/2) = " << u[n / 2] << '\n';
      return 0;
    }
  }
  return 1;
}
