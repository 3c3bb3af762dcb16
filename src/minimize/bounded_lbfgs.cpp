// SPDX-License-Identifier: Apache-2.0
// L-BFGS-B [Byrd1995] with the subspace step of [Morales2011]. With B the limited-memory matrix of compact_matrix.hpp,
// the direction leads from x to a point x_bar that is made in two steps:
//
//     Cauchy point x_c    the first minimiser of the quadratic model along P(x - t g), t >= 0   [Byrd1995, 4]
//     x_bar               the model's minimiser over the variables that are free at x_c, projected onto the bounds
//                         [Byrd1995, 5.1; Morales2011, 3]
//
// Cost, an iteration: some 8 memory n-vectors read, 2 memory^2 n multiply-adds for W'ZZ'W, and memory^2 for every bound
// that the path to the Cauchy point meets.
#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "minimize/compact_matrix.hpp"
#include "minimize/direction.hpp"

namespace heliotrope::detail {

namespace {

class BoundedLbfgs final : public Direction {
 public:
  BoundedLbfgs(const ObjectiveOptions& options, const Bounds& bounds, std::int64_t size)
      : bounds_(bounds),
        b_(options.memory, size, options.threads),
        path_(static_cast<std::size_t>(size)),
        target_(static_cast<std::size_t>(size)),
        free_(static_cast<std::size_t>(size)) {
    breaks_.reserve(static_cast<std::size_t>(size));
    const auto finite = [](double bound) { return std::isfinite(bound); };
    boxed_ = std::all_of(bounds.lower.begin(), bounds.lower.end(), finite) &&
             std::all_of(bounds.upper.begin(), bounds.upper.end(), finite);
    for (auto* v : {&p_, &c_, &w_, &mw_}) v->resize(2 * static_cast<std::size_t>(options.memory));
  }

  void propose(Iterates& at) override {
    b_.update(at);
    find_cauchy_point(at);
    if (b_.size() > 0) minimise_over_free(at);
    double* const d = at.next_direction();
    const auto x = at.x();
    for (std::size_t j = 0; j < x.size(); ++j) d[j] = target_[j] - x[j];
    at.measure_direction();
    measure_room(at);
  }
  /// The first direction, without a past, leads to the Cauchy point for B = I. Where all variables are bounded from
  /// both sides the bounds say how far to trust it [Byrd1995, 6]; else its length is at most 1.
  double start_step(const Iterates& at) const override {
    return boxed_ ? 1.0 : std::min(1.0, 1.0 / std::sqrt(at.direction_square));
  }
  double max_step() const override { return room_; }

 private:
  struct Break {
    double t;
    std::int64_t variable;
    bool operator<(const Break& other) const {  // a heap's top is the first in order
      return t != other.t ? t > other.t : variable > other.variable;
    }
  };

  /// path = the derivative of P(x - t g) at 0; breaks = where its elements end.
  void start_path(const Iterates& at) {
    const auto x = at.x();
    const double* const g = at.gradient(0);
    breaks_.clear();
    for (std::size_t j = 0; j < x.size(); ++j) {
      const double bound = g[j] < 0.0 ? bounds_.upper[j] : bounds_.lower[j];
      const double t = g[j] == 0.0 ? infinite : (x[j] - bound) / g[j];
      path_[j] = t > 0.0 ? -g[j] : 0.0;
      if (t > 0.0 && t < infinite) breaks_.push_back({t, static_cast<std::int64_t>(j)});
      target_[j] = x[j];
    }
    std::make_heap(breaks_.begin(), breaks_.end());
  }

  double dot(const std::vector<double>& a, const std::vector<double>& b) const {
    double sum = 0.0;
    for (std::size_t k = 0; k < b_.size(); ++k) sum += a[k] * b[k];
    return sum;
  }

  /// target = x_c, c = W'(x_c - x) [Byrd1995, algorithm CP].
  void find_cauchy_point(const Iterates& at) {
    start_path(at);
    const std::size_t n = b_.size();
    const double theta = b_.theta();
    double slope = 0.0;
    for (const double each : path_) slope -= each * each;
    std::fill(c_.begin(), c_.end(), 0.0);
    if (n > 0) b_.transposed(at, path_.data(), p_.data());
    mw_ = p_;
    if (n > 0) b_.multiply_m(mw_.data());
    double curvature = -theta * slope - dot(p_, mw_);
    const double least_curvature = std::numeric_limits<double>::epsilon() * -theta * slope;
    double t = 0.0;
    std::size_t moving = path_moves();
    while (!breaks_.empty() && slope < 0.0) {
      const Break next = breaks_.front();
      if (-slope / curvature < next.t - t) break;
      std::pop_heap(breaks_.begin(), breaks_.end());
      breaks_.pop_back();
      const auto j = static_cast<std::size_t>(next.variable);
      const double g = at.gradient(0)[j], length = next.t - t;
      target_[j] = path_[j] > 0.0 ? bounds_.upper[j] : bounds_.lower[j];
      const double z = target_[j] - at.x()[j];
      for (std::size_t k = 0; k < n; ++k) c_[k] += length * p_[k];
      b_.row(at, next.variable, w_.data());
      mw_ = w_;
      if (n > 0) b_.multiply_m(mw_.data());
      slope += length * curvature + g * g + theta * g * z - g * dot(mw_, c_);
      curvature -= theta * g * g + 2.0 * g * dot(mw_, p_) + g * g * dot(mw_, w_);
      curvature = std::max(curvature, least_curvature);
      for (std::size_t k = 0; k < n; ++k) p_[k] += g * w_[k];
      path_[j] = 0.0;
      t = next.t;
      if (--moving == 0) slope = 0.0;
    }
    const double length = slope < 0.0 ? -slope / curvature : 0.0;
    for (std::size_t k = 0; k < n; ++k) c_[k] += length * p_[k];
    for (std::size_t j = 0; j < path_.size(); ++j) {
      if (path_[j] != 0.0) target_[j] = bounds_.clamp(j, at.x()[j] + (t + length) * path_[j]);
    }
  }

