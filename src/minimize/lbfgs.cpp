// SPDX-License-Identifier: Apache-2.0
// L-BFGS [Liu1989]: d = -H g, H being gamma I updated by the last m pairs s_i = x_i - x_(i+1), y_i = g_i - g_(i+1),
// ages i counted from the newest. The two-loop recursion [Nocedal2006, 7.4],
//
//     q = g;       i = 0 .. m - 1:   a_i = rho_i s_i'q,   q -= a_i y_i        with rho_i = 1 / s_i'y_i
//     r = gamma q; i = m - 1 .. 0:   b_i = rho_i y_i'r,   r += (a_i - b_i) s_i
//     d = -r
//
// moves within the span of g, the s and the y, so it is done on coefficients: all that it needs are products between
// these vectors. One pass over them yields the products that are new, another makes d, where the recursion on vectors
// reads and writes 8 m [the idea of the compact form, Byrd1994].
#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "minimize/direction.hpp"
#include "minimize/pair_store.hpp"

namespace heliotrope::detail {

namespace {

constexpr double unit_step = 1.0;

/// Pairs are kept in single precision from this many variables on: below, all pairs are in the second-level cache.
constexpr std::int64_t least_in_single = 20000;

template <class T>
class Lbfgs final : public Direction {
 public:
  Lbfgs(const ObjectiveOptions& options, std::int64_t padded_size)
      : memory_(static_cast<std::size_t>(options.memory)),
        scaling_(options.scaling),
        store_(options.memory, padded_size, options.threads) {
    for (auto* v : {&sy_, &yy_}) v->resize(memory_ * memory_);
    for (auto* v : {&sg_, &yg_, &a_, &b_, &on_y_, &on_s_}) v->resize(memory_);
    used_.resize(memory_);
    sums_.resize(4 * memory_);
  }

  void propose(Iterates& at) override {
    if (at.pairs() == 0) {
      store_.forget();
      return propose_steepest(at);
    }
    store_.add(at, sums_.data());
    const auto pairs = static_cast<std::size_t>(store_.pairs());
    take_products(at, pairs);
    recur(pairs);
    for (std::size_t i = 0; i < pairs; ++i) {
      on_y_[i] = gamma_ * a_[i];
      on_s_[i] = -(a_[i] - b_[i]);
    }
    store_.combine(at, gamma_, on_y_.data(), on_s_.data(), unit_step);
  }
  double first_step(const Iterates&) const override { return unit_step; }

 private:
  double& sy(std::size_t i, std::size_t j) { return sy_[i * memory_ + j]; }  // s_i'y_j, i not newer than j
  double& yy(std::size_t i, std::size_t j) { return yy_[i * memory_ + j]; }  // y_i'y_j, likewise

  /// Products with the newest pair and gradient; older ones move on by an age.
  void take_products(const Iterates& at, std::size_t pairs) {
    for (std::size_t i = pairs - 1; i > 0; --i) {
      for (std::size_t j = i; j > 0; --j) {
        sy(i, j) = sy(i - 1, j - 1);
        yy(i, j) = yy(i - 1, j - 1);
      }
      used_[i] = used_[i - 1];
    }
    for (std::size_t i = 0; i < pairs; ++i) {
      yg_[i] = sums_[4 * i];
      yy(i, 0) = sums_[4 * i + 1];
      sg_[i] = sums_[4 * i + 2];
      sy(i, 0) = sums_[4 * i + 3];
    }
    // Without positive curvature a pair would spoil H; Wolfe's conditions exclude it but for rounding.
    used_[0] = sy(0, 0) > std::numeric_limits<double>::epsilon() * -at.step(0) * at.old_slope && yy(0, 0) > 0.0;
    if (pairs == 1) gamma_ = 0.0;
    if (used_[0] && (scaling_ == InitialScaling::newest || gamma_ == 0.0)) gamma_ = sy(0, 0) / yy(0, 0);
    if (scaling_ == InitialScaling::none || gamma_ == 0.0) gamma_ = 1.0;
  }

  /// The two loops, on coefficients: q = g - sum_j a_j y_j, r = gamma q + sum_j (a_j - b_j) s_j.
  void recur(std::size_t pairs) {
    for (std::size_t i = 0; i < pairs; ++i) {
      a_[i] = b_[i] = 0.0;
      if (!used_[i]) continue;
      double sq = sg_[i];
      for (std::size_t j = 0; j < i; ++j) sq -= a_[j] * sy(i, j);
      a_[i] = sq / sy(i, i);
    }
    for (std::size_t i = pairs; i-- > 0;) {
      if (!used_[i]) continue;
      double yq = yg_[i];
      for (std::size_t j = 0; j < pairs; ++j) yq -= a_[j] * (j < i ? yy(i, j) : yy(j, i));
      double yr = gamma_ * yq;
      for (std::size_t j = i + 1; j < pairs; ++j) yr += (a_[j] - b_[j]) * sy(j, i);
      b_[i] = yr / sy(i, i);
    }
  }

  std::size_t memory_;
  InitialScaling scaling_;
  PairStore<T> store_;
  double gamma_ = 1.0;
  std::vector<double> sy_, yy_, sg_, yg_, a_, b_, on_y_, on_s_, sums_;
  std::vector<char> used_;
};

}  // namespace

std::unique_ptr<Direction> make_lbfgs(const ObjectiveOptions& options, std::int64_t padded_size) {
  if (padded_size < least_in_single) return std::make_unique<Lbfgs<double>>(options, padded_size);
  return std::make_unique<Lbfgs<float>>(options, padded_size);
}

}  // namespace heliotrope::detail
