// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "heliotrope/derive/math.hpp"
#include "heliotrope/problem/manifold.hpp"
#include "heliotrope/problem/quaternion.hpp"  // tiny_angle_squared

namespace heliotrope {

/// Directions in R^N: the unit vectors.
///
///     plus(x, delta) = cos|delta| x + sin|delta| / |delta| B(x) delta,     minus: its inverse, |minus| <= pi
///
/// B(x) are the columns 1 ... N - 1 of the Householder reflection that takes x to -sign(x_N) e_N, a basis of the
/// tangent plane without a division that can fail. With u = x_1 ... x_(N-1), sigma = sign(x_N):
///
///     B = [ I - u u' / (1 + |x_N|) ]   N - 1
///         [       -sigma u'        ]   1
///
/// So delta is an angle (radians) along a great circle. plus renormalises. From x to -x every direction is as good, and
/// minus gives one of length 0. Sources: [Golub2013, 5.1], [Hertzberg2013].
template <int N>
struct UnitSphere {
  static_assert(N >= 2, "a unit sphere has at least two ambient numbers");

  static constexpr int ambient_size = N;
  static constexpr int tangent_size = N - 1;
  static constexpr const char* name = "UnitSphere";

  template <class T>
  static HELIOTROPE_INLINE void plus(const T* x, const T* delta, T* y) {
    using namespace heliotrope::math;
    const T theta = sqrt(dot<N - 1>(delta, delta) + pack_detail::tiny_angle_squared);
    T sine, cosine, move[N];
    sincos(theta, sine, cosine);
    from_tangent(x, delta, move);
    const T along = sine / theta;
    for (int i = 0; i < N; ++i) move[i] = cosine * x[i] + along * move[i];
    const T inverse = 1.0 / sqrt(dot<N>(move, move));
    for (int i = 0; i < N; ++i) y[i] = inverse * move[i];
  }

  template <class T>
  static HELIOTROPE_INLINE void minus(const T* y, const T* x, T* delta) {
    using namespace heliotrope::math;
    to_tangent(x, y, delta);
    const T sine = sqrt(dot<N - 1>(delta, delta) + pack_detail::tiny_angle_squared);
    const T scale = atan2(sine, dot<N>(x, y)) / sine;
    for (int i = 0; i < N - 1; ++i) delta[i] = scale * delta[i];
  }

  ///     J = B(x)
  template <class T>
  static HELIOTROPE_INLINE void plus_jacobian(const T* x, T* jacobian) {
    const T inverse = reciprocal(x), sign = pole(x);
    for (int i = 0; i < N - 1; ++i) {
      const T scaled = inverse * x[i];
      for (int j = 0; j < N - 1; ++j) jacobian[i * (N - 1) + j] = (i == j ? 1.0 : 0.0) - scaled * x[j];
    }
    for (int j = 0; j < N - 1; ++j) jacobian[(N - 1) * (N - 1) + j] = -sign * x[j];
  }

  /// out = B(x) delta: a tangent vector in ambient coordinates (N values).
  template <class T>
  static HELIOTROPE_INLINE void from_tangent(const T* x, const T* delta, T* out) {
    const T product = dot<N - 1>(x, delta);
    const T along = reciprocal(x) * product;
    for (int i = 0; i < N - 1; ++i) out[i] = delta[i] - along * x[i];
    out[N - 1] = -pole(x) * product;
  }

  /// delta = B(x)' p: what of the vector p lies in the tangent plane (N - 1 values).
  template <class T>
  static HELIOTROPE_INLINE void to_tangent(const T* x, const T* p, T* delta) {
    const T along = reciprocal(x) * dot<N - 1>(x, p) + pole(x) * p[N - 1];
    for (int i = 0; i < N - 1; ++i) delta[i] = p[i] - along * x[i];
  }

 private:
  template <int size, class T>
  static HELIOTROPE_INLINE T dot(const T* a, const T* b) {
    T sum = a[0] * b[0];
    for (int i = 1; i < size; ++i) sum += a[i] * b[i];
    return sum;
  }
  template <class T>
  static HELIOTROPE_INLINE T pole(const T* x) {
    using namespace heliotrope::math;
    return select(x[N - 1] < 0.0, T(-1.0), T(1.0));
  }
  template <class T>
  static HELIOTROPE_INLINE T reciprocal(const T* x) {
    return 1.0 / (1.0 + pole(x) * x[N - 1]);
  }
};

}  // namespace heliotrope
