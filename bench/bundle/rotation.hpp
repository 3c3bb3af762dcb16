// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "heliotrope/residuals/rotation.hpp"

namespace bundle {

/// How a residual of this comparison rotates: out = R(w) p. Ceres' part has one that calls Ceres' own function.
struct LibraryRotation {
  template <class T>
  static void rotate(const T* w, const T* p, T* out) {
    heliotrope::angle_axis_rotate(w, p, out);
  }
};

}  // namespace bundle
