// SPDX-License-Identifier: Apache-2.0
#include "rig.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "rigid.hpp"
#include "scene.hpp"

// The constants of this file shape the scene; all are chosen, not measured.
namespace bundle {

namespace {

constexpr int num_heads = 4;

/// Body: x forward, y left, z up. Heads at the corners look along the diagonals; z forward, y down.
std::vector<double> make_heads() {
  std::vector<double> heads(6 * num_heads);
  for (int h = 0; h < num_heads; ++h) {
    const double yaw = (0.25 + 0.5 * h) * std::numbers::pi, c = std::cos(yaw), s = std::sin(yaw);
    Matrix3d camera_from_body;
    camera_from_body << s, -c, 0.0, 0.0, 0.0, -1.0, c, s, 0.0;
    store_pose(camera_from_body, Vector3d(0.8 * c, 0.5 * s, 1.5), &heads[6 * static_cast<std::size_t>(h)]);
  }
  return heads;
}

/// 1 m apart along a street that winds a little, rolling and pitching.
std::vector<double> make_poses(Random& random, std::int64_t num_poses) {
  std::vector<double> poses(6 * static_cast<std::size_t>(num_poses));
  for (std::int64_t i = 0; i < num_poses; ++i) {
    const double x = static_cast<double>(i), heading = std::atan(0.1 * std::cos(x / 20.0));
    const Matrix3d body_from_world = rotation(Vector3d(0.03 * normal_vector(random))) * rotation({0, 0, -heading});
    store_pose(body_from_world, Vector3d(x, 2.0 * std::sin(x / 20.0), 0.0), &poses[6 * static_cast<std::size_t>(i)]);
  }
  return poses;
}

/// A point beside the street, seen from a run of poses, at each by the head that looks towards it best.
void add_point(Random& random, RigScene& scene) {
  const auto num_poses = static_cast<std::int64_t>(scene.poses.size() / 6);
  const std::int64_t length = std::min(num_poses, 2 + random.geometric(3.0));
  const std::int64_t first = random.below(num_poses - length + 1);
  const double along = static_cast<double>(first) + 0.5 * static_cast<double>(length - 1);
  const double distance = (random.chance(0.5) ? 1.0 : -1.0) * std::max(6.0, 0.6 * static_cast<double>(length));
  const double across = 2.0 * std::sin(along / 20.0) + distance * random.uniform(1.0, 2.5);
  const Vector3d point(along + random.uniform(-6.0, 6.0), across, random.uniform(0.0, 8.0));
  const auto index = static_cast<std::int32_t>(scene.points.size() / 3);
  for (std::int64_t pose = first; pose < first + length; ++pose) {
    const Vector3d body = transform(&scene.poses[6 * static_cast<std::size_t>(pose)], point);
    std::array<double, num_heads> depth;
    for (std::size_t h = 0; h < num_heads; ++h) depth[h] = transform(&scene.heads[6 * h], body).z();
    scene.head_index.push_back(static_cast<std::int32_t>(std::max_element(depth.begin(), depth.end()) - depth.begin()));
    scene.pose_index.push_back(static_cast<std::int32_t>(pose));
    scene.point_index.push_back(index);
  }
  scene.points.insert(scene.points.end(), {point.x(), point.y(), point.z()});
}

/// Pixels of the true scene with a noise of half a pixel.
void observe(Random& random, RigScene& scene) {
  for (std::size_t k = 0; k < scene.point_index.size(); ++k) {
    double pixel[4];
    const RigReprojection<double> head{0.0, 0.0, 0.0, 0.0, scene.baseline};
    head(&scene.heads[6 * static_cast<std::size_t>(scene.head_index[k])],
         &scene.poses[6 * static_cast<std::size_t>(scene.pose_index[k])], scene.intrinsics.data(),
         &scene.points[3 * static_cast<std::size_t>(scene.point_index[k])], pixel);
    for (double value : pixel) scene.pixels.push_back(value + 0.5 * random.normal());
  }
}

}  // namespace

RigScene generate_rig(std::int64_t num_poses, std::int64_t num_points) {
  Random world(22), noise(23), start(24);
  RigScene scene;
  scene.baseline = 0.4;
  scene.intrinsics = {800.0, 960.0, 600.0, -0.05};
  scene.heads = make_heads();
  scene.poses = make_poses(world, num_poses);
  for (std::int64_t p = 0; p < num_points; ++p) add_point(world, scene);
  observe(noise, scene);
  scene.intrinsics = {820.0, 950.0, 610.0, 0.0};
  for (std::size_t i = 6; i < scene.heads.size(); i += 6) perturb_pose(start, 0.01, 0.02, &scene.heads[i]);
  for (std::size_t i = 6; i < scene.poses.size(); i += 6) perturb_pose(start, 0.01, 0.1, &scene.poses[i]);
  for (double& coordinate : scene.points) coordinate += 0.1 * start.normal();
  return scene;
}

}  // namespace bundle
