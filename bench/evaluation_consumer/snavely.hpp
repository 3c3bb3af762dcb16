// SPDX-License-Identifier: Apache-2.0
// A camera of the BAL collection as a user would write it: a template, with plain functions of their own.
#pragma once

#include "heliotrope/heliotrope.hpp"

/// out = R(w) p by Rodrigues' formula, with the first-order rotation p + w x p where |w|^2 is tiny.
template <class T>
void rotate(const T* w, const T* p, T* out) {
  using namespace heliotrope::math;
  const T square = w[0] * w[0] + w[1] * w[1] + w[2] * w[2];
  const auto is_small = square < 1e-20;
  const T angle = sqrt(select(is_small, T(1.0), square));  // a safe argument where the small case is taken
  const T s = sin(angle), c = cos(angle);
  const T k[3] = {w[0] / angle, w[1] / angle, w[2] / angle};
  const T along = (k[0] * p[0] + k[1] * p[1] + k[2] * p[2]) * (1.0 - c);
  const T x = k[1] * p[2] - k[2] * p[1], y = k[2] * p[0] - k[0] * p[2], z = k[0] * p[1] - k[1] * p[0];
  out[0] = select(is_small, p[0] + w[1] * p[2] - w[2] * p[1], p[0] * c + x * s + k[0] * along);
  out[1] = select(is_small, p[1] + w[2] * p[0] - w[0] * p[2], p[1] * c + y * s + k[1] * along);
  out[2] = select(is_small, p[2] + w[0] * p[1] - w[1] * p[0], p[2] * c + z * s + k[2] * along);
}

/// 1 + k1 |p|^2 + k2 |p|^4.
template <class T>
T distortion(const T& k1, const T& k2, const T& square) {
  return 1.0 + square * (k1 + k2 * square);
}

/// Prediction minus measurement, in pixels. camera: angle-axis 3, translation 3, focal length, k1, k2; point: 3.
template <class S>
struct Camera {
  S u, v;
  static constexpr int residuals = 2;

  template <class T>
  void operator()(const T* camera, const T* point, T* residual) const {
    T seen[3];
    rotate(camera, point, seen);
    seen[0] += camera[3];
    seen[1] += camera[4];
    seen[2] += camera[5];
    const T x = -seen[0] / seen[2], y = -seen[1] / seen[2];
    const T scale = camera[6] * distortion(camera[7], camera[8], T(x * x + y * y));
    residual[0] = scale * x - u;
    residual[1] = scale * y - v;
  }
};
