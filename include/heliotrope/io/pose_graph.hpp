// SPDX-License-Identifier: Apache-2.0
// Poses, what one pose measures of another, and landmarks that poses see.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace heliotrope {

/// Poses in the plane or in space, measurements of one pose in the frame of another, and of landmarks in a pose's
/// frame.
///
/// A pose is x y theta (dimension 2) or x y z qx qy qz qw (dimension 3, unit quaternion), world from pose. Edge k
/// measures pose `to` in the frame of pose `from`: measurement = inverse(from) * to. A sighting is a landmark's
/// position in the frame of a sensor that sits on a pose: inverse(observer * offset) * observed. Poses, edges,
/// landmarks and sightings are named by their position in these arrays; ids are only what the file calls them.
///
/// Information matrices are upper triangles row by row, and belong to g2o's errors (residuals/pose_graph.hpp): of a
/// turn's three numbers in space each is half the rotation vector's.
struct PoseGraph {
  int dimension = 2;
  std::vector<std::int64_t> ids;         // [pose]
  std::vector<double> poses;             // [pose][pose_size()]
  std::vector<std::int32_t> from, to;    // [edge], positions in `ids`
  std::vector<double> measurements;      // [edge][pose_size()]
  std::vector<double> information;       // [edge][information_size()], as read
  std::vector<double> sqrt_information;  // [edge][tangent_size()^2], W row by row with W' W = information
  std::vector<std::int32_t> fixed;       // poses that FIX lines name, in their order, each once

  std::vector<std::int64_t> landmark_ids;         // [landmark], none of them a pose's
  std::vector<double> landmarks;                  // [landmark][dimension], in the world
  std::vector<std::int32_t> observer, observed;   // [sighting], positions in `ids` and `landmark_ids`
  std::vector<std::int32_t> sensor;               // [sighting], position in `offset_ids`; -1: at the pose itself
  std::vector<double> sightings;                  // [sighting][dimension]
  std::vector<double> sighting_information;       // [sighting][point_information_size()], as read
  std::vector<double> sighting_sqrt_information;  // [sighting][dimension^2]
  std::vector<std::int32_t> fixed_landmarks;      // as `fixed`
  std::vector<std::int64_t> offset_ids;           // [offset]
  std::vector<double> offsets;                    // [offset][7], pose from sensor, in space

  /// Pairs of poses that a TORO file calls equivalent: kept, and not imposed.
  std::vector<std::array<std::int32_t, 2>> equivalences;

  std::vector<std::string> warnings;  // what the reader skipped or changed, a sentence each

  int pose_size() const { return dimension == 2 ? 3 : 7; }
  int tangent_size() const { return dimension == 2 ? 3 : 6; }
  int information_size() const { return dimension == 2 ? 6 : 21; }
  int point_information_size() const { return dimension == 2 ? 3 : 6; }
  std::int64_t num_poses() const { return static_cast<std::int64_t>(ids.size()); }
  std::int64_t num_edges() const { return static_cast<std::int64_t>(from.size()); }
  std::int64_t num_landmarks() const { return static_cast<std::int64_t>(landmark_ids.size()); }
  std::int64_t num_sightings() const { return static_cast<std::int64_t>(observer.size()); }
};

/// How the readers of pose graphs read.
struct PoseGraphOptions {
  /// Refuse an information matrix that is indefinite by more than rounding, instead of clipping it.
  bool strict = false;
};

/// A square root W of a symmetric matrix given by its upper triangle row by row: W' W = the nearest positive
/// semidefinite matrix in the Frobenius norm [Higham1988, 2].
///
/// size: rows, 2, 3 or 6. upper: size (size + 1) / 2. root: out, size x size row by row; upper triangular where the
/// matrix is positive definite. Returns false where the matrix is indefinite by more than rounding: a diagonal entry is
/// negative, or an eigenvalue of the matrix scaled to unit diagonal is below -1e-5, ten times what printing with six
/// digits can do.
/// Error: entries so large that W is not finite.
bool sqrt_information(int size, const double* upper, double* root);

}  // namespace heliotrope
