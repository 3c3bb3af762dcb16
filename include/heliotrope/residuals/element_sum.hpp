// SPDX-License-Identifier: Apache-2.0
// Objectives that are sums of many terms of one kind, each of a few variables:
//
//     f(x) = sum_k phi(k, x[i_0(k)], x[i_1(k)], ...),   i_j(k) = stride_j k + offset_j
//
// Value and gradient cost O(n): terms are evaluated in jets of packs, block by block, so that what a block reads and
// writes stays in the first-level cache.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "heliotrope/config.hpp"
#include "heliotrope/derive/jet.hpp"
#include "heliotrope/derive/jet_math.hpp"
#include "heliotrope/derive/math.hpp"
#include "heliotrope/derive/pack_math.hpp"

namespace heliotrope {

/// Where a variable of term k is: x[stride k + offset]. With stride 0 all terms share it.
struct TermSlot {
  std::int64_t stride = 1, offset = 0;
};

/// Slots of one stride at the given offsets.
template <class... Offsets>
constexpr std::array<TermSlot, sizeof...(Offsets)> slots(std::int64_t stride, Offsets... offsets) {
  return {TermSlot{stride, static_cast<std::int64_t>(offsets)}...};
}

inline namespace HELIOTROPE_ISA {

/// Adds up sums of terms, and their gradients where `gradient` is not empty.
///
/// A term is a functor (k, x) -> T for x of any scalar T and k of its underlying scalar: packs, or their jets. Cost:
/// some 1 to 3 ns a variable on AVX-512. No memory. Sums are in a fixed order.
class ElementSum {
 public:
  ElementSum(std::span<const double> x, std::span<double> gradient) : x_(x), gradient_(gradient) {}

  /// f += sum of `terms` terms; none where that is not positive.
  template <class Term, std::size_t N>
  void add(std::int64_t terms, const std::array<TermSlot, N>& at, const Term& term) {
    value_ += gradient_.empty() ? value_of(terms, at, term) : differentiate(terms, at, term);
  }
  /// The gradient alone: of what the terms stand for, where f is a function of sums.
  template <class Term, std::size_t N>
  void add_gradient(std::int64_t terms, const std::array<TermSlot, N>& at, const Term& term) {
    if (!gradient_.empty()) differentiate(terms, at, term);
  }
  void add(double constant) { value_ += constant; }

  /// A sum that is not added.
  template <class Term, std::size_t N>
  double value_of(std::int64_t terms, const std::array<TermSlot, N>& at, const Term& term) const {
    double in[N][block], values[block], sum = 0.0;
    for (std::int64_t first = 0; first < terms; first += block) {
      const int count = static_cast<int>(std::min<std::int64_t>(block, terms - first));
      const double* from[N];
      read(first, count, at, in, from);
      evaluate(term, first, count, from, values);
      sum += add_up(values, count);
    }
    return sum;
  }

  /// f. The gradient is complete after it.
  double finish() {
    clear_until(static_cast<std::int64_t>(gradient_.size()));
    return value_;
  }

 private:
  static constexpr int W = Pack::width;
  static constexpr int block = 256;

  template <class Term, std::size_t N>
  double differentiate(std::int64_t terms, const std::array<TermSlot, N>& at, const Term& term) {
    double in[N][block], out[N][block], values[block], shared[N] = {}, sum = 0.0;
    for (std::int64_t first = 0; first < terms; first += block) {
      const int count = static_cast<int>(std::min<std::int64_t>(block, terms - first));
      const double* from[N];
      read(first, count, at, in, from);
      differentiate_block(term, first, count, from, out, values);
      sum += add_up(values, count);
      for (std::size_t j = 0; j < N; ++j) {
        if (at[j].stride == 0) {
          shared[j] += add_up(out[j], count);
        } else {
          write(first, count, at[j], out[j]);
        }
      }
    }
    for (std::size_t j = 0; j < N && terms > 0; ++j) {
      if (at[j].stride != 0) continue;
      clear_until(at[j].offset + 1);
      gradient_[static_cast<std::size_t>(at[j].offset)] += shared[j];
    }
    return sum;
  }

  /// from[j] = the block's values of slot j, in place where they are contiguous; the last pack is filled up with
  /// copies.
  template <std::size_t N>
  void read(std::int64_t first, int count, const std::array<TermSlot, N>& at, double (&in)[N][block],
            const double* (&from)[N]) const {
    const int filled = (count + W - 1) / W * W;
    for (std::size_t j = 0; j < N; ++j) {
      const std::int64_t stride = at[j].stride;
      const double* const x = x_.data() + stride * first + at[j].offset;
      from[j] = in[j];
      if (stride == 1 && filled == count) {
        from[j] = x;
        continue;
      }
      for (int k = 0; k < count; ++k) in[j][k] = x[stride * k];
      for (int k = count; k < filled; ++k) in[j][k] = in[j][count - 1];
    }
  }

  static HELIOTROPE_INLINE Pack index(std::int64_t k) {
    Pack each(static_cast<double>(k));
    for (int l = 1; l < W; ++l) each.set(l, static_cast<double>(k + l));
    return each;
  }

  template <class Term, std::size_t N>
  HELIOTROPE_FLATTEN static void evaluate(const Term& term, std::int64_t first, int count,
                                          const double* const (&from)[N], double* values) {
    for (int k = 0; k < count; k += W) {
      Pack x[N];
      for (std::size_t j = 0; j < N; ++j) x[j] = Pack::load(from[j] + k);
      const Pack value = term(index(first + k), static_cast<const Pack*>(x));
      value.store(values + k);
    }
  }

  template <class Term, std::size_t N>
  HELIOTROPE_FLATTEN static void differentiate_block(const Term& term, std::int64_t first, int count,
                                                     const double* const (&from)[N], double (&out)[N][block],
                                                     double* values) {
    using T = Jet<Pack, static_cast<int>(N)>;
    for (int k = 0; k < count; k += W) {
      T x[N];
      for (std::size_t j = 0; j < N; ++j) x[j] = T::seed(Pack::load(from[j] + k), static_cast<int>(j));
      const T at = term(index(first + k), static_cast<const T*>(x));
      at.value().store(values + k);
      for (std::size_t j = 0; j < N; ++j) at.derivative(static_cast<int>(j)).store(out[j] + k);
    }
  }

  void write(std::int64_t first, int count, const TermSlot& slot, const double* out) {
    const std::int64_t begin = slot.stride * first + slot.offset;
    clear_until(begin + slot.stride * (count - 1) + 1);
    double* const to = gradient_.data() + begin;
    if (slot.stride == 1) {
      for (int k = 0; k < count; ++k) to[k] += out[k];
    } else {
      for (int k = 0; k < count; ++k) to[slot.stride * k] += out[k];
    }
  }

  /// Zeroes what no term has touched, not long before terms do.
  void clear_until(std::int64_t end) {
    if (end <= cleared_) return;
    std::fill(gradient_.begin() + cleared_, gradient_.begin() + end, 0.0);
    cleared_ = end;
  }

  static double add_up(const double* values, int count) {
    double sums[8] = {};
    int k = 0;
    for (; k + 8 <= count; k += 8) {
      for (int l = 0; l < 8; ++l) sums[l] += values[k + l];
    }
    for (; k < count; ++k) sums[k % 8] += values[k];
    return ((sums[0] + sums[4]) + (sums[1] + sums[5])) + ((sums[2] + sums[6]) + (sums[3] + sums[7]));
  }

  std::span<const double> x_;
  std::span<double> gradient_;
  double value_ = 0.0;
  std::int64_t cleared_ = 0;
};

}  // namespace HELIOTROPE_ISA
}  // namespace heliotrope
