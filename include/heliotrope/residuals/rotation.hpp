// SPDX-License-Identifier: Apache-2.0
// Rotations and poses for residuals: angle-axis vectors, and composition of SE(2) and SE(3) poses.
// The quaternion algebra is in problem/quaternion.hpp. No function branches; T may be double, a pack or a jet of
// either.
#pragma once

#include "heliotrope/problem/quaternion.hpp"  // IWYU pragma: export
#include "heliotrope/problem/se2.hpp"         // wrap_angle

namespace heliotrope {

/// out = R(w) p, the rotation by |w| radians about w (3 values each; out may be p).
///
///     R p = c p + a (w x p) + b (w'p) w,   k = sin(theta/2) / theta,   a = 2 k cos(theta/2),   b = 2 k^2,
///     c = cos(theta) = 1 - b theta^2,      theta = sqrt(|w|^2 + 1e-36)
///
/// In half angles nothing cancels: values and derivatives are right to rounding at every w, zero included.
template <class T>
HELIOTROPE_INLINE void angle_axis_rotate(const T* w, const T* p, T* out) {
  using namespace heliotrope::math;
  const T square = w[0] * w[0] + w[1] * w[1] + w[2] * w[2];
  const T theta = sqrt(square + pack_detail::tiny_angle_squared);
  T sine, cosine;
  sincos(0.5 * theta, sine, cosine);
  const T k = sine / theta, k2 = 2.0 * k;
  const T a = k2 * cosine, b = k2 * k, c = 1.0 - b * square;
  const T along = b * (w[0] * p[0] + w[1] * p[1] + w[2] * p[2]);
  const T x = w[1] * p[2] - w[2] * p[1], y = w[2] * p[0] - w[0] * p[2], z = w[0] * p[1] - w[1] * p[0];
  const T p0 = p[0], p1 = p[1], p2 = p[2];
  out[0] = c * p0 + a * x + along * w[0];
  out[1] = c * p1 + a * y + along * w[1];
  out[2] = c * p2 + a * z + along * w[2];
}

/// The unit quaternion (x y z w) of the angle-axis vector w.
template <class T>
HELIOTROPE_INLINE void angle_axis_to_quaternion(const T* w, T* q) {
  quaternion_exp(w, q);
}

/// The angle-axis vector, at most pi long, of the quaternion q (x y z w).
template <class T>
HELIOTROPE_INLINE void quaternion_to_angle_axis(const T* q, T* w) {
  quaternion_log(q, w);
}

/// out = a b for SE(2) poses (x, y, theta): the pose b of frame a, seen where a is. out may be a or b.
template <class T>
HELIOTROPE_INLINE void se2_compose(const T* a, const T* b, T* out) {
  SE2::plus(a, b, out);
}

/// out = a^-1 b for SE(2) poses: b seen from a.
template <class T>
HELIOTROPE_INLINE void se2_between(const T* a, const T* b, T* out) {
  SE2::minus(b, a, out);
}

/// out = a^-1 for an SE(2) pose. out may be a.
template <class T>
HELIOTROPE_INLINE void se2_inverse(const T* a, T* out) {
  using namespace heliotrope::math;
  T sine, cosine;
  sincos(a[2], sine, cosine);
  const T x = -(cosine * a[0] + sine * a[1]);
  const T y = sine * a[0] - cosine * a[1];
  out[0] = x;
  out[1] = y;
  out[2] = wrap_angle(T(-a[2]));
}

/// out = a b for SE(3) poses (x y z qx qy qz qw): the pose b of frame a, seen where a is. out may be a or b.
template <class T>
HELIOTROPE_INLINE void se3_compose(const T* a, const T* b, T* out) {
  T move[3], turn[4];
  quaternion_rotate(a + 3, b, move);
  quaternion_multiply(a + 3, b + 3, turn);
  out[0] = a[0] + move[0];
  out[1] = a[1] + move[1];
  out[2] = a[2] + move[2];
  quaternion_copy(turn, out + 3);
}

/// out = a^-1 b for SE(3) poses: b seen from a. out may be a or b.
template <class T>
HELIOTROPE_INLINE void se3_between(const T* a, const T* b, T* out) {
  T turn[4];
  const T move[3] = {b[0] - a[0], b[1] - a[1], b[2] - a[2]};
  quaternion_between(a + 3, b + 3, turn);
  quaternion_rotate_inverse(a + 3, move, out);
  quaternion_copy(turn, out + 3);
}

/// out = a^-1 for an SE(3) pose. out may be a.
template <class T>
HELIOTROPE_INLINE void se3_inverse(const T* a, T* out) {
  T seen[3];
  quaternion_rotate_inverse(a + 3, a, seen);
  out[0] = -seen[0];
  out[1] = -seen[1];
  out[2] = -seen[2];
  quaternion_conjugate(a + 3, out + 3);
}

}  // namespace heliotrope
