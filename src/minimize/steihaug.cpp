// SPDX-License-Identifier: Apache-2.0
// Trust-region Newton with conjugate gradients [Steihaug1983]: products with the Hessian are all that is needed.
#include "minimize/sparse_hessian.hpp"
#include "minimize/truncated_cg.hpp"
#include "minimize/trust_radius.hpp"

namespace heliotrope::detail {

namespace {

class Steihaug final : public TrustMethod {
 public:
  Steihaug(const SecondOrderObjective& f, const ObjectiveOptions& options, std::int64_t size, ObjectiveSummary& summary)
      : hessian_(f, options.threads, summary), radius_(options.trust_region), cg_(size, options.threads) {}

  void update(const Iterates& at) override {
    radius_.begin(at);
    hessian_.update(at);
    tolerance_ = forcing_term(at.square, at.old_square);
  }
  double propose(Iterates& at) override {
    const auto product = [&](const double* v, double* to) { hessian_.multiply(at, v, to); };
    const TruncatedCg::Goal goal{radius_.value(), tolerance_};
    const double promised = cg_.solve(at.gradient(0), at.square, product, goal, at.next_direction());
    at.measure_direction();
    return promised;
  }
  void judge(const Iterates& at, double gain_ratio, bool) override {
    radius_.judge(gain_ratio, std::sqrt(at.direction_square));
  }

 private:
  HessianProduct hessian_;
  TrustRadius radius_;
  TruncatedCg cg_;
  double tolerance_ = 0.0;
};

}  // namespace

std::unique_ptr<TrustMethod> make_steihaug(const SecondOrderObjective& f, const ObjectiveOptions& options,
                                           std::int64_t size, ObjectiveSummary& summary) {
  return std::make_unique<Steihaug>(f, options, size, summary);
}

}  // namespace heliotrope::detail
