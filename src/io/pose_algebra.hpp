// SPDX-License-Identifier: Apache-2.0
// Products and inverses of poses as pose graphs store them: x y theta, or x y z qx qy qz qw.
#pragma once

#include <Eigen/Geometry>
#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace heliotrope::detail {

/// Room for a pose of either dimension.
using PoseValue = std::array<double, 7>;

/// theta + 2 pi k in [-pi, pi].
inline double wrap_angle(double theta) { return std::remainder(theta, 2.0 * std::numbers::pi); }

/// out = a * b; out may be a or b.
inline void compose(int dimension, const double* a, const double* b, double* out) {
  if (dimension == 2) {
    const double c = std::cos(a[2]), s = std::sin(a[2]);
    const double x = a[0] + c * b[0] - s * b[1], y = a[1] + s * b[0] + c * b[1];
    const double theta = wrap_angle(a[2] + b[2]);
    out[0] = x, out[1] = y, out[2] = theta;
    return;
  }
  using Eigen::Map, Eigen::Quaterniond, Eigen::Vector3d;
  const Map<const Quaterniond> qa(a + 3), qb(b + 3);
  const Vector3d t = Map<const Vector3d>(a) + qa * Map<const Vector3d>(b);
  const Quaterniond q = (qa * qb).normalized();
  Map<Vector3d>(out, 3) = t;
  Map<Quaterniond>(out + 3) = q;
}

/// out = a^-1; out may be a.
inline void invert(int dimension, const double* a, double* out) {
  if (dimension == 2) {
    const double c = std::cos(a[2]), s = std::sin(a[2]);
    const double x = -c * a[0] - s * a[1], y = s * a[0] - c * a[1];
    const double theta = -a[2];
    out[0] = x, out[1] = y, out[2] = theta;
    return;
  }
  using Eigen::Map, Eigen::Quaterniond, Eigen::Vector3d;
  const Quaterniond q = Map<const Quaterniond>(a + 3).conjugate();
  const Vector3d t = -(q * Map<const Vector3d>(a));
  Map<Vector3d>(out, 3) = t;
  Map<Quaterniond>(out + 3) = q;
}

/// out = a^-1 * b.
inline void relative(int dimension, const double* a, const double* b, double* out) {
  PoseValue inverse;
  invert(dimension, a, inverse.data());
  compose(dimension, inverse.data(), b, out);
}

/// world = the point `seen` in the frame of a pose; world may be `seen`.
inline void transform(int dimension, const double* pose, const double* seen, double* world) {
  if (dimension == 2) {
    const double c = std::cos(pose[2]), s = std::sin(pose[2]);
    const double x = pose[0] + c * seen[0] - s * seen[1], y = pose[1] + s * seen[0] + c * seen[1];
    world[0] = x, world[1] = y;
    return;
  }
  using Eigen::Map, Eigen::Quaterniond, Eigen::Vector3d;
  const Vector3d p = Map<const Vector3d>(pose) + Map<const Quaterniond>(pose + 3) * Map<const Vector3d>(seen);
  Map<Vector3d>(world, 3) = p;
}

/// q /= |q|, whatever its scale; false where it is zero. A quaternion that is normal to the last bits stays as it is,
/// so that writing and reading is the identity.
inline bool normalise(double* q) {
  const double greatest = std::max({std::abs(q[0]), std::abs(q[1]), std::abs(q[2]), std::abs(q[3])});
  if (greatest == 0.0) return false;
  double squared = 0.0;
  for (int i = 0; i < 4; ++i) squared += (q[i] / greatest) * (q[i] / greatest);
  if (std::abs(greatest * std::sqrt(squared) - 1.0) <= 1e-14) return true;
  for (int i = 0; i < 4; ++i) q[i] = (q[i] / greatest) / std::sqrt(squared);
  return true;
}

/// out = the pose at the origin.
inline void identity(int dimension, double* out) {
  const int size = dimension == 2 ? 3 : 7;
  for (int i = 0; i < size; ++i) out[i] = 0.0;
  if (dimension == 3) out[6] = 1.0;
}

}  // namespace heliotrope::detail