  std::size_t path_moves() const {
    return static_cast<std::size_t>(std::count_if(path_.begin(), path_.end(), [](double each) { return each != 0.0; }));
  }

  /// target = the projection of the model's minimiser over the variables that are free at the Cauchy point. Where all
  /// are, that is x - H g by the two loops of products, which lose fewer digits than the system below does.
  void minimise_over_free(const Iterates& at) {
    if (all_are_free()) {
      const auto x = at.x();
      std::copy_n(at.gradient(0), path_.size(), path_.data());
      b_.apply_inverse(at, path_.data());
      for (std::size_t j = 0; j < x.size(); ++j) path_[j] = x[j] - path_[j] - target_[j];
      return take_subspace_step(at, path_);
    }
    const auto x = at.x();
    const double* const g = at.gradient(0);
    const double theta = b_.theta();
    b_.multiply_m(c_.data());
    auto& r = path_;  // minus the model's gradient at x_c
    for (std::size_t j = 0; j < x.size(); ++j) r[j] = -g[j] - theta * (target_[j] - x[j]);
    b_.add(at, c_.data(), r.data());
    bool any = false;
    for (std::size_t j = 0; j < x.size(); ++j) {
      any = any || free_[j];
      if (!free_[j]) r[j] = 0.0;
    }
    if (!any || !b_.restrict_to(at, free_.data())) return;
    b_.transposed(at, r.data(), p_.data());
    b_.solve_restricted(p_.data());
    for (double& each : p_) each /= theta;
    b_.add(at, p_.data(), r.data());
    for (std::size_t j = 0; j < x.size(); ++j) r[j] = free_[j] ? r[j] / theta : 0.0;
    take_subspace_step(at, r);
  }

  /// Marks the variables that are between their bounds at the Cauchy point.
  bool all_are_free() {
    bool all = true;
    for (std::size_t j = 0; j < free_.size(); ++j) {
      free_[j] = target_[j] > bounds_.lower[j] && target_[j] < bounds_.upper[j];
      all = all && free_[j];
    }
    return all;
  }

  /// Projected where that is a direction of descent, else as far as the bounds allow [Morales2011, 3].
  void take_subspace_step(const Iterates& at, const LargeVector<double>& step) {
    const auto x = at.x();
    const double* const g = at.gradient(0);
    double slope = 0.0, share = 1.0;
    for (std::size_t j = 0; j < x.size(); ++j) {
      const double to = free_[j] ? bounds_.clamp(j, target_[j] + step[j]) : target_[j];
      slope += g[j] * (to - x[j]);
      if (!free_[j] || step[j] == 0.0) continue;
      const double bound = step[j] > 0.0 ? bounds_.upper[j] : bounds_.lower[j];
      share = std::min(share, (bound - target_[j]) / step[j]);
    }
    if (!std::isfinite(slope)) return;
    if (slope < 0.0) share = 1.0;
    for (std::size_t j = 0; j < x.size(); ++j) {
      if (free_[j]) target_[j] = bounds_.clamp(j, target_[j] + share * step[j]);
    }
  }

  /// How far the direction may be followed within the bounds: at least 1.
  void measure_room(Iterates& at) {
    const auto x = at.x();
    const double* const d = at.next_direction();
    room_ = infinite;
    for (std::size_t j = 0; j < x.size(); ++j) {
      if (d[j] == 0.0) continue;
      const double bound = d[j] > 0.0 ? bounds_.upper[j] : bounds_.lower[j];
      room_ = std::min(room_, (bound - x[j]) / d[j]);
    }
    room_ = std::max(room_, 1.0);
  }

  Bounds bounds_;
  CompactMatrix b_;
  LargeVector<double> path_, target_;
  LargeVector<char> free_;
  std::vector<Break> breaks_;
  std::vector<double> p_, c_, w_, mw_;
  double room_ = infinite;
  bool boxed_ = false;
};

}  // namespace

std::unique_ptr<Direction> make_bounded_lbfgs(const ObjectiveOptions& options, const Bounds& bounds,
                                              std::int64_t size) {
  return std::make_unique<BoundedLbfgs>(options, bounds, size);
}

}  // namespace heliotrope::detail
