// SPDX-License-Identifier: Apache-2.0
// Newton's method with searches: d = -(H + tau I)^-1 g with the identity added where H is not positive definite
// [Nocedal2006, 3.4], and the truncated one, whose d is that of conjugate gradients stopped early [Nocedal2006, 7.1].
//
// A factorisation that fails shows a curvature -c <= 0 of H + tau I. The next tau is twice tau + c: had H one negative
// eigenvalue -c, the step along its vector would be that of |H|. So tau needs few trials, and those that fail end
// early. Pivots that are modified in the course of one factorisation [Gill1981; Schnabel1999] would need an order by
// pivots to keep E small, which a sparse factor cannot follow; tau also serves trust regions.
#include <cmath>
#include <limits>
#include <utility>

#include "minimize/direction.hpp"
#include "minimize/sparse_hessian.hpp"
#include "minimize/stage_timer.hpp"
#include "minimize/truncated_cg.hpp"

namespace heliotrope::detail {

namespace {

/// A direction that follows from the point alone: there is no past to forget, so -g is asked for.
class PastlessDirection : public Direction {
 public:
  void propose(Iterates& at) final {
    steepest_ = std::exchange(forgotten_, false);
    steepest_ ? propose_steepest(at) : choose(at);
  }
  void forget(Iterates&) final { forgotten_ = true; }
  bool is_steepest(const Iterates&) const final { return steepest_; }

 private:
  virtual void choose(Iterates& at) = 0;

  bool steepest_ = false, forgotten_ = false;
};

class Newton final : public PastlessDirection {
 public:
  Newton(const SecondOrderObjective& f, int threads, ObjectiveSummary& summary)
      : hessian_(f, SparseHessian::Use::factors, threads, summary) {}

 private:
  void choose(Iterates& at) override {
    hessian_.evaluate(at);
    double* const d = at.next_direction();
    if (!std::isfinite(factorise_shifted(hessian_, 0.0, d))) return propose_steepest(at);
    hessian_.solve(at.gradient(0), d);
    at.measure_direction();
  }

  SparseHessian hessian_;
};

class TruncatedNewton final : public PastlessDirection {
 public:
  TruncatedNewton(const SecondOrderObjective& f, std::int64_t size, int threads, ObjectiveSummary& summary)
      : curvature_(f, threads, summary), cg_(size, threads) {}

 private:
  void choose(Iterates& at) override {
    curvature_.update(at);
    const TruncatedCg::Goal goal{std::numeric_limits<double>::infinity(), forcing_term(at.square, at.old_square)};
    const auto product = [&](const double* v, double* to) { curvature_.multiply(at, v, to); };
    cg_.solve(at.gradient(0), at.square, product, goal, at.next_direction());
    at.measure_direction();
  }

  HessianProduct curvature_;
  TruncatedCg cg_;
};

}  // namespace

std::unique_ptr<Direction> make_newton(const SecondOrderObjective& f, int threads, ObjectiveSummary& summary) {
  return std::make_unique<Newton>(f, threads, summary);
}

std::unique_ptr<Direction> make_truncated_newton(const SecondOrderObjective& f, std::int64_t size, int threads,
                                                 ObjectiveSummary& summary) {
  return std::make_unique<TruncatedNewton>(f, size, threads, summary);
}

}  // namespace heliotrope::detail
