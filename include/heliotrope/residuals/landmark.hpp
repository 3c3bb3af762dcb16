// SPDX-License-Identifier: Apache-2.0
// The position of a landmark in the frame of a pose that sees it, with g2o's own errors.
#pragma once

#include "heliotrope/residuals/rotation.hpp"

namespace heliotrope {

/// Error of a measured position z of landmark p seen from a, in the plane:
///
///     e = R_a' (p - t_a) - z
///
/// a: x, y, theta (manifold SE2), in the world. p: x, y, in the world.
template <class S>
struct RelativePositionSE2 {
  S x, y;  ///< the landmark in the frame of a

  static constexpr int residuals = 2;

  template <class T>
  HELIOTROPE_INLINE void operator()(const T* a, const T* p, T* e) const {
    using namespace heliotrope::math;
    T sine, cosine;
    sincos(a[2], sine, cosine);
    const T dx = p[0] - a[0], dy = p[1] - a[1];
    e[0] = cosine * dx + sine * dy - x;
    e[1] = cosine * dy - sine * dx - y;
  }
};

/// Error of a measured position z of landmark p seen from a, in space:
///
///     e = R_a' (p - t_a) - z
///
/// a: x y z qx qy qz qw (manifold SE3), in the world; the quaternion is unit. p: x, y, z, in the world.
template <class S>
struct RelativePositionSE3 {
  S x, y, z;  ///< the landmark in the frame of a

  static constexpr int residuals = 3;

  template <class T>
  HELIOTROPE_INLINE void operator()(const T* a, const T* p, T* e) const {
    const T move[3] = {p[0] - a[0], p[1] - a[1], p[2] - a[2]};
    T seen[3];
    quaternion_rotate_inverse(a + 3, move, seen);
    e[0] = seen[0] - x;
    e[1] = seen[1] - y;
    e[2] = seen[2] - z;
  }
};

}  // namespace heliotrope
