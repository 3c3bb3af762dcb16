// SPDX-License-Identifier: Apache-2.0
// Symmetric rank one in a trust region [Nocedal2006, 6.2]: from every trial, accepted or not, with s the step and y the
// change of the gradient,
//
//     B+ = B + (y - B s)(y - B s)' / (y - B s)'s
//
// B may be indefinite, as the Hessian may. Before the first update it is scaled to y'y / s'y I [Nocedal2006, 6.20].
#include "heliotrope/parallel.hpp"
#include "minimize/trust_radius.hpp"
#include "minimize/trust_step.hpp"

namespace heliotrope::detail {

namespace {

constexpr double least_denominator = 1e-8;  // of |s| |y - B s|, lest the update explodes [Nocedal2006, 6.26]

/// B is made from the gradients that the loop evaluates.
double not_asked(std::span<const double>, std::span<double>) { return 0.0; }

class SymmetricRankOne final : public TrustMethod {
 public:
  SymmetricRankOne(const ObjectiveOptions& options, std::int64_t size, ObjectiveSummary& summary)
      : pattern_(banded_pattern(size, size, size, size)),
        f_{not_asked, &pattern_},
        b_(f_, SparseHessian::Use::factors, options.threads, summary),
        step_(size),
        radius_(options.trust_region),
        threads_(options.threads),
        n_(static_cast<std::size_t>(size)),
        residual_(n_),
        y_(n_) {}

  void update(const Iterates& at) override {
    if (radius_.value() > 0.0) return;
    radius_.begin(at);
    set_multiple(std::sqrt(at.square) / radius_.value());  // the first step ends near the boundary
    b_.measure();
  }

  double propose(Iterates& at) override {
    const double promised = step_.solve(b_, at.gradient(0), radius_.value(), at.next_direction());
    at.measure_direction();
    return promised;
  }

  void learn(Iterates& at) override {
    const double *const s = at.next_direction(), *const g = at.gradient(0);
    const auto trial = at.trial_gradient();
    double sy = 0.0, yy = 0.0;
    for (std::size_t j = 0; j < n_; ++j) {
      y_[j] = trial[j] - g[j];
      sy += s[j] * y_[j];
      yy += y_[j] * y_[j];
    }
    if (fresh_ && sy > 0.0) set_multiple(yy / sy);
    fresh_ = fresh_ && !(sy > 0.0);
    b_.multiply(s, residual_.data());
    double rs = 0.0, rr = 0.0;
    for (std::size_t j = 0; j < n_; ++j) {
      residual_[j] = y_[j] - residual_[j];
      rs += residual_[j] * s[j];
      rr += residual_[j] * residual_[j];
    }
    if (!(std::abs(rs) >= least_denominator * std::sqrt(rr * at.direction_square)) || rr == 0.0) return;
    parallel_for(threads_, static_cast<std::int64_t>(n_), [&](std::int64_t row) {
      const auto i = static_cast<std::size_t>(row);
      const double factor = residual_[i] / rs;
      double* const to = &b_.values()[i * n_];
      for (std::size_t j = 0; j < n_; ++j) to[j] += factor * residual_[j];
    });
    if (b_.measure()) return;
    set_multiple(1.0);
    b_.measure();
    fresh_ = true;
  }

  void judge(const Iterates& at, double gain_ratio, bool) override {
    radius_.judge(gain_ratio, std::sqrt(at.direction_square));
  }

 private:
  void set_multiple(double scale) {
    std::fill(b_.values().begin(), b_.values().end(), 0.0);
    for (std::size_t j = 0; j < n_; ++j) b_.values()[j * n_ + j] = scale;
  }

  SparsityPattern pattern_;
  SecondOrderObjective f_;
  SparseHessian b_;  // all of B, [row][column]
  TrustStep step_;
  TrustRadius radius_;
  int threads_;
  std::size_t n_;
  bool fresh_ = true;  // no update yet
  LargeVector<double> residual_, y_;
};

}  // namespace

std::unique_ptr<TrustMethod> make_sr1(const ObjectiveOptions& options, std::int64_t size, ObjectiveSummary& summary) {
  return std::make_unique<SymmetricRankOne>(options, size, summary);
}

}  // namespace heliotrope::detail
