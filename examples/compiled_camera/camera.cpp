// SPDX-License-Identifier: Apache-2.0
// A camera as a library without source would offer it: 9 numbers of a camera (rotation by angle and axis, translation,
// focal length, two distortions), 3 of a point, and the pixel where it is seen.
#include <cmath>

extern "C" void camera_project(const double* camera, const double* point, double* pixel) {
  const double* const w = camera;
  const double angle = std::sqrt(w[0] * w[0] + w[1] * w[1] + w[2] * w[2]);
  const double sine = angle > 1e-12 ? std::sin(angle) / angle : 1.0;
  const double cosine = angle > 1e-12 ? (1.0 - std::cos(angle)) / (angle * angle) : 0.5;
  const double cross[3] = {w[1] * point[2] - w[2] * point[1], w[2] * point[0] - w[0] * point[2],
                           w[0] * point[1] - w[1] * point[0]};
  const double again[3] = {w[1] * cross[2] - w[2] * cross[1], w[2] * cross[0] - w[0] * cross[2],
                           w[0] * cross[1] - w[1] * cross[0]};
  double at[3];
  for (int k = 0; k < 3; ++k) at[k] = point[k] + sine * cross[k] + cosine * again[k] + camera[3 + k];
  const double x = -at[0] / at[2], y = -at[1] / at[2], square = x * x + y * y;
  const double scale = camera[6] * (1.0 + square * (camera[7] + square * camera[8]));
  pixel[0] = scale * x;
  pixel[1] = scale * y;
}
