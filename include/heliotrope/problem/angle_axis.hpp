// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "heliotrope/derive/math.hpp"
#include "heliotrope/problem/manifold.hpp"
#include "heliotrope/problem/quaternion.hpp"

namespace heliotrope {

/// SO(3) as rotation vectors a = angle times unit axis (radians), |a| <= pi; where |a| = pi, a and -a are one point.
///
///     plus(a, delta) = log(exp(a) exp(delta)),     minus(b, a) = log(exp(-a) exp(b)),     |minus| <= pi
///
/// delta is a rotation vector in the frame that the rotation maps from (a right perturbation, as UnitQuaternion's).
/// plus gives the equivalent vector within pi, so iterates never come near 2 pi, where rotation vectors are singular.
/// A start beyond pi is taken as the rotation that it is, but not at 2 pi.
struct AngleAxis {
  static constexpr int ambient_size = 3;
  static constexpr int tangent_size = 3;
  static constexpr const char* name = "AngleAxis";

  template <class T>
  static HELIOTROPE_INLINE void plus(const T* a, const T* delta, T* y) {
    T from[4], turn[4], product[4];
    quaternion_exp(a, from);
    quaternion_exp(delta, turn);
    quaternion_multiply(from, turn, product);
    quaternion_log(product, y);
  }

  template <class T>
  static HELIOTROPE_INLINE void minus(const T* b, const T* a, T* delta) {
    T from[4], to[4], turn[4];
    quaternion_exp(a, from);
    quaternion_exp(b, to);
    quaternion_between(from, to, turn);
    quaternion_log(turn, delta);
  }

  /// The inverse of SO(3)'s right Jacobian [Sola2018, 144]; theta = |a|:
  ///
  ///     J = I + [a]x / 2 + c [a]x^2,     c = (1 - (theta/2) cot(theta/2)) / theta^2
  template <class T>
  static HELIOTROPE_INLINE void plus_jacobian(const T* a, T* jacobian) {
    const T xx = a[0] * a[0], yy = a[1] * a[1], zz = a[2] * a[2];
    const T c = curvature(T(xx + yy + zz));
    const T xy = c * a[0] * a[1], xz = c * a[0] * a[2], yz = c * a[1] * a[2];
    const T x = 0.5 * a[0], y = 0.5 * a[1], z = 0.5 * a[2];
    jacobian[0] = 1.0 - c * (yy + zz), jacobian[1] = xy - z, jacobian[2] = xz + y;
    jacobian[3] = xy + z, jacobian[4] = 1.0 - c * (xx + zz), jacobian[5] = yz - x;
    jacobian[6] = xz - y, jacobian[7] = yz + x, jacobian[8] = 1.0 - c * (xx + yy);
  }

 private:
  /// c at t = theta^2: sum_n |B_2n| t^(n-1) / (2n)! below 1/4, where the closed form cancels.
  template <class T>
  static HELIOTROPE_INLINE T curvature(const T& t) {
    using namespace heliotrope::math;
    const auto small = t < 0.25;
    const T far = select(small, T(1.0), t);
    const T half = 0.5 * sqrt(far);
    T sine, cosine;
    sincos(half, sine, cosine);
    const T closed = (1.0 - half * cosine / sine) / far;
    const T near = select(small, t, T(0.0));
    T series(1.0 / 74724249600.0);
    series = series * near + 691.0 / 1307674368000.0;
    series = series * near + 1.0 / 47900160.0;
    series = series * near + 1.0 / 1209600.0;
    series = series * near + 1.0 / 30240.0;
    series = series * near + 1.0 / 720.0;
    series = series * near + 1.0 / 12.0;
    return select(small, series, closed);
  }
};

}  // namespace heliotrope
