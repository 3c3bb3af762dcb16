// SPDX-License-Identifier: Apache-2.0
// Levenberg-Marquardt [Marquardt1963; Madsen2004, 3.2] for M residuals of N parameters, both known when compiling:
//
//     (J'J + lambda D) step = -J'r,   D = max(diag J'J, memory * previous D),   g = J'r,   H = J'J
//     rho = (F(x) - F(x + step)) / predicted,   predicted = 1/2 step'(lambda D step - g)
//
// S is double, or Pack: then each lane is a problem with its own damping, and lanes differ by masks. A pass of the loop
// evaluates residuals and derivatives at a candidate together: most candidates are accepted, and residuals come with
// their derivatives. The start is a candidate like any other, so a lane whose problem has ended takes the next one
// while its neighbours go on. No operation joins lanes: what a lane computes does not depend on them.
#pragma once

#include <type_traits>

#include "heliotrope/minimize/small_cholesky.hpp"
#include "heliotrope/minimize/small_summary.hpp"
#include "heliotrope/problem/kernel_lanes.hpp"

namespace heliotrope {
inline namespace HELIOTROPE_ISA {
namespace kernels {

/// Where a problem stands: one of these, or the Status that it ended with.
inline constexpr double phase_start = -2.0, phase_running = -1.0;
inline constexpr double phase_of(Status status) { return static_cast<double>(static_cast<int>(status)); }

/// The rules of src/minimize/levenberg_marquardt.cpp and trust_region.cpp (fletcher), and their constants.
struct SmallRules {
  static constexpr double least_gain = 1e-4, least_damping = 1e-16, most_damping = 1e16, start_damping_limit = 1e8;
  static constexpr double scale_memory = 0.3, model_rounding = 1e-13, tiny = 1e-10;
  static constexpr double largest = 1.7976931348623157e308;
};

template <class S, int M, class Space>
struct SmallLoop {
  static constexpr int ambient = Space::ambient_size, N = Space::tangent_size;
  static_assert(N >= 1 && N <= max_small_parameters, "a small problem has 1 to 32 parameters");

  S x[ambient], candidate[ambient], step[N], g[N], H[packed_size<N>], D[N];
  S r[M], J[M * N];  ///< at the candidate
  S cost, initial_cost, lambda, nu, predicted, iterations, flat, phase;

  /// Sets out from `start`, the candidate that is evaluated next.
  HELIOTROPE_INLINE void begin(const S* start, const SmallOptions& options) {
    each<ambient>([&](int k) HELIOTROPE_LAMBDA { x[k] = candidate[k] = start[k]; });
    each<N>([&](int j) HELIOTROPE_LAMBDA { D[j] = g[j] = step[j] = S(0.0); });
    for (S& entry : H) entry = S(0.0);
    lambda = S(options.initial_damping);
    nu = S(2.0);
    cost = initial_cost = S(SmallRules::largest);
    predicted = iterations = flat = S(0.0);
    phase = S(phase_start);
  }

  /// The same for one lane.
  void begin_lane(const double* start, int lane, const SmallOptions& options) requires std::is_same_v<S, Pack> {
    for (int k = 0; k < ambient; ++k) {
      x[k].set(lane, start[k]);
      candidate[k].set(lane, start[k]);
    }
    for (int j = 0; j < N; ++j) {
      for (S* of : {D, g, step}) of[j].set(lane, 0.0);
    }
    for (S& entry : H) entry.set(lane, 0.0);
    lambda.set(lane, options.initial_damping);
    nu.set(lane, 2.0);
    for (S* of : {&cost, &initial_cost}) of->set(lane, SmallRules::largest);
    for (S* of : {&predicted, &iterations, &flat}) of->set(lane, 0.0);
    phase.set(lane, phase_start);
  }

  HELIOTROPE_INLINE Condition<S> has_ended() const { return phase >= S(0.0); }

  /// r and J at the candidate; J by the functor's own jacobian, or by jets.
  template <class F>
  HELIOTROPE_INLINE void evaluate(const F& functor, int count) {
    const S* const at = candidate;
    if constexpr (requires { functor.jacobian(at, r, J); }) {
      [&]() HELIOTROPE_LAMBDA HELIOTROPE_FLATTEN { functor.jacobian(at, r, J); }();
    } else if constexpr (requires { functor.jacobian(at, J); }) {
      [&]() HELIOTROPE_LAMBDA HELIOTROPE_FLATTEN {
        functor(at, r);
        functor.jacobian(at, J);
      }();
    } else {
      using T = Jet<S, N>;
      T y[ambient], value[M];
      seed_variable<Space, 0, 0>(at, y);
      const T* const seeds = y;
      [&]() HELIOTROPE_LAMBDA HELIOTROPE_FLATTEN { functor(seeds, static_cast<T*>(value)); }();
      each_residual(count, [&](int m) HELIOTROPE_LAMBDA {
        r[m] = value[m].value();
        unroll<N>([&](int j) HELIOTROPE_LAMBDA { J[m * N + j] = value[m].derivative(j); });
      });
    }
  }

  /// Moves to the candidate where it is good, changes the damping, and ends what has converged or failed.
  HELIOTROPE_INLINE void judge(int count, const SmallOptions& options) {
    const auto starts = phase == S(phase_start), runs = phase == S(phase_running);
    S square(0.0);
    each_residual(count, [&](int m) HELIOTROPE_LAMBDA { square = square + r[m] * r[m]; });
    const S there = S(0.5) * square, decrease = cost - there, gain = decrease / predicted;
    const auto finite = is_finite(there);
    const auto promising = predicted > S(0.0);
    auto takes = finite && (starts || (runs && promising && gain > S(SmallRules::least_gain)));
    if (any(takes)) takes = move(takes, count);

    const S cost_before = cost;
    initial_cost = select(starts, there, initial_cost);
    cost = select(takes, there, cost);
    const auto rejects = runs && !takes;
    const S factor = select(gain > S(0.75), S(0.2), select(gain < S(0.25), S(3.0), S(1.0)));
    const S less = larger(lambda * factor, S(SmallRules::least_damping));
    const S more = larger(lambda, S(SmallRules::least_damping)) * nu;
    lambda = select(runs, select(takes, less, more), lambda);
    nu = select(takes, S(2.0), nu + nu);
    iterations = select(runs, iterations + S(1.0), iterations);

    const auto within = decrease <= S(options.cost_tolerance) * cost_before;
    const auto rounded = finite && predicted <= S(SmallRules::model_rounding) * cost_before && promising;
    const auto is_flat = (takes && within) || (rejects && rounded);
    flat = select(runs && is_flat, flat + S(1.0), S(0.0));

    // The last that holds is what is said.
    S end(phase_running);
    const auto says = [&](const auto& condition, Status status)
                          HELIOTROPE_LAMBDA { end = select(condition, S(phase_of(status)), end); };
    says(runs && iterations >= S(static_cast<double>(options.max_iterations)), Status::max_iterations);
    const auto exhausted = rejects && lambda > S(SmallRules::most_damping);
    says(exhausted, Status::linear_failure);
    says((exhausted && finite) || (runs && finite && promising && is_short(options)), Status::step_converged);
    says(runs && flat > S(1.0), Status::cost_converged);
    says(takes && cost <= S(options.cost_threshold), Status::cost_converged);
    says(takes && is_stationary(options), Status::gradient_converged);
    says(starts && !takes, Status::not_finite_at_start);
    phase = select(starts || runs, end, phase);
  }

  /// Solves for a step and makes the next candidate.
  HELIOTROPE_INLINE void propose() {
    const auto runs = phase == S(phase_running);
    S L[packed_size<N>];
    auto definite = factorise_small<N>(H, D, lambda, L);
    solve_small<N>(L, g, step);
    const auto first = runs && iterations == S(0.0);
    if (is_euclidean<Space> && any(first)) shorten(first, definite, L);
    S slope(0.0), damped(0.0);
    each<N>([&](int j) HELIOTROPE_LAMBDA {
      slope = slope + g[j] * step[j];
      damped = damped + D[j] * step[j] * step[j];
    });
    const S promise = S(0.5) * (lambda * damped - slope);
    predicted = select(definite && is_finite(promise), promise, S(0.0));
    S next[ambient];
    Space::plus(static_cast<const S*>(x), static_cast<const S*>(step), static_cast<S*>(next));
    each<ambient>([&](int k) HELIOTROPE_LAMBDA { candidate[k] = select(runs, next[k], candidate[k]); });
  }

 private:
  template <class F>
  static HELIOTROPE_INLINE void each_residual(int count, F&& f) {
    if constexpr (M <= 8) {
      unroll<M>([&](int m) HELIOTROPE_LAMBDA {
        if (m < count) f(m);
      });
    } else {
      for (int m = 0; m < count; ++m) f(m);
    }
  }

  /// Takes x, g, H and D at the candidate where asked to; returns where derivatives are finite too.
  HELIOTROPE_INLINE Condition<S> move(Condition<S> takes, int count) {
    S gradient[N], square[packed_size<N>];
    each<N>([&](int j) HELIOTROPE_LAMBDA { gradient[j] = S(0.0); });
    for (S& entry : square) entry = S(0.0);
    each_residual(count, [&](int m) HELIOTROPE_LAMBDA {
      each<N>([&](int i) HELIOTROPE_LAMBDA {
        gradient[i] = gradient[i] + J[m * N + i] * r[m];
        each<N>([&](int j) HELIOTROPE_LAMBDA {
          if (j <= i) square[packed(i, j)] = square[packed(i, j)] + J[m * N + i] * J[m * N + j];
        });
      });
    });
    S trace(0.0), size(0.0);
    each<N>([&](int j) HELIOTROPE_LAMBDA {
      trace = trace + square[packed(j, j)];
      size = size + gradient[j] * S(0.0);  // zero, or nan
    });
    takes = takes && is_finite(trace) && size == S(0.0);
    each<ambient>([&](int k) HELIOTROPE_LAMBDA { x[k] = select(takes, candidate[k], x[k]); });
    each<N>([&](int j) HELIOTROPE_LAMBDA {
      const S scale = larger(S(SmallRules::scale_memory) * D[j], square[packed(j, j)]);
      D[j] = select(takes, select(scale == S(0.0), S(1.0), scale), D[j]);  // a column of zeros gets a zero step
      g[j] = select(takes, gradient[j], g[j]);
      each<N>([&](int i) HELIOTROPE_LAMBDA {
        if (i >= j) H[packed(i, j)] = select(takes, square[packed(i, j)], H[packed(i, j)]);
      });
    });
    return takes;
  }

  /// The first step is no longer than x itself, in the norm of D [More1978, the initial bound with factor 1].
  HELIOTROPE_INLINE void shorten(Condition<S> first, Condition<S>& definite, S* L) {
    S size(0.0);
    each<N>([&](int j) HELIOTROPE_LAMBDA { size = size + D[j] * x[j] * x[j]; });
    for (;;) {
      S square(0.0);
      each<N>([&](int j) HELIOTROPE_LAMBDA { square = square + D[j] * step[j] * step[j]; });
      const auto too_long =
          first && definite && size > S(0.0) && square > size && lambda < S(SmallRules::start_damping_limit);
      if (!any(too_long)) return;
      lambda = select(too_long, lambda * S(10.0), lambda);
      definite = factorise_small<N>(H, D, lambda, L);
      solve_small<N>(L, g, step);
    }
  }

  /// |step| <= tolerance (|x| + tiny), by squares.
  HELIOTROPE_INLINE Condition<S> is_short(const SmallOptions& options) const {
    using math::sqrt;
    S moves(0.0), size(0.0);
    each<N>([&](int j) HELIOTROPE_LAMBDA { moves = moves + step[j] * step[j]; });
    each<ambient>([&](int k) HELIOTROPE_LAMBDA { size = size + x[k] * x[k]; });
    return sqrt(moves) <= S(options.step_tolerance) * (sqrt(size) + S(SmallRules::tiny)) && is_finite(moves);
  }

  /// g_j^2 <= tolerance^2 |J_j|^2 |r|^2 for every column j.
  HELIOTROPE_INLINE Condition<S> is_stationary(const SmallOptions& options) const {
    const S bound = S(2.0 * options.gradient_tolerance * options.gradient_tolerance) * cost;
    Condition<S> holds(true);
    each<N>([&](int j) HELIOTROPE_LAMBDA {
      const S square = g[j] * g[j];
      holds = holds && square <= bound * H[packed(j, j)] && is_finite(square);
    });
    return holds;
  }
};

}  // namespace kernels
}  // namespace HELIOTROPE_ISA
}  // namespace heliotrope
