// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "heliotrope/derive/math.hpp"
#include "heliotrope/problem/manifold.hpp"

namespace heliotrope {

/// The angle in (-pi, pi] that differs from `angle` (radians) by whole turns; its derivative is 1.
///
/// An angle already there is returned unchanged, bit by bit; any other is atan2(sin, cos). (The doubles nearest to pi
/// and -pi both lie within.)
template <class T>
HELIOTROPE_INLINE T wrap_angle(const T& angle) {
  using namespace heliotrope::math;
  constexpr double pi = 3.14159265358979323846;
  T sine, cosine;
  sincos(angle, sine, cosine);
  return select(abs(angle) <= pi, angle, atan2(sine, cosine));
}

/// Poses in the plane: x, y, theta, with theta in (-pi, pi].
///
///     plus(x, [v; omega]) = [t + R(theta) v; wrap(theta + omega)]
///
/// The translation moves in the body's frame.
struct SE2 {
  static constexpr int ambient_size = 3;
  static constexpr int tangent_size = 3;
  static constexpr const char* name = "SE2";

  template <class T>
  static HELIOTROPE_INLINE void plus(const T* x, const T* delta, T* y) {
    using namespace heliotrope::math;
    T sine, cosine;
    sincos(x[2], sine, cosine);
    const T moved_x = x[0] + cosine * delta[0] - sine * delta[1];
    const T moved_y = x[1] + sine * delta[0] + cosine * delta[1];
    const T turned = wrap_angle(T(x[2] + delta[2]));
    y[0] = moved_x;
    y[1] = moved_y;
    y[2] = turned;
  }

  template <class T>
  static HELIOTROPE_INLINE void minus(const T* y, const T* x, T* delta) {
    using namespace heliotrope::math;
    T sine, cosine;
    sincos(x[2], sine, cosine);
    const T dx = y[0] - x[0], dy = y[1] - x[1];
    delta[0] = cosine * dx + sine * dy;
    delta[1] = cosine * dy - sine * dx;
    delta[2] = wrap_angle(T(y[2] - x[2]));
  }

  ///     J = [ R(theta)  0 ]
  ///         [    0      1 ]
  template <class T>
  static HELIOTROPE_INLINE void plus_jacobian(const T* x, T* jacobian) {
    using namespace heliotrope::math;
    T sine, cosine;
    sincos(x[2], sine, cosine);
    jacobian[0] = cosine, jacobian[1] = -sine, jacobian[2] = T(0.0);
    jacobian[3] = sine, jacobian[4] = cosine, jacobian[5] = T(0.0);
    jacobian[6] = T(0.0), jacobian[7] = T(0.0), jacobian[8] = T(1.0);
  }
  static constexpr bool plus_jacobian_is_zero(int row, int column) { return (row < 2) != (column < 2); }
};

}  // namespace heliotrope
