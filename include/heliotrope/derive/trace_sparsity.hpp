// SPDX-License-Identifier: Apache-2.0
// The sparsity pattern of a derivative, found by evaluating a templated function once with scalars that remember which
// variables they depend on.
//
//     struct Chain { template <class T> void operator()(const T* x, T* r) const { r[0] = x[1] - x[0] * x[0]; } };
//     TracedSparsity jacobian = heliotrope::trace_sparsity(Chain{}, 2, 1);             // 1 x 2, two entries
//     TracedSparsity hessian = heliotrope::trace_hessian_sparsity(Chain{}, 2);         // 2 x 2, the entry (0, 0)
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "heliotrope/derive/sparsity_arena.hpp"
#include "heliotrope/derive/sparsity_tracer.hpp"
#include "heliotrope/error.hpp"
#include "heliotrope/large_vector.hpp"

namespace heliotrope {

struct TracedSparsity {
  SparsityPattern pattern;
  bool is_local = false;      ///< a comparison of traced values was answered for the point: elsewhere it may differ
  std::int64_t num_sets = 0;  ///< unions made on the way, 8 bytes each
};

struct HessianTraceOptions {
  std::int64_t num_outputs = 1;            ///< of f; the pattern is that of the sum of their Hessians
  std::int64_t max_entries = 500'000'000;  ///< Error beyond, counted before repeated ones are dropped
};

namespace detail {

/// Variables and outputs of one evaluation. `at`: the point, or empty.
template <class Tracer>
struct Trace {
  Trace(std::int64_t n, std::int64_t m, std::span<const double> at) : arena(n) {
    if (m < 0) throw Error("trace_sparsity: found " + std::to_string(m) + " outputs, expected at least 0");
    x.reserve(static_cast<std::size_t>(n));
    for (std::int64_t j = 0; j < n; ++j) x.emplace_back(arena, j, at.empty() ? 0.0 : at[static_cast<std::size_t>(j)]);
    r.resize(static_cast<std::size_t>(m));
  }
  template <class F>
  void run(const F& f) {
    f(static_cast<const Tracer*>(x.data()), r.data());
    x = {};
  }
  template <class Number>
  LargeVector<std::uint32_t> sets(const Number& number) const {
    LargeVector<std::uint32_t> sets;
    sets.reserve(r.size());
    for (const Tracer& output : r) sets.push_back(number(output));
    return sets;
  }

  SparsityArena arena;
  LargeVector<Tracer> x, r;
};

template <bool AtPoint, class F>
TracedSparsity trace_jacobian(const F& f, std::int64_t n, std::int64_t m, std::span<const double> at) {
  using Tracer = SparsityTracer<AtPoint, false>;
  Trace<Tracer> trace(n, m, at);
  trace.run(f);
  const auto sets = trace.sets([](const Tracer& output) { return output.set(); });
  return {trace.arena.collect(sets), trace.arena.followed_branch(), trace.arena.num_unions()};
}

template <bool AtPoint, class F>
TracedSparsity trace_hessian(const F& f, std::int64_t n, std::span<const double> at,
                             const HessianTraceOptions& options) {
  using Tracer = SparsityTracer<AtPoint, true>;
  Trace<Tracer> trace(n, options.num_outputs, at);
  trace.run(f);
  const auto sets = trace.sets([](const Tracer& output) { return output.pairs(); });
  return {trace.arena.collect_pairs(sets, options.max_entries), trace.arena.followed_branch(),
          trace.arena.num_unions()};
}

}  // namespace detail

/// The pattern of the Jacobian of f(x, r), R^n -> R^m, for all points: m x n, the union over both sides of every
/// select, min and max.
///
/// f is evaluated once, with T = SparsityTracer<false, false>; it is written for any T, as a residual is. It takes
/// every function of math.hpp. A comparison is no condition: `if (x[0] < 0)` does not compile, and the message names
/// select and trace_sparsity_at. An entry is structural: dependence that cancels or is multiplied by zero counts; none
/// comes through floor or the sign of copysign, whose derivatives are zero. Outputs that are not written have no entry.
/// Errors: n or m negative or above 2^31 - 1, more than 2^32 - 1 sets.
/// Cost: a few nanoseconds an operation, then the parts of each row's set. Memory: 16 bytes a variable and output, and
/// 8 for every operation that joins two sets neither of which is a part of the other (a row that sums k variables: k -
/// 1; nothing for repeated ones).
template <class F>
TracedSparsity trace_sparsity(const F& f, std::int64_t n, std::int64_t m) {
  return detail::trace_jacobian<false>(f, n, m, {});
}

/// The same at a point: values are carried along, comparisons are answered by them, and `if`, select, min and max
/// follow the side taken; is_local tells whether a comparison of traced values was made.
///
/// T = SparsityTracer<true, false>. x: n values.
template <class F>
TracedSparsity trace_sparsity_at(const F& f, std::span<const double> x, std::int64_t m) {
  return detail::trace_jacobian<true>(f, static_cast<std::int64_t>(x.size()), m, x);
}

/// The pattern of the Hessian of a scalar function f(x, r), R^n -> R, for all points: symmetric, n x n; the diagonal
/// only where the function is not linear in a variable.
///
/// Every operation that is not linear adds the pairs that it can make interact: x y the pairs of x and y, sin(x) those
/// of x with itself. What does not reach the output does not count. T = SparsityTracer<false, true>. Interactions that
/// cancel count. Cost: as trace_sparsity, with 12 bytes for every product of sets, and 8 bytes an entry while pairs are
/// gathered. Errors: as trace_sparsity; more than max_entries.
template <class F>
TracedSparsity trace_hessian_sparsity(const F& f, std::int64_t n, const HessianTraceOptions& options = {}) {
  return detail::trace_hessian<false>(f, n, {}, options);
}

/// The same at a point, where branches follow the values.
template <class F>
TracedSparsity trace_hessian_sparsity_at(const F& f, std::span<const double> x,
                                         const HessianTraceOptions& options = {}) {
  return detail::trace_hessian<true>(f, static_cast<std::int64_t>(x.size()), x, options);
}

}  // namespace heliotrope
