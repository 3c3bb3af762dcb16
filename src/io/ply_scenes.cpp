// SPDX-License-Identifier: Apache-2.0
// Scenes and graphs as clouds.
#include <algorithm>
#include <cmath>

#include "heliotrope/io/ply.hpp"
#include "heliotrope/residuals/rotation.hpp"

namespace heliotrope {
namespace {

constexpr PlyColor camera_color = {220, 50, 32}, point_color = {160, 160, 160}, pose_color = {0, 90, 181};

/// Appends -R' t for the quaternion x y z w, of any length but zero.
void add_center(const double* turn, const double* translation, std::vector<double>& centers) {
  double unit[4], seen[3];
  quaternion_normalize(turn, unit);
  quaternion_rotate_inverse(unit, translation, seen);
  centers.insert(centers.end(), {-seen[0], -seen[1], -seen[2]});
}

PlyCloud cloud_of(std::span<const double> points, std::span<const std::uint8_t> colors,
                  std::span<const double> centers) {
  PlyCloud cloud;
  if (colors.size() == points.size()) {
    cloud.add_points(points, colors);
  } else {
    cloud.add_points(points, point_color);
  }
  cloud.add_points(centers, camera_color);
  return cloud;
}

void add_bal_centers(const BalScene& scene, std::vector<double>& centers) {
  for (std::size_t c = 0; c + 9 <= scene.cameras.size(); c += 9) {
    double turn[4];
    angle_axis_to_quaternion(&scene.cameras[c], turn);
    add_center(turn, &scene.cameras[c + 3], centers);
  }
}

}  // namespace

PlyCloud to_ply(const BalScene& scene) {
  std::vector<double> centers;
  add_bal_centers(scene, centers);
  return cloud_of(scene.points, {}, centers);
}

PlyCloud to_ply(const BundlerScene& scene) {
  std::vector<double> centers;
  add_bal_centers(to_bal(scene).scene, centers);
  return cloud_of(scene.points, scene.colors, centers);
}

PlyCloud to_ply(const ColmapModel& model) {
  std::vector<double> centers;
  for (const ColmapImage& image : model.images) {
    const auto& [w, x, y, z] = image.rotation;
    const double turn[4] = {x, y, z, w};
    add_center(turn, image.translation.data(), centers);
  }
  return cloud_of(model.points, model.colors, centers);
}

PlyCloud to_ply(const PoseGraph& graph) {
  std::vector<double> positions;
  const auto size = static_cast<std::size_t>(graph.pose_size());
  for (std::size_t i = 0; i + size <= graph.poses.size(); i += size) {
    const double height = graph.dimension == 3 ? graph.poses[i + 2] : 0.0;
    positions.insert(positions.end(), {graph.poses[i], graph.poses[i + 1], height});
  }
  PlyCloud cloud;
  cloud.add_trajectory(positions, pose_color);
  for (std::size_t k = 0; k < graph.from.size(); ++k) {
    const std::int64_t from = graph.from[k], to = graph.to[k];
    if (std::abs(from - to) > 1) cloud.edges.insert(cloud.edges.end(), {from, to});
  }
  return cloud;
}

}  // namespace heliotrope
