// SPDX-License-Identifier: Apache-2.0
// The line search of [More1994]. An interval I with ends l (the lower value) and u is kept so that it holds steps which
// satisfy both conditions. In stage 1 it is updated by the auxiliary function
//
//     psi(a) = phi(a) - phi(0) - mu a phi'(0)
//
// until psi(a) <= 0 and phi'(a) >= 0; from then on (stage 2) by phi itself. Both are represented as LinePoints.
//
// Near a minimum values differ by rounding alone while slopes still tell. There the approximate conditions of
// [Hager2005, 1.7] stand for sufficient decrease, some times in a row.
#include <algorithm>
#include <cmath>
#include <limits>

#include "minimize/line_search.hpp"

namespace heliotrope::detail {

namespace {

// All five from [More1994, 4] and the authors' implementation.
constexpr double least_shrinkage = 0.66;  // of the interval in two trials, else it is bisected
constexpr double nearest_extrapolation = 1.1;
constexpr double farthest_extrapolation = 4.0;
constexpr double share_of_interval = 0.66;  // case 3: how near to u
constexpr double interval_tolerance = 1e-15;

// Chosen, not measured: what rounding may add to a value, and steps in a row that may end no lower than all before.
constexpr double level_tolerance = 1e-14;
constexpr int most_level_steps = 20;

struct Interval {
  LinePoint l, u;
  bool bracketed = false;
};

/// The minimiser of the cubic through p and q, for slopes at p; theta is scaled so that nothing overflows.
struct Cubic {
  double theta, gamma;
  Cubic(const LinePoint& p, const LinePoint& q, bool clip) {
    theta = 3.0 * (p.value - q.value) / (q.step - p.step) + p.slope + q.slope;
    const double s = std::max({std::abs(theta), std::abs(p.slope), std::abs(q.slope)});
    const double under_root = (theta / s) * (theta / s) - (p.slope / s) * (q.slope / s);
    gamma = s * std::sqrt(clip ? std::max(0.0, under_root) : under_root);
  }
};

/// Case 1, a higher value: the minimum is bracketed. The cubic's minimiser where it is nearer to l than the parabola's,
/// else the middle of both.
double step_to_higher(const LinePoint& l, const LinePoint& t) {
  Cubic c(l, t, false);
  const double gamma = t.step < l.step ? -c.gamma : c.gamma;
  const double r = (gamma - l.slope + c.theta) / (gamma - l.slope + gamma + t.slope);
  const double cubic = l.step + r * (t.step - l.step);
  const double parabola =
      l.step + l.slope / ((l.value - t.value) / (t.step - l.step) + l.slope) / 2.0 * (t.step - l.step);
  return std::abs(cubic - l.step) < std::abs(parabola - l.step) ? cubic : cubic + (parabola - cubic) / 2.0;
}

/// Case 2, slopes of opposite sign: bracketed. The cubic's minimiser or the secant's, whichever is farther from t.
double step_to_opposite(const LinePoint& l, const LinePoint& t) {
  Cubic c(l, t, false);
  const double gamma = t.step > l.step ? -c.gamma : c.gamma;
  const double r = (gamma - t.slope + c.theta) / (gamma - t.slope + gamma + l.slope);
  const double cubic = t.step + r * (l.step - t.step);
  const double secant = t.step + t.slope / (t.slope - l.slope) * (l.step - t.step);
  return std::abs(cubic - t.step) > std::abs(secant - t.step) ? cubic : secant;
}

/// Case 3, a lower slope of the same sign: the cubic may have no minimiser beyond t.
double step_to_flatter(const Interval& I, const LinePoint& t, double least, double most) {
  const LinePoint& l = I.l;
  Cubic c(l, t, true);
  const double gamma = t.step > l.step ? -c.gamma : c.gamma;
  const double r = (gamma - t.slope + c.theta) / (gamma + (l.slope - t.slope) + gamma);
  const double cubic = r < 0.0 && gamma != 0.0 ? t.step + r * (l.step - t.step) : t.step > l.step ? most : least;
  const double secant = t.step + t.slope / (t.slope - l.slope) * (l.step - t.step);
  const bool cubic_is_nearer = std::abs(cubic - t.step) < std::abs(secant - t.step);
  if (!I.bracketed) return std::clamp(cubic_is_nearer ? secant : cubic, least, most);
  const double step = cubic_is_nearer ? cubic : secant;
  const double limit = t.step + share_of_interval * (I.u.step - t.step);
  return t.step > l.step ? std::min(limit, step) : std::max(limit, step);
}

/// Case 4, a slope of the same sign that is not lower.
double step_to_steeper(const Interval& I, const LinePoint& t, double least, double most) {
  if (!I.bracketed) return t.step > I.l.step ? most : least;
  Cubic c(t, I.u, false);
  const double gamma = t.step > I.u.step ? -c.gamma : c.gamma;
  const double r = (gamma - t.slope + c.theta) / (gamma - t.slope + gamma + I.u.slope);
  return t.step + r * (I.u.step - t.step);
}

/// The next trial step and the updated interval, from the trial point t [More1994, 4].
double next_step(Interval& I, const LinePoint& t, double least, double most) {
  const bool opposite = t.slope * std::copysign(1.0, I.l.slope) < 0.0;
  double step;
  if (t.value > I.l.value) {
    step = step_to_higher(I.l, t);
    I.bracketed = true;
  } else if (opposite) {
    step = step_to_opposite(I.l, t);
    I.bracketed = true;
  } else if (std::abs(t.slope) < std::abs(I.l.slope)) {
    step = step_to_flatter(I, t, least, most);
  } else {
    step = step_to_steeper(I, t, least, most);
  }
  if (t.value > I.l.value) {
    I.u = t;
  } else {
    if (opposite) I.u = I.l;
    I.l = t;
  }
  return step;
}

class MoreThuente final : public LineSearch {
 public:
  explicit MoreThuente(const LineSearchOptions& options) : mu_(options.sufficient_decrease), eta_(options.curvature) {}

