// SPDX-License-Identifier: Apache-2.0
// Reprojection errors of COLMAP's camera models [Schoenberger2016], with the intrinsics in parts, so that each can be
// held on its own and shared by any number of images.
#pragma once

#include "heliotrope/problem/quaternion.hpp"

namespace heliotrope {

/// The camera models: what they make of the direction (x, y, 1), in pixels from the principal point.
///
///     pixel = f [ x (1 + d) + a ;  y (1 + d) + b ],   n = x^2 + y^2
///
/// focal: f, or fx and fy. distortion: what makes d, a and b. The pinhole models are these with the distortion held at
/// zero: SIMPLE_PINHOLE a SimpleRadialCamera, PINHOLE an OpenCvCamera.

/// d = k n.
struct SimpleRadialCamera {
  static constexpr int focal_size = 1, distortion_size = 1;
  template <class T>
  static HELIOTROPE_INLINE void project(const T* focal, const T* k, const T& x, const T& y, T* pixel) {
    const T scale = focal[0] * (1.0 + k[0] * (x * x + y * y));
    pixel[0] = scale * x;
    pixel[1] = scale * y;
  }
};

/// d = k1 n + k2 n^2.
struct RadialCamera {
  static constexpr int focal_size = 1, distortion_size = 2;
  template <class T>
  static HELIOTROPE_INLINE void project(const T* focal, const T* k, const T& x, const T& y, T* pixel) {
    const T n = x * x + y * y;
    const T scale = focal[0] * (1.0 + n * (k[0] + n * k[1]));
    pixel[0] = scale * x;
    pixel[1] = scale * y;
  }
};

/// d = k1 n + k2 n^2,   a = 2 p1 x y + p2 (n + 2 x^2),   b = 2 p2 x y + p1 (n + 2 y^2);   distortion: k1, k2, p1, p2.
struct OpenCvCamera {
  static constexpr int focal_size = 2, distortion_size = 4;
  template <class T>
  static HELIOTROPE_INLINE void project(const T* focal, const T* k, const T& x, const T& y, T* pixel) {
    const T xx = x * x, yy = y * y, xy2 = 2.0 * x * y;
    const T n = xx + yy;
    const T radial = 1.0 + n * (k[0] + n * k[1]);
    pixel[0] = focal[0] * (x * radial + k[2] * xy2 + k[3] * (n + 2.0 * xx));
    pixel[1] = focal[1] * (y * radial + k[3] * xy2 + k[2] * (n + 2.0 * yy));
  }
};

/// Reprojection error of a point in an image, in pixels: prediction minus measurement.
///
///     P = R(q) X + t,   r = Camera(focal, distortion)(P_x / P_z, P_y / P_z) + principal_point - (u, v)
///
/// pose: t and q, camera from world (manifold SE3). point: X (3, world). focal: Camera::focal_size numbers.
/// principal_point: 2. distortion: Camera::distortion_size numbers.
/// The camera looks along +z, image x points right and y down. Not defined for P_z = 0; a point behind the camera gives
/// a finite residual all the same.
/// The pose is not prepared: a rotation matrix is a dozen products of its quaternion, fewer than the numbers that a
/// table would have to be read for.
template <class S, class Camera>
struct ColmapReprojection {
  S u, v;  ///< the measured pixel

  static constexpr int residuals = 2;

  template <class T>
  HELIOTROPE_INLINE void operator()(const T* pose, const T* point, const T* focal, const T* principal_point,
                                    const T* distortion, T* residual) const {
    T seen[3];
    quaternion_rotate(pose + 3, point, seen);
    const T inverse = 1.0 / (seen[2] + pose[2]);
    Camera::project(focal, distortion, T(inverse * (seen[0] + pose[0])), T(inverse * (seen[1] + pose[1])), residual);
    residual[0] = residual[0] + principal_point[0] - u;
    residual[1] = residual[1] + principal_point[1] - v;
  }
};

}  // namespace heliotrope
