// SPDX-License-Identifier: Apache-2.0
// Dense quasi-Newton methods of Broyden's class, by the inverse H of the Hessian [Nocedal2006, 6.1-6.3]:
//
//     H+ = H - (H y)(H y)' / y'H y + s s' / s'y + phi v v',    v = (y'H y)^(1/2) (s / s'y - H y / y'H y)
//
// phi = 1 is BFGS, phi = 0 DFP. Before the first update H is scaled to s'y / y'y I [Nocedal2006, 6.20].
#include <cmath>
#include <limits>

#include "heliotrope/large_vector.hpp"
#include "minimize/direction.hpp"

namespace heliotrope::detail {

namespace {

class QuasiNewton final : public Direction {
 public:
  QuasiNewton(double phi, std::int64_t size, int threads)
      : phi_(phi),
        n_(size),
        threads_(threads),
        h_(static_cast<std::size_t>(size * size)),
        s_(static_cast<std::size_t>(size)),
        y_(static_cast<std::size_t>(size)),
        hy_(static_cast<std::size_t>(size)) {}

  void propose(Iterates& at) override {
    if (at.pairs() == 0) {
      fresh_ = true;
      return propose_steepest(at);
    }
    take_pair(at);
    if (has_curvature(at)) update();
    if (fresh_) return propose_steepest(at);  // no pair had positive curvature yet
    const double* const g = at.gradient(0);
    double* const d = at.next_direction();
    for_rows([&](std::int64_t i) { d[i] = -dot(&h_[index(i)], g); });
    at.measure_direction();
  }

 private:
  std::size_t index(std::int64_t row) const { return static_cast<std::size_t>(row * n_); }

  template <class Row>
  void for_rows(const Row& row) const {
    const std::int64_t several = std::max<std::int64_t>(1, 16384 / n_);
    parallel_for(threads_, (n_ + several - 1) / several, [&](std::int64_t c) {
      for (std::int64_t i = c * several; i < std::min(n_, (c + 1) * several); ++i) row(i);
    });
  }

  double dot(const double* a, const double* b) const {
    double sums[4] = {};
    std::int64_t j = 0;
    for (; j + 4 <= n_; j += 4) {
      for (int k = 0; k < 4; ++k) sums[k] += a[j + k] * b[j + k];
    }
    for (; j < n_; ++j) sums[0] += a[j] * b[j];
    return (sums[0] + sums[1]) + (sums[2] + sums[3]);
  }

  void take_pair(const Iterates& at) {
    const double *g = at.gradient(0), *old = at.gradient(1), *d = at.direction(0);
    for (std::size_t i = 0; i < s_.size(); ++i) {
      s_[i] = at.step(0) * d[i];
      y_[i] = g[i] - old[i];
    }
    sy_ = dot(s_.data(), y_.data());
  }

  /// Without positive curvature the update would leave H indefinite; Wolfe's conditions exclude it but for rounding.
  bool has_curvature(const Iterates& at) const {
    return sy_ > std::numeric_limits<double>::epsilon() * -at.step(0) * at.old_slope;
  }

  void update() {
    if (fresh_) {
      const double gamma = sy_ / dot(y_.data(), y_.data());
      for_rows([&](std::int64_t i) {
        for (std::int64_t j = 0; j < n_; ++j) h_[index(i) + static_cast<std::size_t>(j)] = i == j ? gamma : 0.0;
      });
      fresh_ = false;
    }
    for_rows([&](std::int64_t i) { hy_[static_cast<std::size_t>(i)] = dot(&h_[index(i)], y_.data()); });
    const double yhy = dot(y_.data(), hy_.data());
    if (!(yhy > 0.0)) return;
    // With v written out, H+ = H + a s s' + b (s (H y)' + (H y) s') + c (H y)(H y)'.
    const double a = (1.0 + phi_ * yhy / sy_) / sy_, b = -phi_ / sy_, c = (phi_ - 1.0) / yhy;
    for_rows([&](std::int64_t i) {
      const double si = s_[static_cast<std::size_t>(i)], hi = hy_[static_cast<std::size_t>(i)];
      const double on_s = a * si + b * hi, on_hy = b * si + c * hi;
      double* const row = &h_[index(i)];
      for (std::size_t j = 0; j < s_.size(); ++j) row[j] += on_s * s_[j] + on_hy * hy_[j];
    });
  }

  double phi_;
  std::int64_t n_;
  int threads_;
  bool fresh_ = true;
  double sy_ = 0.0;
  LargeVector<double> h_;  // [row][column], symmetric
  LargeVector<double> s_, y_, hy_;
};

}  // namespace

std::unique_ptr<Direction> make_quasi_newton(const ObjectiveOptions& options, std::int64_t size) {
  const double phi = options.method == ObjectiveMethod::bfgs  ? 1.0
                     : options.method == ObjectiveMethod::dfp ? 0.0
                                                              : options.broyden_phi;
  return std::make_unique<QuasiNewton>(phi, size, options.threads);
}

}  // namespace heliotrope::detail
