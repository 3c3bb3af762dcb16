// SPDX-License-Identifier: Apache-2.0
// The six functions of one variable that [More1994, 5] tests line searches on, with its tables.
#pragma once

#include <cmath>
#include <vector>

#include "minimize/line_search.hpp"

namespace heliotrope_test {

using heliotrope::detail::LinePoint;

/// (5.1) -a / (a^2 + b), b = 2
inline LinePoint concave_beyond(double a) {
  const double d = a * a + 2.0;
  return {a, -a / d, (a * a - 2.0) / (d * d)};
}
/// (5.2) (a + b)^5 - 2 (a + b)^4, b = 0.004
inline LinePoint quintic(double a) {
  const double u = a + 0.004;
  return {a, std::pow(u, 5) - 2.0 * std::pow(u, 4), 5.0 * std::pow(u, 4) - 8.0 * std::pow(u, 3)};
}
/// (5.3) a rounded kink at 1 with oscillations: b = 0.01, l = 39
inline LinePoint oscillating(double a) {
  constexpr double b = 0.01, l = 39.0, pi = 3.141592653589793;
  const double kink = a <= 1.0 - b ? 1.0 - a : a >= 1.0 + b ? a - 1.0 : (a - 1.0) * (a - 1.0) / (2.0 * b) + 0.5 * b;
  const double slope = a <= 1.0 - b ? -1.0 : a >= 1.0 + b ? 1.0 : (a - 1.0) / b;
  return {a, kink + 2.0 * (1.0 - b) / (l * pi) * std::sin(0.5 * l * pi * a),
          slope + (1.0 - b) * std::cos(0.5 * l * pi * a)};
}
/// (5.4) c(b1) ((1 - a)^2 + b2^2)^(1/2) + c(b2) (a^2 + b1^2)^(1/2), c(b) = (1 + b^2)^(1/2) - b
template <int B1, int B2>  // thousandths
LinePoint valley(double a) {
  constexpr double b1 = 0.001 * B1, b2 = 0.001 * B2;
  const double c1 = std::sqrt(1.0 + b1 * b1) - b1, c2 = std::sqrt(1.0 + b2 * b2) - b2;
  const double u = std::sqrt((1.0 - a) * (1.0 - a) + b2 * b2), v = std::sqrt(a * a + b1 * b1);
  return {a, c1 * u + c2 * v, c1 * (a - 1.0) / u + c2 * a / v};
}

/// One of the paper's tables I to VI: from first steps 1e-3, 1e-1, 1e1 and 1e3 the evaluations m and the step found.
struct LineTable {
  LinePoint (*phi)(double);
  double mu, eta;
  int evaluations[4];
  double steps[4];
};
inline constexpr double first_steps[4] = {1e-3, 1e-1, 1e1, 1e3};
inline const std::vector<LineTable>& line_tables() {
  static const std::vector<LineTable> tables = {{concave_beyond, 1e-3, 1e-1, {6, 3, 1, 4}, {1.4, 1.4, 10.0, 37.0}},
                                                {quintic, 1e-1, 1e-1, {12, 8, 8, 11}, {1.6, 1.6, 1.6, 1.6}},
                                                {oscillating, 1e-1, 1e-1, {12, 12, 10, 13}, {1.0, 1.0, 1.0, 1.0}},
                                                {valley<1, 1>, 1e-3, 1e-3, {4, 1, 3, 4}, {0.08, 0.10, 0.35, 0.83}},
                                                {valley<10, 1>, 1e-3, 1e-3, {6, 3, 7, 8}, {0.075, 0.078, 0.073, 0.076}},
                                                {valley<1, 10>, 1e-3, 1e-3, {13, 11, 8, 11}, {0.93, 0.93, 0.92, 0.92}}};
  return tables;
}

}  // namespace heliotrope_test
