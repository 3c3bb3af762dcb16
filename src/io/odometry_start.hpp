// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "heliotrope/io/g2o.hpp"

namespace heliotrope::detail {

/// Sets all poses by composing edges from pose 0, preferring the edges between neighbours in the arrays (k, k + 1).
///
/// A deque of edges to follow: those between neighbours go to its front, others to its back, and an edge whose pose is
/// known by then is dropped. A part of the graph that edges do not join to the rest starts at the origin too.
/// Returns the number of such parts. Cost: O(poses + edges).
std::int64_t start_from_odometry(PoseGraph& graph);

}  // namespace heliotrope::detail
