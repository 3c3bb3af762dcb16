// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rotation.hpp"

namespace bundle {

/// Where a stereo head mounted on a body sees a point, minus where it was seen, in pixels.
///
///     P = R_head (R_body X + t_body) + t_head,   q_left = P.xy / P_z,   q_right = q_left - (b / P_z, 0)
///     pixel = f (1 + k1 |q|^2) q + c
///
/// head: 6, camera from body; pose: 6, body from world; intrinsics: f, c (2), k1; point: 3, world.
template <class S, class Rotation = LibraryRotation>
struct RigReprojection {
  S u_left, v_left, u_right, v_right;
  double baseline;

  static constexpr int residuals = 4;

  template <class T>
  void operator()(const T* head, const T* pose, const T* intrinsics, const T* point, T* residual) const {
    T body[3], seen[3];
    Rotation::rotate(pose, point, body);
    body[0] = body[0] + pose[3];
    body[1] = body[1] + pose[4];
    body[2] = body[2] + pose[5];
    Rotation::rotate(head, body, seen);
    const T depth = 1.0 / (seen[2] + head[5]);
    const T left = depth * (seen[0] + head[3]), right = left - baseline * depth;
    const T y = depth * (seen[1] + head[4]);
    const T scale_left = intrinsics[0] * (1.0 + intrinsics[3] * (left * left + y * y));
    const T scale_right = intrinsics[0] * (1.0 + intrinsics[3] * (right * right + y * y));
    residual[0] = scale_left * left + intrinsics[1] - u_left;
    residual[1] = scale_left * y + intrinsics[2] - v_left;
    residual[2] = scale_right * right + intrinsics[1] - u_right;
    residual[3] = scale_right * y + intrinsics[2] - v_right;
  }
};

}  // namespace bundle
