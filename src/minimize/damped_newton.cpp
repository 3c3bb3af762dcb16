// SPDX-License-Identifier: Apache-2.0
// Newton steps damped as in Levenberg-Marquardt: p = -(H + lambda I)^-1 g, lambda by the gain ratio [Nielsen1999;
// Madsen2004, 2.4] and large enough that H + lambda I is positive definite. The model promises
//
//     m(0) - m(p) = -(g'p - lambda p'p) / 2
#include "minimize/sparse_hessian.hpp"
#include "minimize/trust_method.hpp"

namespace heliotrope::detail {

namespace {

// Of the largest entry of H. Hardly matters: 1e-3 [Madsen2004, 2.14] takes 3 % more evaluations on [More1981]'s
// functions.
constexpr double first_damping = 1e-5;
constexpr double least_restart = 1e-8;  // likewise, where a step is rejected that was hardly damped

class DampedNewton final : public TrustMethod {
 public:
  DampedNewton(const SecondOrderObjective& f, const ObjectiveOptions& options, ObjectiveSummary& summary)
      : hessian_(f, SparseHessian::Use::factors, options.threads, summary) {}

  void update(const Iterates& at) override {
    hessian_.evaluate(at);
    if (lambda_ < 0.0) lambda_ = first_damping * hessian_.largest();
  }

  double propose(Iterates& at) override {
    double* const p = at.next_direction();
    lambda_ = factorise_shifted(hessian_, lambda_, p);
    if (!std::isfinite(lambda_)) return 0.0;
    hessian_.solve(at.gradient(0), p);
    at.measure_direction();
    return -0.5 * (at.slope - lambda_ * at.direction_square);
  }

  void judge(const Iterates&, double gain_ratio, bool accepted) override {
    if (accepted) {
      const double cubed = std::pow(2.0 * gain_ratio - 1.0, 3);
      lambda_ *= std::clamp(1.0 - cubed, 1.0 / 3.0, 2.0);
      growth_ = 2.0;
    } else {
      lambda_ = std::max(growth_ * lambda_, least_restart * hessian_.largest());
      growth_ *= 2.0;
    }
  }

 private:
  SparseHessian hessian_;
  double lambda_ = -1.0, growth_ = 2.0;
};

}  // namespace

std::unique_ptr<TrustMethod> make_damped_newton(const SecondOrderObjective& f, const ObjectiveOptions& options,
                                                ObjectiveSummary& summary) {
  return std::make_unique<DampedNewton>(f, options, summary);
}

}  // namespace heliotrope::detail
