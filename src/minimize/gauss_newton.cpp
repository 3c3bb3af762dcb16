// SPDX-License-Identifier: Apache-2.0
// Gauss-Newton globalised by a backtracking line search [Nocedal2006, 3.1 and 10.3]:
//
//     J'J step = -g,    accept x + alpha step where F(x) - F(x + alpha step) >= 1e-4 alpha (-g'step)
//
// After a rejection alpha is the minimiser of the parabola through F(x), its slope and F(x + alpha step), kept within
// [0.1, 0.5] of the last. Where J'J is not definite the least relative damping of 1e-12, 1e-9, ... that makes it so is
// used.
#include <algorithm>
#include <cmath>

#include "minimize/step_strategy.hpp"

namespace heliotrope::detail {

namespace {

class GaussNewton final : public StepStrategy {
 public:
  void begin(const MinimizeOptions&, const Model&) override { *this = {}; }
  bool propose(Workspace& w) override {
    if (fresh_) {
      if (!direction(w)) return false;
      fresh_ = false;
      alpha_ = 1.0;
    } else {
      alpha_ *= shrink_;
    }
    slope_ = w.slope();
    const double cost = w.try_step(alpha_);
    const double curvature = (cost - w.cost - alpha_ * slope_) / (alpha_ * alpha_);
    const double best = std::isfinite(cost) && curvature > 0.0 ? -slope_ / (2.0 * curvature) / alpha_ : 0.1;
    shrink_ = std::clamp(best, 0.1, 0.5);
    return true;
  }
  /// Along alpha the model falls by -g'step (alpha - alpha^2 / 2); the Armijo rule compares with alpha alone.
  double predicted_decrease(const Workspace&) const override { return -alpha_ * slope_; }
  bool accepts(double gain_ratio) const override { return gain_ratio > 1e-4; }
  void accepted(double) override { fresh_ = true; }
  void rejected() override {}
  void interrupted() override { fresh_ = true; }
  std::vector<double> save() const override { return {static_cast<double>(fresh_), alpha_, shrink_, slope_}; }
  void restore(std::span<const double> saved) override { restore_numbers(saved, fresh_, alpha_, shrink_, slope_); }
  double next_damping() const override { return 0.0; }
  double parameter() const override { return alpha_; }
  bool exhausted() const override { return failed_ || alpha_ < 1e-12; }

 private:
  bool direction(Workspace& w) {
    for (double lambda = 0.0; lambda < 1.0; lambda = lambda == 0.0 ? 1e-12 : lambda * 1e3) {
      if (w.solve(lambda) && w.slope() <= 0.0) return true;
    }
    failed_ = true;
    return false;
  }

  bool fresh_ = true, failed_ = false;
  double alpha_ = 1.0, shrink_ = 0.5, slope_ = 0.0;
};

}  // namespace

std::unique_ptr<StepStrategy> make_gauss_newton() { return std::make_unique<GaussNewton>(); }

}  // namespace heliotrope::detail
