// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "rigid.hpp"
#include "scene.hpp"

namespace bundle {

namespace {

double middle(std::vector<double> values) {
  const auto half = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), half, values.end());
  return *half;
}

double scale_of(const std::vector<double>& points) {
  std::vector<double> axis[3], distances;
  for (std::size_t i = 0; i < points.size(); ++i) axis[i % 3].push_back(points[i]);
  const Vector3d centre(middle(axis[0]), middle(axis[1]), middle(axis[2]));
  for (std::size_t i = 0; i < points.size(); i += 3) {
    distances.push_back((Eigen::Map<const Vector3d>(&points[i]) - centre).norm());
  }
  return middle(distances);
}

}  // namespace

void perturb(heliotrope::BalScene& scene) {
  Random random(20);
  const double error = 0.005 * scale_of(scene.points);
  for (std::size_t c = 0; c < scene.cameras.size(); c += 9) perturb_pose(random, 0.005, error, &scene.cameras[c]);
  for (double& coordinate : scene.points) coordinate += error * random.normal();
}

}  // namespace bundle
