// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "heliotrope/problem/manifold.hpp"
#include "heliotrope/problem/quaternion.hpp"
#include "heliotrope/problem/unit_quaternion.hpp"

namespace heliotrope {

/// Poses in space: x y z, then a unit quaternion qx qy qz qw.
///
///     plus([t; q], [v; omega]) = [t + R(q) v; q exp(omega / 2)]
///
/// Translation and rotation move in the body's frame, separately (the chart of SO(3) x R^3, not of the exponential of
/// se(3)). plus renormalises the quaternion.
struct SE3 {
  static constexpr int ambient_size = 7;
  static constexpr int tangent_size = 6;
  static constexpr const char* name = "SE3";

  template <class T>
  static HELIOTROPE_INLINE void plus(const T* x, const T* delta, T* y) {
    T move[3];
    quaternion_rotate(x + 3, delta, move);
    y[0] = x[0] + move[0];
    y[1] = x[1] + move[1];
    y[2] = x[2] + move[2];
    UnitQuaternion::plus(x + 3, delta + 3, y + 3);
  }

  template <class T>
  static HELIOTROPE_INLINE void minus(const T* y, const T* x, T* delta) {
    const T move[3] = {y[0] - x[0], y[1] - x[1], y[2] - x[2]};
    quaternion_rotate_inverse(x + 3, move, delta);
    UnitQuaternion::minus(y + 3, x + 3, delta + 3);
  }

  ///     J = [ R(q)     0     ]   3
  ///         [  0   J_quat(q) ]   4
  template <class T>
  static HELIOTROPE_INLINE void plus_jacobian(const T* x, T* jacobian) {
    T matrix[9], turn[12];
    quaternion_matrix(x + 3, matrix);
    UnitQuaternion::plus_jacobian(x + 3, turn);
    const T zero(0.0);
    copy_row(jacobian, matrix[0], matrix[1], matrix[2], zero, zero, zero);
    copy_row(jacobian + 6, matrix[3], matrix[4], matrix[5], zero, zero, zero);
    copy_row(jacobian + 12, matrix[6], matrix[7], matrix[8], zero, zero, zero);
    copy_row(jacobian + 18, zero, zero, zero, turn[0], turn[1], turn[2]);
    copy_row(jacobian + 24, zero, zero, zero, turn[3], turn[4], turn[5]);
    copy_row(jacobian + 30, zero, zero, zero, turn[6], turn[7], turn[8]);
    copy_row(jacobian + 36, zero, zero, zero, turn[9], turn[10], turn[11]);
  }
  static constexpr bool plus_jacobian_is_zero(int row, int column) { return (row < 3) != (column < 3); }

 private:
  template <class T>
  static HELIOTROPE_INLINE void copy_row(T* row, const T& a, const T& b, const T& c, const T& d, const T& e,
                                         const T& f) {
    row[0] = a, row[1] = b, row[2] = c, row[3] = d, row[4] = e, row[5] = f;
  }
};

}  // namespace heliotrope
