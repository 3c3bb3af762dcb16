// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "heliotrope/large_vector.hpp"
#include "minimize/iterates.hpp"

namespace heliotrope::detail {

/// The last pairs s_i, y_i of L-BFGS, newest first, as T = double or float.
///
/// Single precision halves what two of the three passes of an iteration read. Little is lost by it: the matrix is that
/// of the rounded pairs, whose products are taken after rounding, so it is positive definite as ever and differs in the
/// eighth digit from one that differs in the first from the Hessian. Pairs are scaled by powers of two, so that they
/// neither overflow nor vanish. Memory: 2 memory vectors of T, allocated when made.
template <class T>
class PairStore {
 public:
  PairStore(int memory, std::int64_t padded_size, int threads)
      : passes_(padded_size, 4 * memory, threads),
        storage_(static_cast<std::size_t>(2 * memory * (padded_size + gap))),
        y_units_(static_cast<std::size_t>(memory)),
        s_units_(static_cast<std::size_t>(memory)) {
    T* next = storage_.data();
    for (auto* ring : {&y_, &s_}) {
      for (int i = 0; i < memory; ++i, next += padded_size + gap) ring->push_back(next);
    }
  }

  int pairs() const { return pairs_; }
  void forget() { pairs_ = 0; }

  /// Takes the step that led to `at` in. Sums, for each pair: y_i'g, y_i'y_0, s_i'g, s_i'y_0.
  void add(const Iterates& at, double* sums) {
    for (auto* ring : {&y_, &s_}) std::rotate(ring->begin(), ring->end() - 1, ring->end());
    for (auto* units : {&y_units_, &s_units_}) std::rotate(units->begin(), units->end() - 1, units->end());
    pairs_ = std::min(pairs_ + 1, static_cast<int>(y_.size()));
    const double y_scale = scale(std::max(std::sqrt(at.square), std::sqrt(at.old_square)));
    const double s_scale = scale(std::sqrt(at.old_direction_square));
    y_units_[0] = 1.0 / y_scale;
    s_units_[0] = at.step(0) / s_scale;
    const minimize_detail::NewPair from{at.gradient(0), at.gradient(1), at.direction(0), y_scale, s_scale};
    const auto view = this->view();
    passes_.run(4 * pairs_, sums, [&](std::int64_t begin, std::int64_t end, double* part) {
      kernels().add(begin, end, from, view, part);
    });
    for (std::size_t i = 0; i < static_cast<std::size_t>(pairs_); ++i) {
      sums[4 * i] *= y_units_[i];
      sums[4 * i + 1] *= y_units_[i] * y_units_[0];
      sums[4 * i + 2] *= s_units_[i];
      sums[4 * i + 3] *= s_units_[i] * y_units_[0];
    }
  }

  /// The next direction: -gamma g + sum_i on_y[i] y_i + on_s[i] s_i; the coefficients are overwritten.
  void combine(Iterates& at, double gamma, double* on_y, double* on_s, double first_step) const {
    for (std::size_t i = 0; i < static_cast<std::size_t>(pairs_); ++i) {
      on_y[i] *= y_units_[i];
      on_s[i] *= s_units_[i];
    }
    const minimize_detail::Coefficients c{gamma, on_y, on_s, at.size() >= least_streamed};
    const auto view = this->view();
    const double* const g = at.gradient(0);
    at.combine_by(first_step, [&](std::int64_t begin, std::int64_t end, double* to, const auto& trial, double* part) {
      kernels().combine(begin, end, g, view, c, to, trial, part);
    });
  }

 private:
  /// 2 MB: a dozen such vectors are more than a third-level cache has for one core.
  static constexpr std::int64_t least_streamed = std::int64_t{1} << 18;
  /// Lest a power of two maps all vectors to the same sets of a cache.
  static constexpr std::int64_t gap = 17 * 64 / static_cast<std::int64_t>(sizeof(T));

  static const minimize_detail::PairKernels<T>& kernels() {
    if constexpr (sizeof(T) == sizeof(double)) {
      return minimize_detail::vector_kernels().pairs;
    } else {
      return minimize_detail::vector_kernels().single_pairs;
    }
  }
  minimize_detail::PairView<T> view() const { return {pairs_, y_.data(), s_.data()}; }

  /// A power of two that brings what is at most `largest` to 1 or less. Doubles stay as they are.
  static double scale(double largest) {
    if (sizeof(T) == sizeof(double) || !(largest > 0.0) || !std::isfinite(largest)) return 1.0;
    return std::ldexp(1.0, std::clamp(-std::ilogb(largest) - 2, -1000, 1000));
  }

  VectorPasses passes_;
  RawVector<T> storage_;
  std::vector<T*> y_, s_;
  std::vector<double> y_units_, s_units_;  // y_i = y_units_[i] y_[i]
  int pairs_ = 0;
};

}  // namespace heliotrope::detail
