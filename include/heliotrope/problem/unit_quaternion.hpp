// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "heliotrope/problem/manifold.hpp"
#include "heliotrope/problem/quaternion.hpp"

namespace heliotrope {

/// SO(3) as unit quaternions in the memory order x y z w; q and -q are the same point.
///
///     plus(q, delta) = q exp(delta / 2),     minus(p, q) = 2 log(conj(q) p),     |minus| <= pi
///
/// delta is a rotation vector in the frame that q maps from (a right perturbation). plus renormalises.
struct UnitQuaternion {
  static constexpr int ambient_size = 4;
  static constexpr int tangent_size = 3;
  static constexpr const char* name = "UnitQuaternion";

  template <class T>
  static HELIOTROPE_INLINE void plus(const T* q, const T* delta, T* y) {
    T turn[4], product[4];
    quaternion_exp(delta, turn);
    quaternion_multiply(q, turn, product);
    quaternion_normalize(product, y);
  }

  template <class T>
  static HELIOTROPE_INLINE void minus(const T* y, const T* q, T* delta) {
    T turn[4];
    quaternion_between(q, y, turn);
    quaternion_log(turn, delta);
  }

  ///            1 [  w -z  y ]
  ///     J  =   - [  z  w -x ]
  ///            2 [ -y  x  w ]
  ///              [ -x -y -z ]
  template <class T>
  static HELIOTROPE_INLINE void plus_jacobian(const T* q, T* jacobian) {
    const T x = 0.5 * q[0], y = 0.5 * q[1], z = 0.5 * q[2], w = 0.5 * q[3];
    jacobian[0] = w, jacobian[1] = -z, jacobian[2] = y;
    jacobian[3] = z, jacobian[4] = w, jacobian[5] = -x;
    jacobian[6] = -y, jacobian[7] = x, jacobian[8] = w;
    jacobian[9] = -x, jacobian[10] = -y, jacobian[11] = -z;
  }
};

}  // namespace heliotrope
