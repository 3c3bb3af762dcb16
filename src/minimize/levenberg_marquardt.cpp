// SPDX-License-Identifier: Apache-2.0
// Levenberg-Marquardt [Marquardt1963; Madsen2004, 3.2] with Marquardt's scaling D = diag(J'J):
//
//     (J'J + lambda D) step = -g,    predicted decrease = 1/2 step'(lambda D step - g)
//
// nielsen:    gain > 0: lambda *= max(1/3, 1 - (2 gain - 1)^3), nu = 2;    else: lambda *= nu, nu *= 2
// classical:  gain > 0: lambda /= 10;    else: lambda *= 10
#include <algorithm>

#include "minimize/step_strategy.hpp"

namespace heliotrope::detail {

namespace {

class LevenbergMarquardt final : public StepStrategy {
 public:
  explicit LevenbergMarquardt(const MinimizeOptions& options)
      : policy_(options.damping), lambda_(options.initial_damping) {}

  bool propose(Workspace& w) override {
    used_ = lambda_;
    if (!w.solve(lambda_)) return false;
    w.try_step();
    return true;
  }
  double predicted_decrease(const Workspace& w) const override {
    return 0.5 * (used_ * w.scaled_square() - w.slope());
  }
  bool accepts(double gain_ratio) const override { return gain_ratio > least_gain; }

  void accepted(double gain_ratio) override {
    const double t = 2.0 * gain_ratio - 1.0;
    const double factor = policy_ == DampingPolicy::nielsen ? std::max(1.0 / 3.0, 1.0 - t * t * t) : 0.1;
    lambda_ = std::max(lambda_ * factor, least_damping);
    nu_ = 2.0;
  }
  void rejected() override {
    lambda_ = std::max(lambda_, least_damping) * (policy_ == DampingPolicy::nielsen ? nu_ : 10.0);
    nu_ *= 2.0;
  }
  double parameter() const override { return used_; }
  bool exhausted() const override { return lambda_ > most_damping; }

 private:
  static constexpr double least_gain = 1e-4;     // chosen, not measured
  static constexpr double least_damping = 1e-16; // under the rounding of J'J it changes nothing
  static constexpr double most_damping = 1e16;   // beyond it a step is under the rounding of x

  DampingPolicy policy_;
  double lambda_, used_ = 0.0;
  double nu_ = 2.0;
};

}  // namespace

std::unique_ptr<StepStrategy> make_levenberg_marquardt(const MinimizeOptions& options) {
  return std::make_unique<LevenbergMarquardt>(options);
}

}  // namespace heliotrope::detail
