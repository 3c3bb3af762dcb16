// SPDX-License-Identifier: Apache-2.0
// Sizes and loads that the kernels of elimination share. For files that are compiled for each kernel target.
#pragma once

#include <cstdint>

#include "elimination_kernels.hpp"
#include "lane_transpose.hpp"

namespace heliotrope::linear_detail {
inline namespace HELIOTROPE_ISA {

inline constexpr int W = Pack::width;
inline constexpr int lanes = block_lanes;
using Index = std::int64_t;

/// A size: the template argument, or what is given at run time where that is dynamic_size.
template <int N>
HELIOTROPE_INLINE constexpr int size_of(int given) {
  return N == dynamic_size ? given : N;
}

HELIOTROPE_INLINE Pack load(const double* from) { return Pack::load(from); }
HELIOTROPE_INLINE Pack load(const float* from) {
  using FloatVector = float __attribute__((vector_size(4 * W)));
  FloatVector narrow;
  __builtin_memcpy(&narrow, from, sizeof(narrow));
  return Pack(__builtin_convertvector(narrow, DoubleVector));
}

}  // namespace HELIOTROPE_ISA
}  // namespace heliotrope::linear_detail
