// SPDX-License-Identifier: Apache-2.0
// Trajectories in the text format of the TUM RGB-D benchmark [Sturm2012].
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>
#include <vector>

#include "heliotrope/io/pose_graph.hpp"

namespace heliotrope {

/// Poses at times.
struct Trajectory {
  std::vector<double> times;  // [pose], seconds
  std::vector<double> poses;  // [pose][7], x y z qx qy qz qw, world from pose, unit quaternion

  std::int64_t num_poses() const { return static_cast<std::int64_t>(times.size()); }
};

/// The poses of a graph in the order of their ids; a pose in the plane stands at z = 0 and turns about z.
///
/// The time is the id, or, where a double cannot tell all ids apart (beyond 2^53), the place in that order.
Trajectory trajectory_of(const PoseGraph& graph);

/// Reads lines of eight numbers: time x y z qx qy qz qw; '#' begins a comment. Quaternions are normalised; times are
/// taken in any order.
/// Errors, as "name:line: found ..., expected ...": too few or too many numbers, not finite, a quaternion of length
/// zero, no line at all.
Trajectory parse_tum(std::string_view name, std::string_view text);
Trajectory read_tum(const std::filesystem::path& path);

/// Writes a trajectory so that read_tum gives back the same bits; the file appears whole or not at all (OutputFile).
/// Errors: array lengths that do not fit each other, a number that is not finite.
void write_tum(const std::filesystem::path& path, const Trajectory& trajectory);

}  // namespace heliotrope
