// SPDX-License-Identifier: Apache-2.0
// Thousands of small problems of one shape, a pack of them at a time.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string>

#include "heliotrope/error.hpp"
#include "heliotrope/minimize/small_problem.hpp"
#include "heliotrope/parallel.hpp"
#include "heliotrope/problem/members.hpp"

namespace heliotrope {
inline namespace HELIOTROPE_ISA {
namespace kernels {

/// Problems that one task solves. Chosen, not measured: hundreds of microseconds, so that a thread is worth waking.
inline constexpr std::int64_t batch_piece = 512;

/// Lanes whose problems have ended idle until there are so many, then take the next problems together: each renewal
/// stalls on stores of single lanes. On three kinds of problems of 5 to 15 iterations (bench/small, AVX-512) this is 5
/// to 10 % slower than waiting for all lanes, which is at the mercy of the slowest, and renewing each at once 15 to 20
/// %.
inline constexpr int renewed_lanes = Pack::width > 2 ? Pack::width / 2 : 1;

/// Solves problems [0, count) in the lanes of one pack. Lanes for which no problem is left idle on what they last had.
template <int M, class Space, class R>
class SmallBatch {
 public:
  using Packed = rebind_scalar_t<R, Pack>;
  static constexpr int ambient = Space::ambient_size;

  SmallBatch(const R* problems, double* x, SmallSummary* summaries, std::int64_t count, const SmallOptions& options)
      : problems_(problems), x_(x), summaries_(summaries), count_(count), options_(options) {}

  HELIOTROPE_FLATTEN void run() {
    Pack start[ambient];
    fill(start);
    loop_.begin(start, options_);
    for (int l = 0; l < Pack::width; ++l) {
      if (which_[l] < 0) loop_.phase.set(l, 0.0);
    }
    for (;;) {
      loop_.evaluate(functor_, M);
      loop_.judge(M, options_);
      if (any(loop_.has_ended()) && is_time_to_renew() && !renew()) return;
      loop_.propose();
    }
  }

 private:
  /// The first problems, one a lane; lanes without one get a copy of the first.
  HELIOTROPE_INLINE void fill(Pack* start) {
    for (int l = 0; l < Pack::width; ++l) {
      const std::int64_t p = next_ < count_ ? next_++ : -1;
      which_[l] = p;
      load(p < 0 ? 0 : p, l);
      for (int k = 0; k < ambient; ++k) start[k].set(l, x_[(p < 0 ? 0 : p) * ambient + k]);
    }
  }

  HELIOTROPE_INLINE void load(std::int64_t problem, int lane) {
    visit_members(
        problems_[problem], functor_, [&](const double& from, Pack& to) HELIOTROPE_LAMBDA { to.set(lane, from); },
        [](const auto&, auto&) HELIOTROPE_LAMBDA {});
  }

  bool is_time_to_renew() const {
    int ended = 0;
    for (int l = 0; l < Pack::width; ++l) ended += loop_.phase[l] >= 0.0;
    return ended == Pack::width || (ended >= renewed_lanes && next_ < count_);
  }

  /// Writes down what has ended and begins what is next. False: every problem has ended.
  bool renew() {
    bool works = false;
    for (int l = 0; l < Pack::width; ++l) {
      if (which_[l] >= 0 && loop_.phase[l] >= 0.0) {
        finish(l);
        which_[l] = next_ < count_ ? next_++ : -1;
        if (which_[l] >= 0) begin(l);
      }
      works = works || which_[l] >= 0;
    }
    return works;
  }

  void finish(int lane) {
    for (int k = 0; k < ambient; ++k) x_[which_[lane] * ambient + k] = loop_.x[k][lane];
    if (summaries_ == nullptr) return;
    SmallSummary& s = summaries_[which_[lane]];
    s.status = static_cast<Status>(static_cast<int>(loop_.phase[lane]));
    s.iterations = static_cast<int>(loop_.iterations[lane]);
    s.initial_cost = loop_.initial_cost[lane];
    s.final_cost = s.status == Status::not_finite_at_start ? s.initial_cost : loop_.cost[lane];
    s.gradient_max = 0.0;
    for (const Pack& g : loop_.g) s.gradient_max = std::max(s.gradient_max, std::abs(g[lane]));
  }

  void begin(int lane) {
    load(which_[lane], lane);
    double start[ambient];
    std::copy_n(x_ + which_[lane] * ambient, ambient, start);
    loop_.begin_lane(start, lane, options_);
  }

  const R* problems_;
  double* x_;
  SmallSummary* summaries_;
  std::int64_t count_, next_ = 0;
  SmallOptions options_;
  std::int64_t which_[Pack::width];
  Packed functor_{};
  SmallLoop<Pack, M, Space> loop_;
};

template <int M, class Space, class R>
void minimize_many(std::span<const R> problems, double* x, std::span<SmallSummary> summaries,
                   const SmallOptions& options, int threads) {
  static_assert(Rebindable<R>,
                "problems that are solved in packs are a template on their scalar, as residuals that vectorise are: "
                "template <class S> struct R, given as R<double>");
  static_assert(count_uniforms<R, rebind_scalar_t<R, Pack>>() == 0,
                "problems that are solved in packs have no member that is the same for all lanes: "
                "declare every member with the scalar");
  const auto count = static_cast<std::int64_t>(problems.size());
  if (!summaries.empty() && summaries.size() != problems.size()) {
    throw Error("minimize_small_batch got " + std::to_string(problems.size()) + " problems and " +
                std::to_string(summaries.size()) + " summaries; expected as many, or none");
  }
  parallel_for(threads, (count + batch_piece - 1) / batch_piece, [&](std::int64_t piece) {
    const std::int64_t begin = piece * batch_piece;
    SmallSummary* const to = summaries.empty() ? nullptr : summaries.data() + begin;
    SmallBatch<M, Space, R>(problems.data() + begin, x + begin * Space::ambient_size, to,
                            std::min(batch_piece, count - begin), options)
        .run();
  });
}

inline void check_batch_starts(std::size_t problems, std::size_t starts) {
  if (problems == starts) return;
  throw Error("minimize_small_batch got " + std::to_string(problems) + " problems and " + std::to_string(starts) +
              " starts; expected as many");
}

}  // namespace kernels
}  // namespace HELIOTROPE_ISA

/// minimize_small for many problems of one shape, one a lane of a pack.
///
/// problems: objects of a template on their scalar, R<double> with all the data of one problem; R<Pack> is made from
/// them lane by lane, by the rules of residuals that vectorise (problem/members.hpp). Every member mentions the scalar.
/// x: the starts, and the answers. summaries: one each, or none. threads: at most.
/// A problem's answer is the same bits whatever problems are beside it and however many threads there are; it agrees
/// with minimize_small's to rounding, since functions of packs are not std's.
/// Errors: Error where the spans differ in length. Nothing is allocated.
/// Cost: a pass evaluates a pack of problems once. Where half the lanes of a pack have ended they take the next
/// problems, so one that needs many iterations does not keep the others waiting.
template <int M = 0, class R, std::size_t N>
void minimize_small_batch(std::span<const R> problems, std::span<std::array<double, N>> x,
                          std::span<SmallSummary> summaries = {}, const SmallOptions& options = {}, int threads = 1) {
  kernels::check_batch_starts(problems.size(), x.size());
  static_assert(sizeof(std::array<double, N>) == N * sizeof(double));
  kernels::minimize_many<detail::small_residual_count<M, R>(), Euclidean<static_cast<int>(N)>>(
      problems, x.empty() ? nullptr : x.front().data(), summaries, options, threads);
}

/// The same on a manifold: x has Space::ambient_size numbers for each problem.
template <Manifold Space, int M = 0, class R>
void minimize_small_batch_on(std::span<const R> problems, std::span<double> x, std::span<SmallSummary> summaries = {},
                             const SmallOptions& options = {}, int threads = 1) {
  if (x.size() % Space::ambient_size != 0) {
    throw Error("minimize_small_batch got " + std::to_string(x.size()) + " numbers; expected a multiple of " +
                std::to_string(Space::ambient_size));
  }
  kernels::check_batch_starts(problems.size(), x.size() / Space::ambient_size);
  kernels::minimize_many<detail::small_residual_count<M, R>(), Space>(problems, x.data(), summaries, options, threads);
}

}  // namespace heliotrope
