// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "heliotrope/derive/math.hpp"
#include "heliotrope/problem/manifold.hpp"
#include "heliotrope/problem/quaternion.hpp"
#include "heliotrope/problem/unit_quaternion.hpp"

namespace heliotrope {

/// Similarities p -> s R(q) p + t of space: x y z, a unit quaternion qx qy qz qw, then the scale s > 0.
///
///     plus([t; q; s], [v; omega; sigma]) = [t + s R(q) v; q exp(omega / 2); s exp(sigma)]
///
/// A step acts in the body's frame and in its own unit of length, its parts separately (the chart of R^3 x SO(3) x R,
/// not the exponential of sim(3)). plus renormalises the quaternion and keeps s positive.
struct Sim3 {
  static constexpr int ambient_size = 8;
  static constexpr int tangent_size = 7;
  static constexpr const char* name = "Sim3";

  template <class T>
  static HELIOTROPE_INLINE void plus(const T* x, const T* delta, T* y) {
    using namespace heliotrope::math;
    T move[3];
    quaternion_rotate(x + 3, delta, move);
    const T scale = x[7];
    y[0] = x[0] + scale * move[0];
    y[1] = x[1] + scale * move[1];
    y[2] = x[2] + scale * move[2];
    UnitQuaternion::plus(x + 3, delta + 3, y + 3);
    y[7] = scale * exp(delta[6]);
  }

  template <class T>
  static HELIOTROPE_INLINE void minus(const T* y, const T* x, T* delta) {
    using namespace heliotrope::math;
    const T inverse = 1.0 / x[7];
    const T move[3] = {inverse * (y[0] - x[0]), inverse * (y[1] - x[1]), inverse * (y[2] - x[2])};
    quaternion_rotate_inverse(x + 3, move, delta);
    UnitQuaternion::minus(y + 3, x + 3, delta + 3);
    delta[6] = log(inverse * y[7]);
  }

  ///     J = [ s R(q)    0      0 ]   3
  ///         [   0   J_quat(q)  0 ]   4
  ///         [   0       0      s ]   1
  template <class T>
  static HELIOTROPE_INLINE void plus_jacobian(const T* x, T* jacobian) {
    T matrix[9], turn[12];
    quaternion_matrix(x + 3, matrix);
    UnitQuaternion::plus_jacobian(x + 3, turn);
    for (int k = 0; k < ambient_size * tangent_size; ++k) jacobian[k] = T(0.0);
    for (int k = 0; k < 9; ++k) jacobian[k / 3 * tangent_size + k % 3] = x[7] * matrix[k];
    for (int k = 0; k < 12; ++k) jacobian[(3 + k / 3) * tangent_size + 3 + k % 3] = turn[k];
    jacobian[7 * tangent_size + 6] = x[7];
  }
  static constexpr bool plus_jacobian_is_zero(int row, int column) {
    const int row_part = row < 3 ? 0 : row < 7 ? 1 : 2;
    return row_part != column / 3;
  }
};

}  // namespace heliotrope
