// SPDX-License-Identifier: Apache-2.0
// Steepest descent, d = -g, with a fixed step, a search that begins where the last one led, or the spectral step of
// [Barzilai1988]: the inverse of a Rayleigh quotient of the mean Hessian along the last step, with s = step d and y = g
// - g_old
//
//     a = s's / s'y
#include <algorithm>

#include "minimize/direction.hpp"

namespace heliotrope::detail {

namespace {

constexpr double default_factor = 1e-3;  // chosen, not measured
// [Raydan1997, 3]
constexpr double least_first_step = 1e-10, most_first_step = 1e10;

class GradientDescent final : public Direction {
 public:
  GradientDescent(double factor, bool fixed) : factor_(factor), fixed_(fixed) {}
  void propose(Iterates& at) override { propose_steepest(at); }
  /// As much first-order change as the last step brought [Nocedal2006, 3.5].
  double first_step(const Iterates& at) const override {
    return fixed_ || at.pairs() == 0 ? factor_ : at.step(0) * at.old_slope / at.slope;
  }

 private:
  double factor_;
  bool fixed_;
};

class BarzilaiBorwein final : public Direction {
 public:
  void propose(Iterates& at) override {
    if (at.pairs() > 0) {
      double sums[4];
      at.products(1, sums);
      const double curvature = sums[3];  // d'y
      step_ = curvature > 0.0
                  ? std::clamp(at.step(0) * at.old_direction_square / curvature, least_first_step, most_first_step)
                  : most_first_step * least_first_step;
    }
    propose_steepest(at);
  }
  double first_step(const Iterates&) const override { return step_; }

 private:
  double step_ = 1.0;
};

}  // namespace

std::unique_ptr<Direction> make_gradient_descent(const ObjectiveOptions& options) {
  if (options.method == ObjectiveMethod::barzilai_borwein) return std::make_unique<BarzilaiBorwein>();
  const double factor = options.line_search.first_step;
  return std::make_unique<GradientDescent>(factor > 0.0 ? factor : default_factor,
                                           options.line_search.type == LineSearchType::fixed);
}

}  // namespace heliotrope::detail
