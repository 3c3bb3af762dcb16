// SPDX-License-Identifier: Apache-2.0
// Poses as six numbers, angle-axis rotation and translation: p_camera = R p_world + t, t = -R centre.
#pragma once

#include <Eigen/Geometry>

#include "io/random.hpp"

namespace bundle {

using Eigen::Matrix3d;
using Eigen::Vector3d;
using heliotrope::detail::Random;

inline Vector3d normal_vector(Random& random) {
  const double x = random.normal(), y = random.normal(), z = random.normal();
  return {x, y, z};
}

inline Matrix3d rotation(const Vector3d& angle_axis) {
  const double angle = angle_axis.norm();
  if (angle == 0.0) return Matrix3d::Identity();
  return Eigen::AngleAxisd(angle, angle_axis / angle).toRotationMatrix();
}
inline Matrix3d rotation(const double* pose) { return rotation(Vector3d(pose[0], pose[1], pose[2])); }

inline Vector3d transform(const double* pose, const Vector3d& point) {
  return rotation(pose) * point + Vector3d(pose[3], pose[4], pose[5]);
}

inline Vector3d centre(const double* pose) {
  return -(rotation(pose).transpose() * Vector3d(pose[3], pose[4], pose[5]));
}

inline void store_pose(const Matrix3d& rotation, const Vector3d& centre, double* pose) {
  const Eigen::AngleAxisd turn(rotation);
  const Vector3d angle_axis = turn.angle() * turn.axis(), translation = -(rotation * centre);
  for (int i = 0; i < 3; ++i) {
    pose[i] = angle_axis[i];
    pose[3 + i] = translation[i];
  }
}

/// Standard deviations of each axis of the rotation (radians) and of each coordinate of the centre.
inline void perturb_pose(Random& random, double rotation_error, double centre_error, double* pose) {
  const Matrix3d turned = rotation(Vector3d(rotation_error * normal_vector(random))) * rotation(pose);
  store_pose(turned, centre(pose) + centre_error * normal_vector(random), pose);
}

}  // namespace bundle
