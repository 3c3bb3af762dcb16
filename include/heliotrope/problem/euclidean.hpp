// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "heliotrope/problem/manifold.hpp"

namespace heliotrope {

/// R^N: plus is addition. With N = dynamic_size the size is known only at run time and no function is called.
template <int N>
struct Euclidean {
  static_assert(N >= 1 || N == dynamic_size, "the size of a Euclidean space is positive, or dynamic_size");

  static constexpr int ambient_size = N;
  static constexpr int tangent_size = N;
  static constexpr bool euclidean = true;
  static constexpr const char* name = "Euclidean";

  template <class T>
  static HELIOTROPE_INLINE void plus(const T* x, const T* delta, T* y) {
    for (int i = 0; i < N; ++i) y[i] = x[i] + delta[i];
  }
  template <class T>
  static HELIOTROPE_INLINE void minus(const T* y, const T* x, T* delta) {
    for (int i = 0; i < N; ++i) delta[i] = y[i] - x[i];
  }
  template <class T>
  static HELIOTROPE_INLINE void plus_jacobian(const T*, T* jacobian) {
    for (int i = 0; i < N * N; ++i) jacobian[i] = T(i % (N + 1) == 0 ? 1.0 : 0.0);
  }
};

}  // namespace heliotrope