  void begin() override {
    lowest_ = std::numeric_limits<double>::infinity();
    level_steps_ = 0;
  }

  Result search(LineFunction& phi, double first_step) override {
    const LinePoint start = phi.start();
    level_steps_ = start.value < lowest_ ? 0 : level_steps_ + 1;
    lowest_ = std::min(lowest_, start.value);
    const double tilt = mu_ * start.slope;  // psi' = phi' - tilt
    const auto tilted = [&](const LinePoint& p, double sign) {
      return LinePoint{p.step, p.value - sign * p.step * tilt, p.slope - sign * tilt};
    };
    Interval I{start, start, false};
    bool stage_1 = true;
    double step = std::min(first_step, phi.max_step());
    double least = 0.0, most = step + farthest_extrapolation * step;
    double width = std::numeric_limits<double>::infinity(), width_before = width;

    while (!phi.exhausted()) {
      const LinePoint t = phi.at(step);
      const bool decreases = phi.decreases(t, mu_);
      if ((decreases || is_level(start, t)) && phi.is_flat(t, eta_)) return {t, true};
      if (decreases && t.step >= phi.max_step() && t.slope <= tilt) return {t, true};  // f still falls at the bound
      if (I.bracketed && (t.step <= least || t.step >= most || most - least <= interval_tolerance * most)) break;
      if (stage_1 && decreases && t.slope >= 0.0) stage_1 = false;

      if (stage_1 && t.value <= I.l.value && !decreases) {
        Interval J{tilted(I.l, 1.0), tilted(I.u, 1.0), I.bracketed};
        step = next_step(J, tilted(t, 1.0), least, most);
        I = {tilted(J.l, -1.0), tilted(J.u, -1.0), J.bracketed};
      } else {
        step = next_step(I, t, least, most);
      }

      if (I.bracketed) {
        if (std::abs(I.u.step - I.l.step) >= least_shrinkage * width_before)
          step = I.l.step + 0.5 * (I.u.step - I.l.step);
        width_before = width;
        width = std::abs(I.u.step - I.l.step);
        least = std::min(I.l.step, I.u.step);
        most = std::max(I.l.step, I.u.step);
      } else {
        least = step + nearest_extrapolation * (step - I.l.step);
        most = step + farthest_extrapolation * (step - I.l.step);
      }
      step = std::clamp(step, 0.0, phi.max_step());
      if (I.bracketed && (step <= least || step >= most || most - least <= interval_tolerance * most)) break;
    }
    return {phi.best(), false};
  }

 private:
  bool is_level(const LinePoint& start, const LinePoint& t) const {
    return level_steps_ < most_level_steps &&
           std::abs(t.value - start.value) <= level_tolerance * std::abs(start.value) &&
           t.slope <= (2.0 * mu_ - 1.0) * start.slope;
  }

  double mu_, eta_;
  double lowest_ = std::numeric_limits<double>::infinity();  // value at which a search began
  int level_steps_ = 0;                                      // in a row that began no lower
};

}  // namespace

std::unique_ptr<LineSearch> make_more_thuente(const LineSearchOptions& options) {
  return std::make_unique<MoreThuente>(options);
}

}  // namespace heliotrope::detail
