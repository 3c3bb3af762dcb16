// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "heliotrope/derive/math.hpp"
#include "heliotrope/problem/manifold.hpp"

namespace heliotrope {

/// SO(2) as the unit complex number (cos, sin) of an angle.
///
///     plus(x, delta) = x exp(i delta),     minus(y, x) = arg(conj(x) y),     |minus| <= pi
///
/// delta is in radians. plus renormalises. There is no seam and no angle to wrap; where one angle is wanted as the
/// variable, Euclidean<1> with wrap_angle (se2.hpp) on what residuals compare serves as well.
struct SO2 {
  static constexpr int ambient_size = 2;
  static constexpr int tangent_size = 1;
  static constexpr const char* name = "SO2";

  template <class T>
  static HELIOTROPE_INLINE void plus(const T* x, const T* delta, T* y) {
    using namespace heliotrope::math;
    T sine, cosine;
    sincos(delta[0], sine, cosine);
    const T a = x[0] * cosine - x[1] * sine, b = x[0] * sine + x[1] * cosine;
    const T inverse = 1.0 / sqrt(a * a + b * b);
    y[0] = a * inverse;
    y[1] = b * inverse;
  }

  template <class T>
  static HELIOTROPE_INLINE void minus(const T* y, const T* x, T* delta) {
    using namespace heliotrope::math;
    delta[0] = atan2(x[0] * y[1] - x[1] * y[0], x[0] * y[0] + x[1] * y[1]);
  }

  ///     J = [-sin; cos]
  template <class T>
  static HELIOTROPE_INLINE void plus_jacobian(const T* x, T* jacobian) {
    jacobian[0] = -x[1];
    jacobian[1] = x[0];
  }
};

}  // namespace heliotrope
