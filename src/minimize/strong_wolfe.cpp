// SPDX-License-Identifier: Apache-2.0
// Bracketing and zooming [Nocedal2006, algorithms 3.5 and 3.6], with safeguarded cubic interpolation.
#include <algorithm>
#include <cmath>

#include "minimize/line_search.hpp"

namespace heliotrope::detail {

namespace {

// Chosen, not measured.
constexpr double expansion = 3.0;
constexpr double margin = 0.1;  // of the interval, kept at each end
constexpr double width_tolerance = 1e-15;
constexpr double value_rounding = 1e-15;

class StrongWolfe final : public LineSearch {
 public:
  explicit StrongWolfe(const LineSearchOptions& options) : mu_(options.sufficient_decrease), eta_(options.curvature) {}

  Result search(LineFunction& phi, double first_step) override {
    LinePoint before = phi.start();
    for (double step = first_step; !phi.exhausted();) {
      const LinePoint t = phi.at(step);
      if (!phi.decreases(t, mu_) || (t.value >= before.value && before.step > 0.0)) return zoom(phi, before, t);
      if (phi.is_flat(t, eta_)) return {t, true};
      if (t.slope >= 0.0) return zoom(phi, t, before);
      if (t.step >= phi.max_step()) return {t, true};  // f still falls at the bound
      if (t.step <= before.step) break;                // a wall
      before = t;
      step = expansion * t.step;
    }
    return {phi.best(), false};
  }

 private:
  /// low: the lowest of the steps so far that decrease enough; between it and high there are steps that satisfy both.
  Result zoom(LineFunction& phi, LinePoint low, LinePoint high) const {
    while (!phi.exhausted()) {
      const double width = high.step - low.step;
      if (std::abs(width) <= width_tolerance * std::max(low.step, high.step)) break;
      const double cubic = (cubic_minimizer(low, high) - low.step) / width;
      const double share = std::isfinite(cubic) ? std::clamp(cubic, margin, 1.0 - margin) : 0.5;
      const LinePoint t = phi.at(low.step + share * width);
      // Values that rounding cannot tell apart leave it to the slopes.
      if (!phi.decreases(t, mu_) || t.value > low.value + value_rounding * std::abs(low.value)) {
        high = t;
        continue;
      }
      if (phi.is_flat(t, eta_)) return {t, true};
      if (t.slope * width >= 0.0) high = low;
      low = t;
    }
    return {phi.best(), false};
  }

  double mu_, eta_;
};

}  // namespace

std::unique_ptr<LineSearch> make_strong_wolfe(const LineSearchOptions& options) {
  return std::make_unique<StrongWolfe>(options);
}

}  // namespace heliotrope::detail
