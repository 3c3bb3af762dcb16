// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "heliotrope/problem/manifold.hpp"
#include "heliotrope/problem/unit_sphere.hpp"

namespace heliotrope {

/// Lines with a sense in R^N: a point p on it (N numbers), then its unit direction d (N numbers).
///
///     plus([p; d], [delta_p; delta_d]) = [p + B(d) delta_p; plus on the sphere(d, delta_d)]
///
/// The point moves across the line alone, along B(d), the basis of UnitSphere; how far along the line it stands is no
/// degree of freedom. minus([q; e], [p; d]) belongs to the point of the line [q; e] in the plane through p across d,
///
///     q - t e,     t = d'(q - p) / d'e
///
/// so that it does not depend on which points stand for the lines. It is not finite where they are perpendicular. The
/// variable is laid out as that of Ceres' LineManifold.
template <int N>
struct StraightLine {
  static_assert(N >= 2, "a line has at least two ambient numbers for its point");

  static constexpr int ambient_size = 2 * N;
  static constexpr int tangent_size = 2 * (N - 1);
  static constexpr const char* name = "StraightLine";

  template <class T>
  static HELIOTROPE_INLINE void plus(const T* x, const T* delta, T* y) {
    T move[N];
    UnitSphere<N>::from_tangent(x + N, delta, move);
    for (int i = 0; i < N; ++i) y[i] = x[i] + move[i];
    UnitSphere<N>::plus(x + N, delta + (N - 1), y + N);
  }

  template <class T>
  static HELIOTROPE_INLINE void minus(const T* y, const T* x, T* delta) {
    T along = x[N] * (y[0] - x[0]), cosine = x[N] * y[N], across[N];
    for (int i = 1; i < N; ++i) {
      along += x[N + i] * (y[i] - x[i]);
      cosine += x[N + i] * y[N + i];
    }
    const T t = along / cosine;
    for (int i = 0; i < N; ++i) across[i] = (y[i] - x[i]) - t * y[N + i];
    UnitSphere<N>::to_tangent(x + N, across, delta);
    UnitSphere<N>::minus(y + N, x + N, delta + (N - 1));
  }

  ///     J = [ B(d)  0   ]   N
  ///         [  0   B(d) ]   N
  template <class T>
  static HELIOTROPE_INLINE void plus_jacobian(const T* x, T* jacobian) {
    T basis[N * (N - 1)];
    UnitSphere<N>::plus_jacobian(x + N, basis);
    for (int i = 0; i < N; ++i) {
      for (int j = 0; j < N - 1; ++j) {
        const T& entry = basis[i * (N - 1) + j];
        jacobian[i * tangent_size + j] = entry;
        jacobian[i * tangent_size + (N - 1) + j] = T(0.0);
        jacobian[(N + i) * tangent_size + j] = T(0.0);
        jacobian[(N + i) * tangent_size + (N - 1) + j] = entry;
      }
    }
  }
  static constexpr bool plus_jacobian_is_zero(int row, int column) { return (row < N) != (column < N - 1); }
};

}  // namespace heliotrope
