// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rotation.hpp"

namespace bundle {

/// Where a rectified stereo camera sees a point, minus where it was seen, in pixels.
///
///     P = R X + t,   u_left = fx P_x / P_z + cx,   u_right = u_left - fx b / P_z,   v = fy P_y / P_z + cy
///
/// pose: 6, camera from world; point: 3, world.
template <class S, class Rotation = LibraryRotation>
struct StereoReprojection {
  S u_left, u_right, v;
  double fx, fy, cx, cy, baseline;

  static constexpr int residuals = 3;

  template <class T>
  void operator()(const T* pose, const T* point, T* residual) const {
    T seen[3];
    Rotation::rotate(pose, point, seen);
    const T depth = 1.0 / (seen[2] + pose[5]);
    const T u = fx * depth * (seen[0] + pose[3]) + cx;
    residual[0] = u - u_left;
    residual[1] = u - fx * baseline * depth - u_right;
    residual[2] = fy * depth * (seen[1] + pose[4]) + cy - v;
  }
};

}  // namespace bundle
