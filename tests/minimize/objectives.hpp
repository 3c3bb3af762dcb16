// SPDX-License-Identifier: Apache-2.0
// Objectives of any size for tests, with analytic gradients.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstring>
#include <limits>
#include <span>
#include <vector>

namespace heliotrope_test {

/// sum 100 (x_(2i) - x_(2i-1)^2)^2 + (1 - x_(2i-1))^2
inline double rosenbrock(std::span<const double> x, std::span<double> gradient) {
  double value = 0.0;
  for (std::size_t j = 0; j + 1 < x.size(); j += 2) {
    const double u = x[j + 1] - x[j] * x[j], v = 1.0 - x[j];
    value += 100.0 * u * u + v * v;
    if (gradient.empty()) continue;
    gradient[j] = -400.0 * u * x[j] - 2.0 * v;
    gradient[j + 1] = 200.0 * u;
  }
  return value;
}

inline std::vector<double> rosenbrock_start(std::size_t n) {
  std::vector<double> x(n);
  for (std::size_t j = 0; j < n; ++j) x[j] = j % 2 == 0 ? -1.2 : 1.0;
  return x;
}

/// 1/2 x'A x - b'x with A = diag(1, 2, .., n) plus a band of -1/4, b = (1, .., 1).
inline double banded_quadratic(std::span<const double> x, std::span<double> gradient) {
  const std::size_t n = x.size();
  double value = 0.0;
  for (std::size_t j = 0; j < n; ++j) {
    double ax = static_cast<double>(j + 1) * x[j];
    if (j > 0) ax -= 0.25 * x[j - 1];
    if (j + 1 < n) ax -= 0.25 * x[j + 1];
    value += 0.5 * x[j] * ax - x[j];
    if (!gradient.empty()) gradient[j] = ax - 1.0;
  }
  return value;
}

inline constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

/// -log x - 3 log(1 - x): finite within (0, 1) only, minimum at a quarter.
struct Barrier {
  double outside = not_a_number;
  bool only_gradient = false;
  double operator()(std::span<const double> x, std::span<double> gradient) const {
    double value = 0.0;
    for (std::size_t j = 0; j < x.size(); ++j) {
      const bool inside = x[j] > 0.0 && x[j] < 1.0;
      value += inside ? -std::log(x[j]) - 3.0 * std::log(1.0 - x[j]) : only_gradient ? 0.0 : outside;
      if (!gradient.empty()) gradient[j] = inside ? -1.0 / x[j] + 3.0 / (1.0 - x[j]) : outside;
    }
    return value;
  }
};

inline bool same_bits(const std::vector<double>& a, const std::vector<double>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0;
}

}  // namespace heliotrope_test
