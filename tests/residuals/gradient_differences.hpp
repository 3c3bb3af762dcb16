// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "catch.hpp"
#include "heliotrope/residuals/test_functions.hpp"

namespace heliotrope_test {

/// Checks f's gradient at x against central differences, relative to the entry and to the largest one.
inline void check_gradient(const heliotrope::TestFunction& f, std::vector<double> x) {
  std::vector<double> gradient(x.size());
  f(x, gradient);
  double largest = 0.0;
  for (const double each : gradient) largest = std::max(largest, std::abs(each));
  for (std::size_t j = 0; j < x.size(); ++j) {
    const double at = x[j], step = 1e-5 * std::max(1.0, std::abs(at));
    x[j] = at + step;
    const double above = f(x, {});
    x[j] = at - step;
    const double below = f(x, {});
    x[j] = at;
    INFO(f.name << ", n = " << x.size() << ", variable " << j);
    CHECK(gradient[j] == Approx((above - below) / (2.0 * step)).epsilon(1e-5).margin(1e-5 * largest));
  }
}

}  // namespace heliotrope_test
