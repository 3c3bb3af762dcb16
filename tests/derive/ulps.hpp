// SPDX-License-Identifier: Apache-2.0
// Distance between a computed double and the true value, in units in the last place.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

namespace heliotrope_test {

/// |got - truth| in ulp of the truth rounded to double; 0 if both are NaN or the same infinity; infinite if only one
/// is, or if both are zeros of different signs.
inline double ulps(double got, long double truth) {
  constexpr double wrong = std::numeric_limits<double>::infinity();
  const double rounded = static_cast<double>(truth);
  if (std::isnan(rounded) || std::isnan(got)) return std::isnan(rounded) && std::isnan(got) ? 0.0 : wrong;
  if (std::isinf(rounded) || std::isinf(got)) return rounded == got ? 0.0 : wrong;
  if (got == 0 && rounded == 0) return std::signbit(got) == std::signbit(rounded) ? 0.0 : wrong;
  const int exponent = rounded == 0 ? -1022 : std::max(std::ilogb(rounded), -1022);
  return static_cast<double>(std::fabs(static_cast<long double>(got) - truth) / std::ldexp(1.0L, exponent - 52));
}

}  // namespace heliotrope_test
