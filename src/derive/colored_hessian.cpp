// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/derive/colored_hessian.hpp"

#include <cmath>

#include "heliotrope/derive/difference_steps.hpp"

namespace heliotrope {

ColoredHessian::ColoredHessian(const SparsityPattern& pattern, const Coloring& coloring, const HessianOptions& options)
    : recovery_(pattern, coloring), pattern_(pattern), colors_(coloring.colors), options_(options) {
  const auto n = static_cast<std::size_t>(pattern.num_rows);
  for (const std::vector<double>* array : {&options.typical, &options.lower, &options.upper}) {
    if (!array->empty() && array->size() != n) {
      throw Error("HessianOptions has an array of " + std::to_string(array->size()) + " numbers; expected none or " +
                  std::to_string(n));
    }
  }
  products_.resize(n * static_cast<std::size_t>(coloring.num_colors));
  moved_.resize(n);
  back_.resize(n);
  ahead_.resize(n);
  behind_.resize(n);
}

void ColoredHessian::place(std::span<const double> x) {
  constexpr double near_a_bound = 0.125;  // of a step; chosen, not measured
  const double own = options_.central ? 6.0554544523933429e-06 : 1.4901161193847656e-08;
  const double step = options_.relative_step > 0.0 ? options_.relative_step : own;
  for (std::size_t j = 0; j < x.size(); ++j) {
    const double low = options_.lower.empty() ? -HUGE_VAL : options_.lower[j];
    const double high = options_.upper.empty() ? HUGE_VAL : options_.upper[j];
    if (!(std::isfinite(x[j]) && low <= x[j] && x[j] <= high)) {
      throw Error("x[" + std::to_string(j) + "] is " + std::to_string(x[j]) + "; expected a finite number within [" +
                  std::to_string(low) + ", " + std::to_string(high) + "]");
    }
    const double h =
        step * (options_.typical.empty() ? typical_size(x[j]) : std::max(std::abs(x[j]), options_.typical[j]));
    const double up = std::min(h, high - x[j]), down = std::min(h, x[j] - low);
    double ahead = up >= down ? up : -down, behind = 0.0;
    if (options_.central && std::min(up, down) >= near_a_bound * h) {
      ahead = std::min(up, down);
      behind = -ahead;
    }
    const auto offset = [&](double d) {  // as x + d will be
      double taken = std::clamp(x[j] + d, low, high) - x[j];
      if (x[j] + taken > high || x[j] + taken < low) taken = std::nextafter(taken, 0.0);
      return taken;
    };
    ahead_[j] = offset(ahead);
    behind_[j] = offset(behind);
  }
}

std::int64_t ColoredHessian::estimate(Gradient g, std::span<const double> x, std::span<const double> g_at_x,
                                      std::span<double> values) {
  const std::size_t n = static_cast<std::size_t>(recovery_.size());
  if (x.size() != n || g_at_x.size() != n) {
    throw Error("ColoredHessian got " + std::to_string(x.size()) + " variables and a gradient of " +
                std::to_string(g_at_x.size()) + "; expected " + std::to_string(n));
  }
  place(x);
  const auto move = [&](int color, const LargeVector<double>& offsets) {
    for (std::size_t j = 0; j < n; ++j) moved_[j] = colors_[j] == color ? x[j] + offsets[j] : x[j];
  };
  for (int color = 0; color < recovery_.num_colors(); ++color) {
    const std::span<double> product(&products_[static_cast<std::size_t>(color) * n], n);
    move(color, ahead_);
    g(moved_, product);
    const double* from = g_at_x.data();
    if (options_.central) {
      move(color, behind_);
      g(moved_, back_);
      from = back_.data();
    }
    for (std::size_t i = 0; i < n; ++i) product[i] = (product[i] - from[i]) * (ahead_[i] - behind_[i]);
  }
  recovery_.recover(products_, values);

  std::int64_t stuck = 0;
  for (std::size_t j = 0; j < n; ++j) stuck += ahead_[j] == behind_[j];
  for (std::int64_t i = 0; i < pattern_.num_rows; ++i) {
    const double here = ahead_[i] - behind_[i];
    for (std::int64_t k = pattern_.row_begin[i]; k < pattern_.row_begin[i + 1]; ++k) {
      const std::int32_t j = pattern_.columns[k];
      const double scale = here * (ahead_[j] - behind_[j]);
      values[k] = scale != 0.0 ? values[k] / scale : 0.0;
    }
  }
  return stuck;
}

}  // namespace heliotrope
