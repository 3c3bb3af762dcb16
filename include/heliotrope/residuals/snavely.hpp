// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "heliotrope/residuals/rotation.hpp"

namespace heliotrope {

/// Reprojection error of a point in a camera of the BAL collection, in pixels: prediction minus measurement.
///
///     P = R(w) X + t,   p = -(P_x, P_y) / P_z,   r = f (1 + k1 |p|^2 + k2 |p|^4) p - (u, v)
///
/// camera: w (3, angle-axis, camera from world), t (3), f, k1, k2. point: X (3, world). The camera looks along -z and
/// image y points up. Not defined for P_z = 0; a point behind the camera gives a finite residual all the same.
/// Source: [Agarwal2010], after [Snavely2006].
template <class S>
struct SnavelyReprojection {
  S u, v;  ///< the measured pixel, from the principal point

  static constexpr int residuals = 2;

  template <class T>
  HELIOTROPE_INLINE void operator()(const T* camera, const T* point, T* residual) const {
    T seen[3];
    angle_axis_rotate(camera, point, seen);
    const T scale = -1.0 / (seen[2] + camera[5]);
    const T x = scale * (seen[0] + camera[3]);
    const T y = scale * (seen[1] + camera[4]);
    const T square = x * x + y * y;
    const T focal = camera[6] * (1.0 + square * (camera[7] + camera[8] * square));
    residual[0] = focal * x - u;
    residual[1] = focal * y - v;
  }
};

}  // namespace heliotrope
