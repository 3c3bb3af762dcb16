// SPDX-License-Identifier: Apache-2.0
// Compiled once for each HELIOTROPE_KERNEL_TARGET (baseline, avx2, avx512); see block_kernels.cpp for what may be used.
#include "panel_kernels.hpp"

#include <cstdint>

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

using Index = std::int64_t;
constexpr Index W = Pack::width;
constexpr Index alignment = 8;

// Register tile of the matrix product: 3 packs x 8 columns fill the 32 registers of AVX-512, 3 x 4 the 16 of the
// others.
constexpr int tile_packs = 3;
constexpr int tile_columns = W == 8 ? 8 : 4;

// Columns that are factorised one by one before the rest of the panel is updated. Chosen, not measured.
constexpr Index strip = 16;

constexpr Index round_down(Index i) { return i / alignment * alignment; }

/// One register tile: P packs of rows by N columns. Add: C += -A B', else C = -A B'.
template <int P, int N, bool Add>
HELIOTROPE_INLINE void tile(const double* a, const double* b, Index leading, Index k, double* c, Index leading_c) {
  Pack sum[P * N];
  HELIOTROPE_UNROLL
  for (int i = 0; i < P * N; ++i) sum[i] = Pack(0.0);
  for (Index q = 0; q < k; ++q, a += leading, b += leading) {
    Pack rows[P];
    HELIOTROPE_UNROLL
    for (int p = 0; p < P; ++p) rows[p] = Pack::load(a + p * W);
    HELIOTROPE_UNROLL
    for (int n = 0; n < N; ++n) {
      const Pack column(b[n]);
      HELIOTROPE_UNROLL
      for (int p = 0; p < P; ++p) sum[n * P + p] += rows[p] * column;
    }
  }
  HELIOTROPE_UNROLL
  for (int n = 0; n < N; ++n) {
    HELIOTROPE_UNROLL
    for (int p = 0; p < P; ++p) {
      double* to = c + n * leading_c + p * W;
      if constexpr (Add) {
        (Pack::load(to) - sum[n * P + p]).store(to);
      } else {
        (-sum[n * P + p]).store(to);
      }
    }
  }
}

/// N columns of a product, from row `begin` to `rows`.
template <int N, bool Add>
HELIOTROPE_INLINE void columns_of_product(const double* a, const double* b, Index leading, Index k, double* c,
                                          Index leading_c, Index begin, Index rows) {
  Index i = begin;
  for (; i + tile_packs * W <= rows; i += tile_packs * W) {
    tile<tile_packs, N, Add>(a + i, b, leading, k, c + i, leading_c);
  }
  for (; i < rows; i += W) tile<1, N, Add>(a + i, b, leading, k, c + i, leading_c);
}

template <bool Add>
void product(const double* a, const double* b, Index leading, Index k, double* c, Index leading_c, Index rows,
             Index columns, Index diagonal) {
  Index j = 0;
  for (; j + tile_columns <= columns; j += tile_columns) {
    columns_of_product<tile_columns, Add>(a, b + j, leading, k, c + j * leading_c, leading_c, round_down(diagonal + j),
                                          rows);
  }
  for (; j + 3 <= columns; j += 3) {
    columns_of_product<3, Add>(a, b + j, leading, k, c + j * leading_c, leading_c, round_down(diagonal + j), rows);
  }
  for (; j < columns; ++j) {
    columns_of_product<1, Add>(a, b + j, leading, k, c + j * leading_c, leading_c, round_down(diagonal + j), rows);
  }
}

/// Factorises columns [begin, end), which columns before `begin` have updated already, over all rows of the panel.
HELIOTROPE_INLINE bool factorise_strip(double* panel, Index leading, Index begin, Index end) {
  for (Index j = begin; j < end; ++j) {
    double* column = panel + j * leading;
    const Index top = round_down(j);
    const Index count = j - begin;
    for (Index i = top; i < leading && count > 0; i += W) {
      Pack sum = Pack::load(column + i);
      const double* earlier = panel + begin * leading;
      for (Index q = 0; q < count; ++q, earlier += leading) sum -= Pack::load(earlier + i) * Pack(earlier[j]);
      sum.store(column + i);
    }
    const double pivot = column[j];
    if (!(pivot > 0.0 && pivot <= 1.7976931348623157e308)) return false;
    const double root = __builtin_sqrt(pivot);
    const Pack scale(1.0 / root);
    for (Index i = top; i < leading; i += W) (Pack::load(column + i) * scale).store(column + i);
    column[j] = root;
  }
  return true;
}

bool factorise(double* panel, Index leading, Index columns) {
  for (Index begin = 0; begin < columns; begin += strip) {
    const Index end = begin + strip < columns ? begin + strip : columns;
    if (!factorise_strip(panel, leading, begin, end)) return false;
    if (end == columns) break;
    const double* source = panel + begin * leading;
    product<true>(source, source + end, leading, end - begin, panel + end * leading, leading, leading, columns - end,
                  end);
  }
  return true;
}

void negative_product(const double* a, const double* b, Index leading, Index k, double* c, Index leading_c, Index rows,
                      Index columns, Index diagonal) {
  product<false>(a, b, leading, k, c, leading_c, rows, columns, diagonal);
}

void add(const double* from, Index n, double* to) {
  Index i = 0;
  for (; i + W <= n; i += W) (Pack::load(to + i) + Pack::load(from + i)).store(to + i);
  for (; i < n; ++i) to[i] += from[i];
}

void solve_forward(const double* panel, Index leading, Index columns, double* w) {
  for (Index j = 0; j < columns; ++j) {
    const double* column = panel + j * leading;
    const double value = w[j] / column[j];
    w[j] = value;
    Index i = j + 1;
    for (; i < leading && i % alignment != 0; ++i) w[i] -= column[i] * value;
    const Pack factor(value);
    for (; i < leading; i += W) (Pack::load(w + i) - Pack::load(column + i) * factor).store(w + i);
  }
}

void solve_backward(const double* panel, Index leading, Index columns, double* w) {
  for (Index j = columns - 1; j >= 0; --j) {
    const double* column = panel + j * leading;
    double value = w[j];
    Index i = j + 1;
    for (; i < leading && i % alignment != 0; ++i) value -= column[i] * w[i];
    Pack sum(0.0);
    for (; i < leading; i += W) sum += Pack::load(column + i) * Pack::load(w + i);
    for (int l = 0; l < W; ++l) value -= sum[l];
    w[j] = value / column[j];
  }
}

}  // namespace

extern const PanelKernels HELIOTROPE_JOIN(panel_kernels_, HELIOTROPE_KERNEL_TARGET);
const PanelKernels HELIOTROPE_JOIN(panel_kernels_, HELIOTROPE_KERNEL_TARGET) = {
    HELIOTROPE_TEXT(HELIOTROPE_KERNEL_TARGET), factorise, negative_product, add, solve_forward, solve_backward};

}  // namespace heliotrope::linear_detail
