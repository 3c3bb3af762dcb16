// SPDX-License-Identifier: Apache-2.0
// The first step is shortened until phi(a) <= reference + mu a phi'(0), by the minimiser of the parabola through
// phi(0), phi'(0) and phi(a) [Dennis1996, 6.3.1]. The reference is phi(0), or the highest of the last values
// [Grippo1986].
#include <algorithm>
#include <cmath>
#include <vector>

#include "minimize/line_search.hpp"

namespace heliotrope::detail {

namespace {

// [Dennis1996, A6.3.1]
constexpr double least_factor = 0.1, most_factor = 0.5;
constexpr double least_step = 1e-20;  // relative to the first; beyond it nothing moves

class Backtracking final : public LineSearch {
 public:
  Backtracking(const LineSearchOptions& options, int window)
      : mu_(options.sufficient_decrease), values_(static_cast<std::size_t>(window)) {}

  void begin() override { count_ = 0; }

  Result search(LineFunction& phi, double first_step) override {
    values_[count_++ % values_.size()] = phi.start().value;
    const auto used = static_cast<std::ptrdiff_t>(std::min(count_, values_.size()));
    const double reference = *std::max_element(values_.begin(), values_.begin() + used);
    for (double step = first_step; !phi.exhausted() && step > least_step * first_step;) {
      const LinePoint t = phi.at(step);
      if (t.value <= reference + mu_ * t.step * phi.start().slope) return {t, true};
      const double factor = quadratic_minimizer(phi.start(), t) / t.step;
      step = t.step * (std::isfinite(factor) ? std::clamp(factor, least_factor, most_factor) : most_factor);
    }
    return {phi.best(), false};
  }

 private:
  double mu_;
  std::vector<double> values_;
  std::size_t count_ = 0;
};

class FixedStep final : public LineSearch {
 public:
  Result search(LineFunction& phi, double first_step) override {
    const LinePoint t = phi.at(first_step);
    return {t, std::isfinite(t.value)};
  }
};

}  // namespace

std::unique_ptr<LineSearch> make_backtracking(const LineSearchOptions& options, int window) {
  return std::make_unique<Backtracking>(options, window);
}

std::unique_ptr<LineSearch> make_fixed_step() { return std::make_unique<FixedStep>(); }

}  // namespace heliotrope::detail
