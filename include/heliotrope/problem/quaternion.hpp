// SPDX-License-Identifier: Apache-2.0
// Quaternions in the memory order x y z w: the algebra that the rotation manifolds and residuals share.
//
// The functions hold no branch, so T may be double, a pack, a jet of either or a complex step. Where an angle theta
// divides, it is theta = sqrt(|v|^2 + 1e-36): at v = 0 every quotient and every derivative is then finite and right to
// rounding, and for |v| > 1e-10 the added term is below it. Outputs may not overlap inputs unless said.
#pragma once

#include "heliotrope/config.hpp"
#include "heliotrope/derive/math.hpp"
#include "heliotrope/derive/pack.hpp"

namespace heliotrope {

inline namespace HELIOTROPE_ISA {
namespace pack_detail {
/// Square of an angle that no rotation resolves; keeps quotients finite (chosen, not measured).
inline constexpr double tiny_angle_squared = 1e-36;
}  // namespace pack_detail
}  // namespace HELIOTROPE_ISA

/// out = a b (Hamilton's product): the rotation b followed by a. A, B: T, or the scalar that T mixes with.
template <class A, class B, class T>
HELIOTROPE_INLINE void quaternion_multiply(const A* a, const B* b, T* out) {
  out[0] = a[3] * b[0] + a[0] * b[3] + a[1] * b[2] - a[2] * b[1];
  out[1] = a[3] * b[1] - a[0] * b[2] + a[1] * b[3] + a[2] * b[0];
  out[2] = a[3] * b[2] + a[0] * b[1] - a[1] * b[0] + a[2] * b[3];
  out[3] = a[3] * b[3] - a[0] * b[0] - a[1] * b[1] - a[2] * b[2];
}

/// out = conj(a) b: for unit quaternions the rotation from a to b, seen in a.
template <class A, class B, class T>
HELIOTROPE_INLINE void quaternion_between(const A* a, const B* b, T* out) {
  out[0] = a[3] * b[0] - a[0] * b[3] - a[1] * b[2] + a[2] * b[1];
  out[1] = a[3] * b[1] + a[0] * b[2] - a[1] * b[3] - a[2] * b[0];
  out[2] = a[3] * b[2] - a[0] * b[1] + a[1] * b[0] - a[2] * b[3];
  out[3] = a[3] * b[3] + a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/// out = conj(q): the inverse of a unit quaternion. out may be q.
template <class T>
HELIOTROPE_INLINE void quaternion_conjugate(const T* q, T* out) {
  out[0] = -q[0];
  out[1] = -q[1];
  out[2] = -q[2];
  out[3] = q[3];
}

/// out = q.
template <class T>
HELIOTROPE_INLINE void quaternion_copy(const T* q, T* out) {
  out[0] = q[0];
  out[1] = q[1];
  out[2] = q[2];
  out[3] = q[3];
}

/// out = q / |q|; q may not be zero. out may be q.
template <class T>
HELIOTROPE_INLINE void quaternion_normalize(const T* q, T* out) {
  using namespace heliotrope::math;
  const T inverse = 1.0 / sqrt(q[0] * q[0] + q[1] * q[1] + q[2] * q[2] + q[3] * q[3]);
  out[0] = q[0] * inverse;
  out[1] = q[1] * inverse;
  out[2] = q[2] * inverse;
  out[3] = q[3] * inverse;
}

/// The quaternion of the rotation vector v (3 values, radians): q = [v sin(theta/2) / theta; cos(theta/2)],
/// theta = |v|.
template <class T>
HELIOTROPE_INLINE void quaternion_exp(const T* v, T* q) {
  using namespace heliotrope::math;
  const T theta = sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2] + pack_detail::tiny_angle_squared);
  T sine, cosine;
  sincos(0.5 * theta, sine, cosine);
  const T scale = sine / theta;
  q[0] = scale * v[0];
  q[1] = scale * v[1];
  q[2] = scale * v[2];
  q[3] = cosine;
}

/// The rotation vector of q, |v| <= pi: v = 2 atan2(|q_v|, w) / |q_v| q_v, taken of the one of q and -q with w >= 0.
/// The length of q does not matter.
template <class T>
HELIOTROPE_INLINE void quaternion_log(const T* q, T* v) {
  using namespace heliotrope::math;
  const T sign = select(q[3] < 0.0, T(-1.0), T(1.0));
  const T sine = sqrt(q[0] * q[0] + q[1] * q[1] + q[2] * q[2] + pack_detail::tiny_angle_squared);
  const T scale = 2.0 * sign * atan2(sine, sign * q[3]) / sine;
  v[0] = scale * q[0];
  v[1] = scale * q[1];
  v[2] = scale * q[2];
}

/// The rotation matrix R (row-major, 9 values) of the unit quaternion q.
template <class T>
HELIOTROPE_INLINE void quaternion_matrix(const T* q, T* matrix) {
  const T x2 = 2.0 * q[0], y2 = 2.0 * q[1], z2 = 2.0 * q[2];
  const T xx = x2 * q[0], xy = x2 * q[1], xz = x2 * q[2], xw = x2 * q[3];
  const T yy = y2 * q[1], yz = y2 * q[2], yw = y2 * q[3];
  const T zz = z2 * q[2], zw = z2 * q[3];
  matrix[0] = 1.0 - (yy + zz);
  matrix[1] = xy - zw;
  matrix[2] = xz + yw;
  matrix[3] = xy + zw;
  matrix[4] = 1.0 - (xx + zz);
  matrix[5] = yz - xw;
  matrix[6] = xz - yw;
  matrix[7] = yz + xw;
  matrix[8] = 1.0 - (xx + yy);
}

/// out = R p for a row-major 3 x 3 matrix R. A, B: T, or the scalar that T mixes with.
template <class A, class B, class T>
HELIOTROPE_INLINE void matrix_rotate(const A* matrix, const B* p, T* out) {
  out[0] = matrix[0] * p[0] + matrix[1] * p[1] + matrix[2] * p[2];
  out[1] = matrix[3] * p[0] + matrix[4] * p[1] + matrix[5] * p[2];
  out[2] = matrix[6] * p[0] + matrix[7] * p[1] + matrix[8] * p[2];
}

/// out = R' p for a row-major 3 x 3 matrix R: the inverse rotation. A, B: T, or the scalar that T mixes with.
template <class A, class B, class T>
HELIOTROPE_INLINE void matrix_rotate_inverse(const A* matrix, const B* p, T* out) {
  out[0] = matrix[0] * p[0] + matrix[3] * p[1] + matrix[6] * p[2];
  out[1] = matrix[1] * p[0] + matrix[4] * p[1] + matrix[7] * p[2];
  out[2] = matrix[2] * p[0] + matrix[5] * p[1] + matrix[8] * p[2];
}

/// out = R(q) p for a unit quaternion.
template <class T>
HELIOTROPE_INLINE void quaternion_rotate(const T* q, const T* p, T* out) {
  T matrix[9];
  quaternion_matrix(q, matrix);
  matrix_rotate(matrix, p, out);
}

/// out = R(q)' p for a unit quaternion.
template <class T>
HELIOTROPE_INLINE void quaternion_rotate_inverse(const T* q, const T* p, T* out) {
  T matrix[9];
  quaternion_matrix(q, matrix);
  matrix_rotate_inverse(matrix, p, out);
}

}  // namespace heliotrope
