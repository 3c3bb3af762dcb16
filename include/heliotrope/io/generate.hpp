// SPDX-License-Identifier: Apache-2.0
// Made-up scenes and graphs of any size, for tests, examples and benchmarks.
#pragma once

#include <cstdint>

#include "heliotrope/io/bal.hpp"
#include "heliotrope/io/g2o.hpp"

namespace heliotrope {

enum class BalStructure {
  street,  ///< Cameras along a street look at its fronts: a point is seen by neighbours, the camera graph is banded.
  crowd,   ///< Cameras around landmarks, whose popularity falls as 1 / rank: a heavy-tailed camera graph.
};

/// What generate_bal makes. Lengths are in metres; a camera's focal length is about 1000 pixels, its image 2000 wide.
struct BalGeneration {
  BalStructure structure = BalStructure::street;
  std::int64_t num_cameras = 50;
  std::int64_t num_points = 5000;
  double mean_track = 5.0;  ///< Mean number of cameras that see a point, at least 2 (cut off by those there are).
  std::uint64_t seed = 1;
  double noise = 0.5;             ///< Standard deviation of each pixel coordinate.
  double outliers = 0.0;          ///< Fraction of observations replaced by a uniform pixel of the image.
  double rotation_error = 0.005;  ///< Standard deviation of the start's camera rotations, each axis, in radians.
  double position_error = 0.05;   ///< Standard deviation of the start's camera centres, each coordinate.
  double point_error = 0.05;      ///< Standard deviation of the start's points, each coordinate.
};

/// Makes a bundle adjustment scene whose cameras and points are a perturbed start.
///
/// The same options give the same scene. With the three errors set to 0 and all else equal, cameras and points are the
/// truth of the same scene and the observations are the same. Observations come by point, then by camera; every point
/// is seen at least twice, and every camera sees points where there are at least about as many points as cameras.
/// Errors: fewer than 2 cameras or 1 point, more than 2^31 - 1 of either, mean_track below 2, a fraction outside
/// [0, 1], a negative or non-finite deviation.
/// Cost: O(observations), about 0.3 s a million. Memory: the scene and 200 bytes a camera.
BalScene generate_bal(const BalGeneration& options);

enum class PoseGraphStructure {
  sphere,     ///< A spiral of poses around a sphere, tied from lap to lap (3-D).
  grid,       ///< A walk through all cells of a cube, tied to neighbouring cells (3-D).
  manhattan,  ///< A random walk along the streets of a city, tied to places met before (2-D).
};

/// What generate_pose_graph makes.
struct PoseGraphGeneration {
  PoseGraphStructure structure = PoseGraphStructure::sphere;
  std::int64_t num_poses = 2500;
  std::uint64_t seed = 1;
  double translation_noise = 0.05;  ///< Standard deviation of each measured coordinate; neighbours are 1 apart.
  double rotation_noise = 0.01;     ///< Standard deviation of each measured angle, in radians.
  double closures = 0.5;            ///< Fraction of the possible loop closures that are made.
  double outliers = 0.0;            ///< Fraction of loop closures whose measurement is that of two random poses.
};

/// Makes a pose graph that starts from its odometry, with pose 0 fixed.
///
/// The first num_poses - 1 edges are the odometry, loop closures follow; their information is the inverse of the
/// noise's covariance (of half the angle in 3-D, as g2o's error counts it), or the identity for a noise of 0. The same
/// options give the same graph. Without noise and outliers the start is the truth. Errors: fewer than 2 poses, more
/// than 2^31 - 1, a fraction outside [0, 1], a negative or non-finite deviation. Cost: O(edges).
PoseGraph generate_pose_graph(const PoseGraphGeneration& options);

}  // namespace heliotrope
