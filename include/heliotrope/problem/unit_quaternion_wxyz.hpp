// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "heliotrope/problem/unit_quaternion.hpp"

namespace heliotrope {

/// SO(3) as unit quaternions in the memory order w x y z (that of Ceres' rotation functions); else UnitQuaternion.
///
/// What takes a quaternion in quaternion.hpp expects x y z w.
struct UnitQuaternionWxyz {
  static constexpr int ambient_size = 4;
  static constexpr int tangent_size = 3;
  static constexpr const char* name = "UnitQuaternionWxyz";

  template <class T>
  static HELIOTROPE_INLINE void plus(const T* q, const T* delta, T* y) {
    const T x[4] = {q[1], q[2], q[3], q[0]};
    T moved[4];
    UnitQuaternion::plus(x, delta, moved);
    y[0] = moved[3], y[1] = moved[0], y[2] = moved[1], y[3] = moved[2];
  }

  template <class T>
  static HELIOTROPE_INLINE void minus(const T* y, const T* q, T* delta) {
    const T to[4] = {y[1], y[2], y[3], y[0]}, from[4] = {q[1], q[2], q[3], q[0]};
    UnitQuaternion::minus(to, from, delta);
  }

  /// The rows of UnitQuaternion's, the last one first.
  template <class T>
  static HELIOTROPE_INLINE void plus_jacobian(const T* q, T* jacobian) {
    const T x[4] = {q[1], q[2], q[3], q[0]};
    T rows[12];
    UnitQuaternion::plus_jacobian(x, rows);
    for (int k = 0; k < 12; ++k) jacobian[(k + 3) % 12] = rows[k];
  }
};

}  // namespace heliotrope
