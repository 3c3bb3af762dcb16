// SPDX-License-Identifier: Apache-2.0
// The line search of [Hager2005, 4]. An interval [a, b] is kept with phi'(a) < 0, phi(a) <= phi(0) + e and phi'(b) >=
// 0, where e = 1e-6 |phi(0)| allows for rounding: near a minimum slopes are known to more digits than values. It ends
// at
//
//     T1   phi(c) <= phi(0) + mu c phi'(0)  and  phi'(c) >= eta phi'(0)                  (Wolfe)
//     T2   phi(c) <= phi(0) + e  and  (2 mu - 1) phi'(0) >= phi'(c) >= eta phi'(0)        (approximate Wolfe)
#include <cmath>

#include "minimize/line_search.hpp"

namespace heliotrope::detail {

namespace {

// [Hager2005, 5]
constexpr double allowed_rise = 1e-6;
constexpr double split = 0.5;       // theta: where U3 divides
constexpr double shrinkage = 0.66;  // gamma: of the interval in one pass, else it is bisected
constexpr double growth = 5.0;      // rho: of the step while nothing is bracketed

class HagerZhangSearch final : public LineSearch {
 public:
  explicit HagerZhangSearch(const LineSearchOptions& options)
      : mu_(options.sufficient_decrease), eta_(options.curvature) {}

  Result search(LineFunction& phi, double first_step) override {
    phi_ = &phi;
    done_ = false;
    highest_ = phi.start().value + allowed_rise * std::abs(phi.start().value);
    LinePoint a = phi.start(), b = a;
    if (!bracket(first_step, a, b)) return {done_ ? found_ : phi.best(), done_};
    while (!stopped() && b.step - a.step > 0.0) {
      const double width = b.step - a.step;
      secant_twice(a, b);
      if (!stopped() && b.step - a.step > shrinkage * width) update(a, b, 0.5 * (a.step + b.step));
      if (!(b.step - a.step < width)) break;  // rounding: the interval no longer shrinks
    }
    return {done_ ? found_ : phi.best(), done_};
  }

 private:
  bool stopped() const { return done_ || phi_->exhausted(); }

  LinePoint at(double step) {
    const LinePoint c = phi_->at(step);
    const double slope = phi_->start().slope;
    const bool flat_enough = c.slope >= eta_ * slope;
    const bool wolfe = phi_->decreases(c, mu_) && flat_enough;
    const bool approximate = c.value <= highest_ && (2.0 * mu_ - 1.0) * slope >= c.slope && flat_enough;
    const bool at_bound = c.step >= phi_->max_step() && c.slope < 0.0 && phi_->decreases(c, mu_);
    if (wolfe || approximate || at_bound) {
      done_ = true;
      found_ = c;
    }
    return c;
  }

  /// B0-B3. False: ended on the way.
  bool bracket(double step, LinePoint& a, LinePoint& b) {
    while (!phi_->exhausted()) {
      const LinePoint c = at(step);
      if (done_) return false;
      if (c.slope >= 0.0) {
        b = c;
        return true;
      }
      if (c.value > highest_) {
        b = c;
        halve(a, b);
        return !stopped();
      }
      if (c.step >= phi_->max_step()) return false;
      a = c;
      step = growth * c.step;
    }
    return false;
  }

  /// U3: phi'(b) < 0 and phi(b) > phi(0) + e. Shrinks [a, b] until phi'(b) >= 0.
  void halve(LinePoint& a, LinePoint& b) {
    while (!stopped()) {
      const LinePoint d = at((1.0 - split) * a.step + split * b.step);
      if (done_) return;
      if (d.slope >= 0.0) {
        b = d;
        return;
      }
      (d.value <= highest_ ? a : b) = d;
      if (!(b.step > a.step)) return;
    }
  }

  /// U0-U3. Returns which end c became: -1 the left, 1 the right, 0 neither.
  int update(LinePoint& a, LinePoint& b, double step) {
    if (!(step > a.step && step < b.step)) return 0;
    const LinePoint c = at(step);
    if (done_ || !(c.step > a.step && c.step < b.step)) return 0;
    if (c.slope >= 0.0) {
      b = c;
      return 1;
    }
    if (c.value <= highest_) {
      a = c;
      return -1;
    }
    b = c;
    halve(a, b);
    return 0;
  }

  static double secant(const LinePoint& p, const LinePoint& q) {
    return (p.step * q.slope - q.step * p.slope) / (q.slope - p.slope);
  }

  /// S1-S4
  void secant_twice(LinePoint& a, LinePoint& b) {
    const LinePoint left = a, right = b;
    const int became = update(a, b, secant(a, b));
    if (stopped() || became == 0) return;
    update(a, b, became > 0 ? secant(right, b) : secant(left, a));
  }

  double mu_, eta_, highest_ = 0.0;
  LineFunction* phi_ = nullptr;
  LinePoint found_;
  bool done_ = false;
};

}  // namespace

std::unique_ptr<LineSearch> make_hager_zhang_search(const LineSearchOptions& options) {
  return std::make_unique<HagerZhangSearch>(options);
}

}  // namespace heliotrope::detail
