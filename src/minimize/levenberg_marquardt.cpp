// SPDX-License-Identifier: Apache-2.0
// Levenberg-Marquardt [Marquardt1963; Madsen2004, 3.2] with Marquardt's scaling D = diag(J'J), which forgets slowly:
//
//     (J'J + lambda D) step = -g,    predicted decrease = 1/2 step'(lambda D step - g)
//
// How lambda changes, rho being the gain ratio:
//     fletcher    rho > 3/4: lambda / 5,  rho < 1/4: 3 lambda                      [Fletcher1971, thresholds]
//     nielsen     lambda max(1/3, 1 - (2 rho - 1)^3)                              [Nielsen1999]
//     classical   lambda / 10                                                     [Marquardt1963]
//     eager       lambda max(1/20, 1 - (2 rho - 1)^3), 1/3 after truncated steps
// and on rejection nu lambda with nu = 2, 4, 8, ... (classical: 10 lambda).
#include <algorithm>
#include <cmath>

#include "minimize/step_strategy.hpp"

namespace heliotrope::detail {

namespace {

constexpr double least_gain = 1e-4;      // chosen, not measured
constexpr double least_damping = 1e-16;  // under the rounding of J'J it changes nothing
constexpr double most_damping = 1e80;    // beyond it even columns of 1e-40 move by less than their rounding
constexpr double start_damping_limit = 1e8;

class LevenbergMarquardt final : public StepStrategy {
 public:
  void begin(const MinimizeOptions& options, const Model& model) override {
    *this = {};
    policy_ = options.damping;
    model_ = &model;
    accelerated_ = options.geodesic_acceleration;
    if (policy_ == DampingPolicy::automatic)
      policy_ = model.is_exact() ? DampingPolicy::fletcher : DampingPolicy::eager;
    least_ = std::max(least_damping, model.least_damping());
    lambda_ = std::max(options.initial_damping, least_);
  }

  bool propose(Workspace& w) override {
    used_ = lambda_;
    if (first_ && model_->is_exact() && w.low.empty()) w.stiffen_scale(lambda_);  // bounds shorten steps by themselves
    if (!w.solve(lambda_)) return false;
    if (first_ && !shorten_first_step(w)) return false;
    first_ = false;
    predicted_ = w.model->predicted_decrease(w, used_);
    holds_back_ = predicted_ > -0.75 * w.slope();  // half the slope without damping, all of it with nothing else
    if (accelerated_) w.accelerate();
    w.try_step();
    return true;
  }
  double predicted_decrease(const Workspace&) const override { return predicted_; }
  bool accepts(double gain_ratio) const override { return gain_ratio > least_gain; }

  void accepted(double rho) override {
    const double t = 2.0 * rho - 1.0;
    double factor = 0.1;
    if (policy_ == DampingPolicy::nielsen) factor = std::max(1.0 / 3.0, 1.0 - t * t * t);
    if (policy_ == DampingPolicy::fletcher) factor = rho > 0.75 ? 0.2 : rho < 0.25 ? 3.0 : 1.0;
    // On problem-49, -21, -16, sba-54, colmap-nami3 and a crowd of 700 cameras a least factor of 1/20 takes 32, 6, 6,
    // 5, 8, 8 iterations; 1/3 takes 33, 8, 6, 5, 10, 13; fletcher 31, 7, 6, 5, 15, 13.
    if (policy_ == DampingPolicy::eager) factor = std::max(model_->is_truncated() ? 1.0 / 3.0 : 0.05, 1.0 - t * t * t);
    lambda_ = std::max(lambda_ * factor, least_);
    nu_ = 2.0;
  }
  void rejected() override {
    lambda_ = std::max(lambda_, least_damping) * (policy_ == DampingPolicy::classical ? 10.0 : nu_);
    nu_ *= 2.0;
  }
  std::vector<double> save() const override { return {lambda_, used_, nu_, static_cast<double>(first_)}; }
  void restore(std::span<const double> saved) override { restore_numbers(saved, lambda_, used_, nu_, first_); }
  double next_damping() const override { return lambda_; }
  double parameter() const override { return used_; }
  bool holds_back() const override { return holds_back_; }
  bool exhausted() const override { return lambda_ > most_damping; }

 private:
  /// The first step is no longer than x itself, in the norm of D: a start far from the answer is not left for a
  /// plateau farther off [More1978, the initial bound with factor 1].
  bool shorten_first_step(Workspace& w) {
    const double size = w.scaled_size();
    while (size > 0.0 && std::sqrt(w.scaled_square_of_sized()) > size && lambda_ < start_damping_limit) {
      used_ = lambda_ *= 10.0;
      if (!w.solve(lambda_)) return false;
    }
    return true;
  }

  DampingPolicy policy_{};
  const Model* model_ = nullptr;
  double lambda_ = 0.0, used_ = 0.0, predicted_ = 0.0, least_ = least_damping;
  double nu_ = 2.0;
  bool first_ = true, accelerated_ = true, holds_back_ = false;
};

}  // namespace

std::unique_ptr<StepStrategy> make_levenberg_marquardt() { return std::make_unique<LevenbergMarquardt>(); }

}  // namespace heliotrope::detail
