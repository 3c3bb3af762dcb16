// SPDX-License-Identifier: Apache-2.0
// The data of the problems, in memory, before any solver has seen them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <variant>
#include <vector>

#include "heliotrope/io/bal.hpp"

namespace bundle {

/// A stereo camera of known calibration: poses and points are sought.
///
/// Observation k: pose pose_index[k] saw point point_index[k] at pixels[3 k ...] = (u left, u right, v).
/// Pose: angle-axis rotation and translation, camera from world. The first pose stays fixed.
struct StereoScene {
  double fx = 0.0, fy = 0.0, cx = 0.0, cy = 0.0, baseline = 0.0;
  std::vector<std::int32_t> pose_index, point_index;  // [observation]
  std::vector<double> pixels;                         // [observation][3]
  std::vector<double> poses;                          // [pose][6]
  std::vector<double> points;                         // [point][3]
};

/// Several stereo heads on one body: their mounts, their common intrinsics, the body's poses and points are sought.
///
/// Observation k: head head_index[k], with the body at pose_index[k], saw point point_index[k] at
/// pixels[4 k ...] = (u left, v left, u right, v right). Head: camera from body; pose: body from world; intrinsics:
/// f, cx, cy, k1. The first head and the first pose stay fixed: they hold the body's frame and the world's.
struct RigScene {
  double baseline = 0.0;
  std::vector<std::int32_t> head_index, pose_index, point_index;  // [observation]
  std::vector<double> pixels;                                     // [observation][4]
  std::vector<double> intrinsics;                                 // [4]
  std::vector<double> heads;                                      // [head][6]
  std::vector<double> poses;                                      // [pose][6]
  std::vector<double> points;                                     // [point][3]
};

using Scene = std::variant<heliotrope::BalScene, StereoScene, RigScene>;

std::int64_t num_observations(const Scene& scene);

/// Which side a Schur complement should eliminate: the one with more columns, nearly always the points.
bool eliminates_cameras(const heliotrope::BalScene& scene);

/// KITTI's stereo factors from `folder`, started from a perturbation of the given poses, fixed by its seed.
StereoScene read_stereo(const std::filesystem::path& folder);

/// A body with four stereo heads in a street, generated; about five observations a point.
RigScene generate_rig(std::int64_t num_poses, std::int64_t num_points);

/// Moves the cameras and points of a solved scene, fixed by its seed: 0.005 rad and 0.5 % of the scene's scale (the
/// median distance of the points from their median), standard deviations of each axis.
void perturb(heliotrope::BalScene& scene);

/// A problem by name.
struct Problem {
  std::string name;
  std::string group;  ///< "shared", "generated" or "types" (residual types of users)
};
/// In the order in which they are run.
const std::vector<Problem>& problems();
/// Reads or generates a problem. `quick`: generated ones at a twentieth of their size.
Scene load(const std::string& name, const std::filesystem::path& datasets, bool quick);

}  // namespace bundle
