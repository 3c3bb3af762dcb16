// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/derive/gradient_check.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "heliotrope/error.hpp"

namespace heliotrope {

std::string to_string(const Disagreement& d) {
  char text[160];
  std::snprintf(text, sizeof text, "residual %lld, row %d, column %d: %.10g and %.10g agree to %.1f digits",
                static_cast<long long>(d.residual), d.row, d.column, d.a, d.b, d.digits);
  return text;
}

double agreeing_digits(double a, double b, double scale) {
  if (!std::isfinite(a) || !std::isfinite(b)) return 0.0;
  if (a == b) return 17.0;
  const double size = std::max({std::abs(a), std::abs(b), scale});
  return std::clamp(-std::log10(std::abs(a / size - b / size)), 0.0, 17.0);
}

std::vector<Disagreement> compare_jacobians(std::span<const double> a, std::span<const double> b, int rows, int columns,
                                            double digits, std::int64_t residual) {
  constexpr double small_beside_row = 1e-4;
  const auto size = static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns);
  if (a.size() != size || b.size() != size) {
    throw Error("compare_jacobians got " + std::to_string(a.size()) + " and " + std::to_string(b.size()) +
                " numbers; expected " + std::to_string(rows) + " x " + std::to_string(columns) + " of each");
  }
  std::vector<Disagreement> found;
  for (int i = 0; i < rows; ++i) {
    const auto first = static_cast<std::size_t>(i) * static_cast<std::size_t>(columns);
    double largest = 0.0;
    for (std::size_t j = first; j < first + static_cast<std::size_t>(columns); ++j) {
      for (double x : {a[j], b[j]}) largest = std::isfinite(x) ? std::max(largest, std::abs(x)) : largest;
    }
    for (int j = 0; j < columns; ++j) {
      const double x = a[first + static_cast<std::size_t>(j)], y = b[first + static_cast<std::size_t>(j)];
      const double agree = agreeing_digits(x, y, small_beside_row * largest);
      if (agree < digits) found.push_back({residual, i, j, x, y, agree});
    }
  }
  return found;
}

}  // namespace heliotrope
