// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "heliotrope/io/pose_graph.hpp"
#include "pose_algebra.hpp"

namespace heliotrope::detail {

/// Sets all poses by composing edges from pose 0, preferring the edges between neighbours in the arrays (k, k + 1).
///
/// A deque of edges to follow: those between neighbours go to its front, others to its back, and an edge whose pose is
/// known by then is dropped. A part of the graph that edges do not join to the rest starts at the origin too.
/// Returns the number of such parts. Cost: O(poses + edges).
std::int64_t start_from_odometry(PoseGraph& graph);

/// Sets all landmarks, each where the first of its sightings puts it from the pose as it is; without one, at the
/// origin.
void start_from_first_sightings(PoseGraph& graph);

/// The pose of a sighting's sensor: the observer's, or the offset's behind it.
PoseValue sensor_pose(const PoseGraph& graph, std::size_t sighting);

}  // namespace heliotrope::detail
