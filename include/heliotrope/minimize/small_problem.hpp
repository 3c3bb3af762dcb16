// SPDX-License-Identifier: Apache-2.0
// One small dense problem whose sizes are known when compiling: for the inner loops of trackers, controllers and
// robust estimators.
#pragma once

#include <array>
#include <span>

#include "heliotrope/minimize/small_loop.hpp"
#include "heliotrope/problem/manifolds.hpp"

namespace heliotrope {

namespace detail {

/// M, or F::residuals where M is not given.
template <int M, class F>
constexpr int small_residual_count() {
  if constexpr (M > 0) {
    return M;
  } else {
    static_assert(
        requires { F::residuals; }, "say how many residuals there are: minimize_small<M>, or F::residuals");
    return F::residuals;
  }
}

}  // namespace detail

inline namespace HELIOTROPE_ISA {
namespace kernels {

template <class Loop>
HELIOTROPE_INLINE double gradient_max(const Loop& loop) {
  double most = 0.0;
  for (const double g : loop.g) most = larger(most, g < 0.0 ? -g : g);
  return most;
}

template <int M, class Space, class F>
HELIOTROPE_FLATTEN SmallSummary minimize_one(const F& functor, double* x, const SmallOptions& options) {
  int count = M;
  if constexpr (requires { functor.num_residuals(); }) count = functor.num_residuals();
  SmallLoop<double, M, Space> loop;
  loop.begin(x, options);
  for (;;) {
    loop.evaluate(functor, count);
    loop.judge(count, options);
    if (loop.has_ended()) break;
    loop.propose();
  }
  for (int k = 0; k < Space::ambient_size; ++k) x[k] = loop.x[k];
  const auto status = static_cast<Status>(static_cast<int>(loop.phase));
  const double cost = status == Status::not_finite_at_start ? loop.initial_cost : loop.cost;
  return {status, static_cast<int>(loop.iterations), loop.initial_cost, cost, gradient_max(loop)};
}

}  // namespace kernels
}  // namespace HELIOTROPE_ISA

/// Minimises 1/2 |r(x)|^2 from x and leaves the best point found in it, by Levenberg-Marquardt in registers and on the
/// stack: nothing is allocated, thrown, locked or called virtually, so it serves real-time loops.
///
///     struct Circle {
///       static constexpr int residuals = 5;
///       std::array<double, 5> u, v;
///       template <class T> void operator()(const T* circle, T* r) const;   // centre, radius
///     };
///     std::array<double, 3> circle{0, 0, 1};
///     heliotrope::SmallSummary summary = heliotrope::minimize_small(Circle{u, v}, circle);
///
/// functor: r = functor(x), written for any scalar T (double, or Jet over it; what it calls comes from
/// heliotrope::math), of M or F::residuals residuals. Derivatives come from jets, or from the functor's own
///     void jacobian(const double* x, double* J) const;              // row-major, M x N, N of the tangent space
///     void jacobian(const double* x, double* r, double* J) const;   // both at once, where they share work
/// which are believed. A functor with `int num_residuals() const` has that many of the at most M residuals.
/// x: the start, and the answer: M::ambient_size numbers of a point of the manifold Space, plain numbers by default.
/// Errors: none. A candidate that is not finite is a rejected step; a start that is not is Status::not_finite_at_start.
/// Cost: an iteration evaluates r and J once and takes M N^2 / 2 + N^3 / 6 multiply-adds; 2 N divisions. The stack
/// holds 8 M (N + 2) + 8 N^2 bytes.
/// Limits: J'J is formed, so parameters should be of like meaning or scaled columns be independent to 7 digits;
/// minimize() keeps more digits. One thread; any number of threads may solve problems of their own.
template <int M = 0, class F, std::size_t N>
SmallSummary minimize_small(const F& functor, std::array<double, N>& x, const SmallOptions& options = {}) {
  return kernels::minimize_one<detail::small_residual_count<M, F>(), Euclidean<static_cast<int>(N)>>(functor, x.data(),
                                                                                                     options);
}

/// The same on a manifold, in whose tangent space steps and Jacobians are: minimize_small_on<Se3>(functor, pose).
template <Manifold Space, int M = 0, class F>
SmallSummary minimize_small_on(const F& functor, std::span<double, Space::ambient_size> x,
                               const SmallOptions& options = {}) {
  return kernels::minimize_one<detail::small_residual_count<M, F>(), Space>(functor, x.data(), options);
}

}  // namespace heliotrope
