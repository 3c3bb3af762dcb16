// SPDX-License-Identifier: Apache-2.0
// Compiler vectors of the target's width, and the few operations on them that the language has no operator for.
#pragma once

#include <cstdint>

#include "heliotrope/config.hpp"

/// Lets clang contract a * b + c across inlined operators, as GCC does by default. First line of a function's body.
#if defined(__clang__)
#define HELIOTROPE_CONTRACT _Pragma("clang fp contract(fast)")
#else
#define HELIOTROPE_CONTRACT
#endif

/// A path that is seldom taken: kept out of line, so that the kernels which call it stay small.
#define HELIOTROPE_COLD inline __attribute__((noinline, cold))

/// 1 where multiply_add rounds once: known from the width, so that one instruction set always computes the same.
#if HELIOTROPE_PACK_WIDTH >= 4
#define HELIOTROPE_HAS_FMA 1
#else
#define HELIOTROPE_HAS_FMA 0
#endif

namespace heliotrope {
inline namespace HELIOTROPE_ISA {
namespace pack_detail {

inline constexpr int pack_width = HELIOTROPE_PACK_WIDTH;
using DoubleVector = double __attribute__((vector_size(8 * HELIOTROPE_PACK_WIDTH)));
using IntVector = std::int64_t __attribute__((vector_size(8 * HELIOTROPE_PACK_WIDTH)));
using UintVector = std::uint64_t __attribute__((vector_size(8 * HELIOTROPE_PACK_WIDTH)));

template <class T>
inline constexpr bool always_false = false;

/// True if a lane of a mask (all bits set, or none) is set.
HELIOTROPE_INLINE bool any_lane(IntVector mask) {
#if HELIOTROPE_PACK_WIDTH == 8
  using LongVector = long long __attribute__((vector_size(64)));
  return __builtin_ia32_cvtq2mask512((LongVector)mask) != 0;
#elif HELIOTROPE_PACK_WIDTH == 4
  return __builtin_ia32_movmskpd256((DoubleVector)mask) != 0;
#elif defined(__SSE2__)
  return __builtin_ia32_movmskpd((DoubleVector)mask) != 0;
#else
  std::int64_t bits = 0;
  for (int l = 0; l < pack_width; ++l) bits |= mask[l];
  return bits != 0;
#endif
}

/// Lane by lane `mask ? if_true : if_false`, where a lane of the mask has all its bits set, or none.
HELIOTROPE_INLINE DoubleVector blend(IntVector mask, DoubleVector if_true, DoubleVector if_false) {
#if HELIOTROPE_PACK_WIDTH >= 4
  return mask ? if_true : if_false;
#else  // without comparisons of 64-bit integers
  return (DoubleVector)((mask & (IntVector)if_true) | (~mask & (IntVector)if_false));
#endif
}

/// Square root, correctly rounded; NaN below zero.
HELIOTROPE_INLINE DoubleVector square_root(DoubleVector x) {
#if defined(__has_builtin) && __has_builtin(__builtin_elementwise_sqrt)
  return __builtin_elementwise_sqrt(x);
#elif HELIOTROPE_PACK_WIDTH == 8 && defined(__clang__)
  return __builtin_ia32_sqrtpd512(x, 4);
#elif HELIOTROPE_PACK_WIDTH == 8
  return __builtin_ia32_sqrtpd512_mask(x, x, -1, 4);
#elif HELIOTROPE_PACK_WIDTH == 4
  return __builtin_ia32_sqrtpd256(x);
#elif defined(__SSE2__)
  return __builtin_ia32_sqrtpd(x);
#else
  for (int l = 0; l < pack_width; ++l) x[l] = __builtin_sqrt(x[l]);
  return x;
#endif
}

/// a b + c, rounded once where HELIOTROPE_HAS_FMA, else once or twice.
HELIOTROPE_INLINE DoubleVector multiply_add(DoubleVector a, DoubleVector b, DoubleVector c) {
#if HELIOTROPE_HAS_FMA && defined(__has_builtin) && __has_builtin(__builtin_elementwise_fma)
  return __builtin_elementwise_fma(a, b, c);
#elif HELIOTROPE_PACK_WIDTH == 8
  return __builtin_ia32_vfmaddpd512_mask(a, b, c, -1, 4);
#elif HELIOTROPE_PACK_WIDTH == 4
  return __builtin_ia32_vfmaddpd256(a, b, c);
#else
  return a * b + c;
#endif
}

}  // namespace pack_detail
}  // namespace HELIOTROPE_ISA
}  // namespace heliotrope
