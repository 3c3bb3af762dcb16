// SPDX-License-Identifier: Apache-2.0
// What many points add to one block of S, which stays in registers. Included by elimination_kernels.cpp alone.
#pragma once

#include "elimination_blocks.hpp"

namespace heliotrope::linear_detail {
inline namespace HELIOTROPE_ISA {

/// sums[t][v] -= sum over pairs and p of x[p][broadcast + t] y[p][vector + W v], where x and y are the two records.
template <bool upper_is_vector, int T, int V, int WN, int PN>
HELIOTROPE_INLINE void gather_sums(Index stride, const std::uint32_t* pairs, Index count, const double* records,
                                   int broadcast, int vector, Pack (&sums)[T][V]) {
  for (Index i = 0; i < count; ++i) {
    const double* const a = records + Index{pairs[i] >> 16} * stride;
    const double* const c = records + Index{pairs[i] & 0xffff} * stride;
    const double* const x = (upper_is_vector ? c : a) + broadcast;
    const double* const y = (upper_is_vector ? a : c) + vector;
    HELIOTROPE_UNROLL
    for (int p = 0; p < PN; ++p) {
      HELIOTROPE_UNROLL
      for (int v = 0; v < V; ++v) {
        const Pack right = Pack::load(y + p * WN + W * v);
        HELIOTROPE_UNROLL
        for (int t = 0; t < T; ++t) sums[t][v] -= Pack(x[p * WN + t]) * right;
      }
    }
  }
}

/// The whole of a block in registers where it fits them: 9 x 9 and 6 x 6 on AVX-512.
template <int WN, int PN>
HELIOTROPE_INLINE void gather_whole(Index stride, const std::uint32_t* pairs, Index count, const double* records,
                                    double* block) {
  constexpr int whole = WN / 8 * 8, left_over = WN % 8, height = round_up_8(WN);
  constexpr int V = whole > 0 ? whole / W : 1, H = height / W;
  Pack sums[WN][V], rest[left_over][H];
  if constexpr (whole > 0) {
    HELIOTROPE_UNROLL
    for (int i = 0; i < WN; ++i) sums[i][0] = Pack::load(block + i * whole);
  }
  HELIOTROPE_UNROLL
  for (int j = 0; j < left_over; ++j) {
    HELIOTROPE_UNROLL
    for (int h = 0; h < H; ++h) rest[j][h] = Pack::load(block + WN * whole + j * height + h * W);
  }
  for (Index i = 0; i < count; ++i) {
    const double* const a = records + Index{pairs[i] >> 16} * stride;
    const double* const c = records + Index{pairs[i] & 0xffff} * stride;
    HELIOTROPE_UNROLL
    for (int p = 0; p < PN; ++p) {
      if constexpr (whole > 0) {
        const Pack right = Pack::load(c + p * WN);
        HELIOTROPE_UNROLL
        for (int t = 0; t < WN; ++t) sums[t][0] -= Pack(a[p * WN + t]) * right;
      }
      HELIOTROPE_UNROLL
      for (int h = 0; h < H; ++h) {
        const Pack left = Pack::load(a + p * WN + h * W);
        HELIOTROPE_UNROLL
        for (int j = 0; j < left_over; ++j) rest[j][h] -= left * Pack(c[p * WN + whole + j]);
      }
    }
  }
  if constexpr (whole > 0) {
    HELIOTROPE_UNROLL
    for (int i = 0; i < WN; ++i) sums[i][0].store(block + i * whole);
  }
  HELIOTROPE_UNROLL
  for (int j = 0; j < left_over; ++j) {
    HELIOTROPE_UNROLL
    for (int h = 0; h < H; ++h) rest[j][h].store(block + WN * whole + j * height + h * W);
  }
}

/// Strip after strip of a block where registers are few.
template <int WN, int PN>
HELIOTROPE_INLINE void gather_strips(Index stride, const std::uint32_t* pairs, Index count, const double* records,
                                     double* block) {
  constexpr int whole = WN / 8 * 8, left_over = WN % 8, height = round_up_8(WN);
  for (int j = 0; j < whole; j += W) {
    Pack sums[WN][1];
    HELIOTROPE_UNROLL
    for (int i = 0; i < WN; ++i) sums[i][0] = Pack::load(block + i * whole + j);
    gather_sums<false, WN, 1, WN, PN>(stride, pairs, count, records, 0, j, sums);
    HELIOTROPE_UNROLL
    for (int i = 0; i < WN; ++i) sums[i][0].store(block + i * whole + j);
  }
  double* const at = block + WN * whole;
  for (int h = 0; h < height; h += W) {
    Pack sums[left_over][1];
    HELIOTROPE_UNROLL
    for (int j = 0; j < left_over; ++j) sums[j][0] = Pack::load(at + j * height + h);
    gather_sums<true, left_over, 1, WN, PN>(stride, pairs, count, records, whole, h, sums);
    HELIOTROPE_UNROLL
    for (int j = 0; j < left_over; ++j) sums[j][0].store(at + j * height + h);
  }
}

inline void gather_update(int w, int width, Index stride, const std::uint32_t* pairs, Index count,
                          const double* records, double* block) {
  const auto call = [&](auto whole, auto strips) HELIOTROPE_LAMBDA {
    W == 8 ? whole(stride, pairs, count, records, block) : strips(stride, pairs, count, records, block);
  };
  if (width == 3 && w == 9) return call(gather_whole<9, 3>, gather_strips<9, 3>);
  if (width == 3 && w == 6) return call(gather_whole<6, 3>, gather_strips<6, 3>);
  for (Index i = 0; i < count; ++i) {
    rank_update_of<false, dynamic_size, dynamic_size, dynamic_size>(
        w, w, width, records + Index{pairs[i] >> 16} * stride, records + Index{pairs[i] & 0xffff} * stride, block);
  }
}

}  // namespace HELIOTROPE_ISA
}  // namespace heliotrope::linear_detail
