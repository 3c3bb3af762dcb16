// SPDX-License-Identifier: Apache-2.0
// Relative pose measurements between two poses a and b, with g2o's own errors: half the sum of squares of the weighted
// residuals is half of g2o's chi2.
#pragma once

#include "heliotrope/residuals/rotation.hpp"

namespace heliotrope {

/// Error of a measured pose z of b seen from a, in the plane:
///
///     e = [ R_z' (R_a' (p_b - p_a) - p_z) ;  wrap(theta_b - theta_a - theta_z) ]
///
/// a, b: x, y, theta (manifold SE2), in the world.
template <class S>
struct RelativePoseSE2 {
  S x, y, theta;  ///< the measured pose of b in the frame of a

  static constexpr int residuals = 3;

  template <class T>
  HELIOTROPE_INLINE void operator()(const T* a, const T* b, T* e) const {
    using namespace heliotrope::math;
    S sine_z, cosine_z;
    T sine, cosine;  // of theta_a + theta_z: R_z' R_a' is one rotation
    sincos(theta, sine_z, cosine_z);
    sincos(T(a[2] + theta), sine, cosine);
    const T dx = b[0] - a[0], dy = b[1] - a[1];
    e[0] = cosine * dx + sine * dy - (cosine_z * x + sine_z * y);
    e[1] = cosine * dy - sine * dx - (cosine_z * y - sine_z * x);
    e[2] = wrap_angle(T(b[2] - a[2] - theta));
  }
};

/// Error of a measured pose z of b seen from a, in space:
///
///     e = [ R_z' (R_a' (p_b - p_a) - p_z) ;  vec(q_z^-1 q_a^-1 q_b) ]
///
/// the vector part taken of the one of +-q whose scalar part is not negative: half the rotation vector, where small.
/// a, b: x y z qx qy qz qw (manifold SE3), in the world. All quaternions are unit.
template <class S>
struct RelativePoseSE3 {
  S x, y, z, qx, qy, qz, qw;  ///< the measured pose of b in the frame of a

  static constexpr int residuals = 6;

  template <class T>
  HELIOTROPE_INLINE void operator()(const T* a, const T* b, T* e) const {
    using namespace heliotrope::math;
    const S measured[4] = {qx, qy, qz, qw}, position[3] = {x, y, z};
    S rotation_z[9], offset[3];
    quaternion_matrix(measured, rotation_z);
    matrix_rotate_inverse(rotation_z, position, offset);

    T predicted[4], rotation[9], seen[3], turn[4];  // q_a q_z, its matrix R_a R_z
    quaternion_multiply(a + 3, measured, predicted);
    quaternion_matrix(predicted, rotation);
    const T move[3] = {b[0] - a[0], b[1] - a[1], b[2] - a[2]};
    matrix_rotate_inverse(rotation, move, seen);
    quaternion_between(predicted, b + 3, turn);
    const T sign = select(turn[3] < 0.0, T(-1.0), T(1.0));
    e[0] = seen[0] - offset[0];
    e[1] = seen[1] - offset[1];
    e[2] = seen[2] - offset[2];
    e[3] = sign * turn[0];
    e[4] = sign * turn[1];
    e[5] = sign * turn[2];
  }
};

}  // namespace heliotrope
