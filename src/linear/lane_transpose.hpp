// SPDX-License-Identifier: Apache-2.0
// Transposition of W x W tiles of doubles in registers. For files that are compiled for each kernel target.
#pragma once

#include <cstdint>

#include "heliotrope/config.hpp"
#include "heliotrope/derive/pack.hpp"

#if defined(__clang__)
#define HELIOTROPE_UNROLL _Pragma("clang loop unroll(full)")
#else
#define HELIOTROPE_UNROLL _Pragma("GCC unroll 16")
#endif

namespace heliotrope::linear_detail {
inline namespace HELIOTROPE_ISA {

using DoubleVector = decltype(Pack().lanes());

/// One stage of the recursive transposition: exchanges the off-diagonal halves of all 2S x 2S tiles.
template <int S>
HELIOTROPE_INLINE void exchange(DoubleVector& a, DoubleVector& b) {
  const DoubleVector low = a, high = b;
#if HELIOTROPE_PACK_WIDTH == 8
  if constexpr (S == 1) {
    a = __builtin_shufflevector(low, high, 0, 8, 2, 10, 4, 12, 6, 14);
    b = __builtin_shufflevector(low, high, 1, 9, 3, 11, 5, 13, 7, 15);
  } else if constexpr (S == 2) {
    a = __builtin_shufflevector(low, high, 0, 1, 8, 9, 4, 5, 12, 13);
    b = __builtin_shufflevector(low, high, 2, 3, 10, 11, 6, 7, 14, 15);
  } else {
    a = __builtin_shufflevector(low, high, 0, 1, 2, 3, 8, 9, 10, 11);
    b = __builtin_shufflevector(low, high, 4, 5, 6, 7, 12, 13, 14, 15);
  }
#elif HELIOTROPE_PACK_WIDTH == 4
  if constexpr (S == 1) {
    a = __builtin_shufflevector(low, high, 0, 4, 2, 6);
    b = __builtin_shufflevector(low, high, 1, 5, 3, 7);
  } else {
    a = __builtin_shufflevector(low, high, 0, 1, 4, 5);
    b = __builtin_shufflevector(low, high, 2, 3, 6, 7);
  }
#elif HELIOTROPE_PACK_WIDTH == 2
  a = __builtin_shufflevector(low, high, 0, 2);
  b = __builtin_shufflevector(low, high, 1, 3);
#endif
}

template <int S>
HELIOTROPE_INLINE void transpose_stage(DoubleVector* tile) {
  HELIOTROPE_UNROLL
  for (int i = 0; i < Pack::width; ++i) {
    if ((i & S) == 0) exchange<S>(tile[i], tile[i + S]);
  }
}

HELIOTROPE_INLINE void transpose(DoubleVector* tile) {
  if constexpr (Pack::width >= 2) transpose_stage<1>(tile);
  if constexpr (Pack::width >= 4) transpose_stage<2>(tile);
  if constexpr (Pack::width >= 8) transpose_stage<4>(tile);
}

}  // namespace HELIOTROPE_ISA
}  // namespace heliotrope::linear_detail
