// SPDX-License-Identifier: Apache-2.0
// Roll, pitch and yaw of a unit quaternion: R = Rz(yaw) Ry(pitch) Rx(roll).
#pragma once

#include <Eigen/Geometry>
#include <cmath>

namespace heliotrope::detail {

/// q: out, x y z w.
inline void quaternion_of_angles(const double* roll_pitch_yaw, double* q) {
  using Eigen::AngleAxisd, Eigen::Vector3d;
  Eigen::Map<Eigen::Quaterniond> out(q);
  out = AngleAxisd(roll_pitch_yaw[2], Vector3d::UnitZ()) * AngleAxisd(roll_pitch_yaw[1], Vector3d::UnitY()) *
        AngleAxisd(roll_pitch_yaw[0], Vector3d::UnitX());
  out.normalize();
}

/// Where pitch is a quarter turn yaw and roll turn about one axis: any yaw is right, and roll is taken to suit it.
///
///     Rz(yaw)' R = [ cos p   sin p sin r    sin p cos r ]
///                  [   0         cos r         -sin r   ]
///                  [ -sin p  cos p sin r    cos p cos r ]
inline void angles_of_quaternion(const double* q, double* roll_pitch_yaw) {
  const Eigen::Matrix3d r = Eigen::Map<const Eigen::Quaterniond>(q).toRotationMatrix();
  const double yaw = std::atan2(r(1, 0), r(0, 0)), s = std::sin(yaw), c = std::cos(yaw);
  roll_pitch_yaw[0] = std::atan2(s * r(0, 2) - c * r(1, 2), c * r(1, 1) - s * r(0, 1));
  roll_pitch_yaw[1] = std::atan2(-r(2, 0), std::hypot(r(0, 0), r(1, 0)));
  roll_pitch_yaw[2] = yaw;
}

}  // namespace heliotrope::detail
