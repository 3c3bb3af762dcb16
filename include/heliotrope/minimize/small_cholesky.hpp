// SPDX-License-Identifier: Apache-2.0
// Cholesky of a matrix of a few columns, in registers, for one number or one pack of them an entry.
#pragma once

#include "heliotrope/derive/jet.hpp"

namespace heliotrope {
inline namespace HELIOTROPE_ISA {
namespace kernels {
using namespace pack_detail;
using ::heliotrope::select;  // of numbers too

/// What comparing two S gives: bool or Mask.
template <class S>
using Condition = decltype(S() < S());

HELIOTROPE_INLINE bool any(bool condition) { return condition; }
HELIOTROPE_INLINE bool all(bool condition) { return condition; }

template <class S>
HELIOTROPE_INLINE Condition<S> is_finite(const S& x) {
  return x - x == S(0.0);
}
template <class S>
HELIOTROPE_INLINE S larger(const S& a, const S& b) {
  return select(a < b, b, a);
}

/// Calls f(0), ..., f(N - 1), with no loop left where so few entries live in registers.
template <int N, class F>
HELIOTROPE_INLINE void each(F&& f) {
  if constexpr (N <= 8) {
    unroll<N>(f);
  } else {
    for (int i = 0; i < N; ++i) f(i);
  }
}

/// Entry (i, j), j <= i, of a lower triangle stored by rows.
HELIOTROPE_INLINE constexpr int packed(int i, int j) { return i * (i + 1) / 2 + j; }
template <int N>
inline constexpr int packed_size = N*(N + 1) / 2;

/// L E L' = H + lambda diag(D), L with ones on its diagonal; `L` gets its entries below, and 1 / E in place of the
/// ones. Returns where every pivot is positive. N^3 / 6 multiply-adds, N divisions.
template <int N, class S>
HELIOTROPE_INLINE Condition<S> factorise_small(const S* H, const S* D, const S& lambda, S* L) {
  Condition<S> definite(true);
  each<N>([&](int i) HELIOTROPE_LAMBDA {
    S row[N];  // L_ij E_j
    each<N>([&](int j) HELIOTROPE_LAMBDA {
      if (j >= i) return;
      S sum = H[packed(i, j)];
      each<N>([&](int k) HELIOTROPE_LAMBDA {
        if (k < j) sum = sum - row[k] * L[packed(j, k)];
      });
      row[j] = sum;
    });
    S pivot = H[packed(i, i)] + lambda * D[i];
    each<N>([&](int j) HELIOTROPE_LAMBDA {
      if (j >= i) return;
      const S scaled = row[j] * L[packed(j, j)];
      pivot = pivot - scaled * row[j];
      L[packed(i, j)] = scaled;
    });
    definite = definite && pivot > S(0.0);
    L[packed(i, i)] = S(1.0) / pivot;
  });
  return definite;
}

/// x = -(L E L')^-1 g.
template <int N, class S>
HELIOTROPE_INLINE void solve_small(const S* L, const S* g, S* x) {
  each<N>([&](int i) HELIOTROPE_LAMBDA {
    S sum = -g[i];
    each<N>([&](int k) HELIOTROPE_LAMBDA {
      if (k < i) sum = sum - L[packed(i, k)] * x[k];
    });
    x[i] = sum;
  });
  each<N>([&](int i) HELIOTROPE_LAMBDA { x[i] = x[i] * L[packed(i, i)]; });
  each<N>([&](int back) HELIOTROPE_LAMBDA {
    const int i = N - 1 - back;
    each<N>([&](int k) HELIOTROPE_LAMBDA {
      if (k > i) x[i] = x[i] - L[packed(k, i)] * x[k];
    });
  });
}

}  // namespace kernels
}  // namespace HELIOTROPE_ISA
}  // namespace heliotrope
