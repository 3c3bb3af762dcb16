// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>

#include "heliotrope/large_vector.hpp"

namespace heliotrope::detail {

inline constexpr double infinite = std::numeric_limits<double>::infinity();

/// lower <= x <= upper, infinite where there is no bound; empty: none at all.
struct Bounds {
  std::span<const double> lower, upper;

  bool empty() const { return lower.empty(); }
  double clamp(std::size_t j, double value) const { return std::min(std::max(value, lower[j]), upper[j]); }
  /// A value within the bounds; on one where it is so near that rounding may have kept it off.
  double snap(std::size_t j, double value) const {
    const double near = 4.0 * std::numeric_limits<double>::epsilon();
    if (value <= lower[j] + near * std::abs(lower[j])) return lower[j];
    return value >= upper[j] - near * std::abs(upper[j]) ? upper[j] : value;
  }
  /// Element j of P(x - g) - x, whose largest is 0 at a minimum and nowhere else.
  double projected(std::size_t j, double x, double g) const { return clamp(j, x - g) - x; }
};

}  // namespace heliotrope::detail
