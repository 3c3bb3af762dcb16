// SPDX-License-Identifier: Apache-2.0
#include "minimize/line_search.hpp"

namespace heliotrope::detail {

namespace {

/// Where to try next between the longest step that was finite and the shortest that was not; chosen, not measured.
constexpr double retreat = 0.3;
/// Relative rise that rounding cannot explain; chosen, not measured.
constexpr double significant_rise = 1e-12;
/// Shares of the start's slope that a slope must keep, and that a rise must have, to contradict each other; likewise.
constexpr double kept_slope = 0.5, contradicting_rise = 0.1;

}  // namespace

LinePoint LineFunction::at(double step) {
  step = std::min(step, max_step_);
  if (step >= wall_) step = inside_ + retreat * (wall_ - inside_);
  for (;;) {
    const LinePoint p = evaluate_(step);
    last_ = p;
    ++evaluations_;
    if (std::isfinite(p.value) && std::isfinite(p.slope)) {
      if (step < wall_) inside_ = std::max(inside_, step);
      if (p.value < best_.value) best_ = p;
      const double rounding = significant_rise * std::max(std::abs(p.value), std::abs(start_.value));
      if (p.value > start_.value + rounding && (rise_.step == 0.0 || step < rise_.step)) rise_ = p;
      return p;
    }
    wall_ = step;
    if (inside_ >= wall_) inside_ = 0.0;
    if (exhausted()) return {step, std::numeric_limits<double>::infinity(), 0.0};
    step = inside_ + retreat * (wall_ - inside_);
  }
}

bool LineFunction::contradicted() const {
  return rise_.step > 0.0 && rise_.slope <= kept_slope * start_.slope &&
         rise_.value - start_.value >= -contradicting_rise * rise_.step * start_.slope;
}

double cubic_minimizer(const LinePoint& a, const LinePoint& b) {
  // [Nocedal2006, 3.59]
  const double d1 = a.slope + b.slope - 3.0 * (a.value - b.value) / (a.step - b.step);
  const double under_root = d1 * d1 - a.slope * b.slope;
  if (!(under_root >= 0.0)) return std::numeric_limits<double>::quiet_NaN();
  const double d2 = std::copysign(std::sqrt(under_root), b.step - a.step);
  return b.step - (b.step - a.step) * (b.slope + d2 - d1) / (b.slope - a.slope + 2.0 * d2);
}

double quadratic_minimizer(const LinePoint& a, const LinePoint& b) {
  const double length = b.step - a.step;
  return a.step - 0.5 * a.slope * length * length / (b.value - a.value - a.slope * length);
}

}  // namespace heliotrope::detail
