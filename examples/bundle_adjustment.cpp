// SPDX-License-Identifier: Apache-2.0
// Bundle adjustment with a camera of one's own: poses, points, and a focal length that all images share.
#include <heliotrope/heliotrope.hpp>
#include <heliotrope/io/generate.hpp>
#include <heliotrope/residuals/rotation.hpp>
#include <iostream>
#include <vector>

template <class S>
struct Reprojection {
  S u, v;  // the pixel that was measured
  static constexpr int residuals = 2;
  template <class T>
  void operator()(const T* pose, const T* focal, const T* point, T* r) const {
    T seen[3];  // the point in the camera's frame, which looks along -z
    heliotrope::angle_axis_rotate(pose, point, seen);
    const T scale = -focal[0] / (seen[2] + pose[5]);
    r[0] = scale * (seen[0] + pose[3]) - u;
    r[1] = scale * (seen[1] + pose[4]) - v;
  }
};

int main() {
  const heliotrope::BalScene scene = heliotrope::generate_bal({.num_cameras = 20, .num_points = 2000});
  std::vector<double> start;  // angle-axis and translation of each camera
  for (std::int64_t c = 0; c < scene.num_cameras(); ++c) {
    start.insert(start.end(), &scene.cameras[9 * c], &scene.cameras[9 * c] + 6);
  }
  std::vector<Reprojection<double>> pixels;
  for (std::int64_t k = 0; k < scene.num_observations(); ++k) {
    pixels.push_back({scene.observations[2 * k], scene.observations[2 * k + 1]});
  }

  heliotrope::Problem problem;
  const auto poses = problem.add_variables<6>(start);
  const auto points = problem.add_variables<3>(scene.points);
  const auto focal = problem.add_variable({1000.0});
  problem.add_residuals(pixels, {.loss = heliotrope::huber(2.0)}, poses[scene.camera_index], focal,
                        points[scene.point_index]);
  problem.fix(poses[0]);  // else the scene could move as a whole

  const heliotrope::Summary summary = heliotrope::minimize(problem, {.threads = 2});
  std::cout << summary << "focal length " << problem.value(focal) << "; " << summary.linear_solver << '\n';
  return summary.converged() ? 0 : 1;
}
