// SPDX-License-Identifier: Apache-2.0
// Stereo factors of GTSAM's example data: "camera landmark uL uR v X Y Z", X Y Z in the camera's frame.
#include <map>

#include "heliotrope/io/text_file.hpp"
#include "heliotrope/io/text_parser.hpp"
#include "rigid.hpp"
#include "scene.hpp"

namespace bundle {

namespace {

using heliotrope::TextFile;
using heliotrope::TextParser;

double number(TextParser& parser) {
  double value = 0.0;
  if (!parser.number(value)) parser.fail("a number");
  return value;
}

std::int64_t integer(TextParser& parser) {
  std::int64_t value = 0;
  if (!parser.integer(value)) parser.fail("an integer");
  return value;
}

/// Poses by the file's numbers, from world-from-camera matrices row by row.
std::map<std::int64_t, std::int32_t> read_poses(const std::filesystem::path& path, std::vector<double>& poses) {
  const TextFile file = heliotrope::read_file(path);
  TextParser parser(file.name, file.text);
  std::map<std::int64_t, std::int32_t> index;
  while (!parser.at_end()) {
    const std::int64_t id = integer(parser);
    index.emplace(id, static_cast<std::int32_t>(index.size()));
    Eigen::Matrix4d world_from_camera;
    for (int i = 0; i < 16; ++i) world_from_camera(i / 4, i % 4) = number(parser);
    poses.resize(poses.size() + 6);
    store_pose(world_from_camera.topLeftCorner<3, 3>().transpose(), world_from_camera.topRightCorner<3, 1>(),
               poses.data() + poses.size() - 6);
  }
  return index;
}

}  // namespace

StereoScene read_stereo(const std::filesystem::path& folder) {
  StereoScene scene;
  const TextFile calibration = heliotrope::read_file(folder / "VO_calibration.txt.gz");
  TextParser numbers(calibration.name, calibration.text);
  scene.fx = number(numbers), scene.fy = number(numbers);
  number(numbers);  // skew: 0
  scene.cx = number(numbers), scene.cy = number(numbers), scene.baseline = number(numbers);

  const auto poses = read_poses(folder / "VO_camera_poses_large.txt.gz", scene.poses);
  const TextFile factors = heliotrope::read_file(folder / "VO_stereo_factors_large.txt.gz");
  TextParser parser(factors.name, factors.text);
  std::map<std::int64_t, std::int32_t> points;
  while (!parser.at_end()) {
    const char* mark = parser.mark();
    const auto pose = poses.find(integer(parser));
    if (pose == poses.end()) parser.fail(mark, "a camera with a pose");
    const auto [point, is_new] = points.emplace(integer(parser), static_cast<std::int32_t>(points.size()));
    scene.pose_index.push_back(pose->second);
    scene.point_index.push_back(point->second);
    for (int i = 0; i < 3; ++i) scene.pixels.push_back(number(parser));
    const double x = number(parser), y = number(parser), z = number(parser);
    if (!is_new) continue;
    const double* at = &scene.poses[6 * static_cast<std::size_t>(pose->second)];
    const Vector3d world = rotation(at).transpose() * Vector3d(x, y, z) + centre(at);
    scene.points.insert(scene.points.end(), {world.x(), world.y(), world.z()});
  }
  Random random(21);
  for (std::size_t i = 6; i < scene.poses.size(); i += 6) perturb_pose(random, 0.01, 0.1, &scene.poses[i]);
  for (double& coordinate : scene.points) coordinate += 0.1 * random.normal();
  return scene;
}

}  // namespace bundle
