// SPDX-License-Identifier: Apache-2.0
// Compiled once for each HELIOTROPE_KERNEL_TARGET (baseline, avx2, avx512); see block_kernels.cpp for what may be used.
#include "fold_kernels.hpp"

#include "heliotrope/config.hpp"
#include "heliotrope/derive/pack.hpp"
#include "kernel_target.hpp"

#if defined(__clang__)
#define HELIOTROPE_UNROLL _Pragma("clang loop unroll(full)")
#else
#define HELIOTROPE_UNROLL _Pragma("GCC unroll 16")
#endif

namespace heliotrope::linear_detail {
namespace {

constexpr int W = Pack::width;
constexpr int K = fold_rows;

HELIOTROPE_INLINE Pack root(Pack x) { return Pack(pack_detail::square_root(x.lanes())); }

/// sum + v'w, by four sums that do not wait for one another.
HELIOTROPE_INLINE Pack add_product(Pack sum, const Pack* v, const Pack* w) {
  Pack parts[4] = {sum + v[0] * w[0], v[1] * w[1], v[2] * w[2], v[3] * w[3]};
  HELIOTROPE_UNROLL
  for (int i = 4; i < K; ++i) parts[i % 4] += v[i] * w[i];
  return (parts[0] + parts[1]) + (parts[2] + parts[3]);
}

HELIOTROPE_INLINE void load(const double* from, Pack* v) {
  HELIOTROPE_UNROLL
  for (int i = 0; i < K; ++i) v[i] = Pack::load(from + i * block_lanes);
}

/// H = 1 - tau [first; v][first; v]' takes [t; a] to H [t; a].
HELIOTROPE_INLINE void reflect(Pack first, const Pack* v, Pack tau, double* t, double* a) {
  Pack column[K];
  load(a, column);
  const Pack top = Pack::load(t);
  const Pack along = tau * add_product(first * top, v, column);
  (top - along * first).store(t);
  HELIOTROPE_UNROLL
  for (int i = 0; i < K; ++i) (column[i] - along * v[i]).store(a + i * block_lanes);
}

/// The lanes of one pack.
HELIOTROPE_INLINE void fold_lanes(double* triangle, double* rotated, int n, double* rows) {
  constexpr int column_stride = K * block_lanes;
  for (int j = 0; j < n; ++j) {
    Pack v[K];
    load(rows + j * column_stride, v);
    const Pack square = add_product(Pack(0.0), v, v);
    const Mask none = square == Pack(0.0);
    if (all(none)) continue;
    double* const row = triangle + static_cast<std::int64_t>(j) * n * block_lanes;
    const Pack alpha = Pack::load(row + j * block_lanes);
    const Pack norm = root(alpha * alpha + square);
    const Pack beta = select(alpha < Pack(0.0), norm, -norm);
    const Pack first = alpha - beta;  // no cancellation: |alpha| + norm
    const Pack tau = select(none, Pack(0.0), Pack(1.0) / (norm * select(first < Pack(0.0), -first, first)));
    select(none, alpha, beta).store(row + j * block_lanes);
    for (int c = j + 1; c < n; ++c) reflect(first, v, tau, row + c * block_lanes, rows + c * column_stride);
    reflect(first, v, tau, rotated + j * block_lanes, rows + n * column_stride);
  }
}

void fold(double* triangle, double* rotated, int n, double* rows) {
  for (int lane = 0; lane < block_lanes; lane += W) fold_lanes(triangle + lane, rotated + lane, n, rows + lane);
}

}  // namespace

extern const FoldKernels HELIOTROPE_JOIN(fold_kernels_, HELIOTROPE_KERNEL_TARGET);
const FoldKernels HELIOTROPE_JOIN(fold_kernels_, HELIOTROPE_KERNEL_TARGET) = {HELIOTROPE_TEXT(HELIOTROPE_KERNEL_TARGET),
                                                                              fold};

}  // namespace heliotrope::linear_detail
