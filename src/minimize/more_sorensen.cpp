// SPDX-License-Identifier: Apache-2.0
// Trust-region Newton with nearly exact steps [More1983].
#include "minimize/trust_radius.hpp"
#include "minimize/trust_step.hpp"

namespace heliotrope::detail {

namespace {

class MoreSorensen final : public TrustMethod {
 public:
  MoreSorensen(const SecondOrderObjective& f, const ObjectiveOptions& options, ObjectiveSummary& summary)
      : hessian_(f, SparseHessian::Use::factors, options.threads, summary),
        step_(f.pattern->num_rows),
        radius_(options.trust_region) {}

  void update(const Iterates& at) override {
    radius_.begin(at);
    hessian_.evaluate(at);
  }
  double propose(Iterates& at) override {
    const double promised = step_.solve(hessian_, at.gradient(0), radius_.value(), at.next_direction());
    at.measure_direction();
    return promised;
  }
  void judge(const Iterates& at, double gain_ratio, bool) override {
    radius_.judge(gain_ratio, std::sqrt(at.direction_square));
  }

 private:
  SparseHessian hessian_;
  TrustStep step_;
  TrustRadius radius_;
};

}  // namespace

std::unique_ptr<TrustMethod> make_more_sorensen(const SecondOrderObjective& f, const ObjectiveOptions& options,
                                                ObjectiveSummary& summary) {
  return std::make_unique<MoreSorensen>(f, options, summary);
}

}  // namespace heliotrope::detail
