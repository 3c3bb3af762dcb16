// SPDX-License-Identifier: Apache-2.0
// The greedy colourings behind star and acyclic colourings and bicolourings.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "derive/adjacency.hpp"

namespace heliotrope::symmetric_detail {

/// What a greedy colouring of a graph gives; `num_colors` counts both sides of a bipartite graph.
struct GreedyColors {
  std::vector<std::int32_t> colors;     ///< [num_vertices], -1 where a vertex needs none
  std::int32_t num_colors[2] = {0, 0};  ///< of the graph, or of rows and of columns
  bool complete = false;                ///< false: given up since more colours than allowed were needed
};

struct GreedyOptions {
  /// -1: every vertex with an entry is coloured. Otherwise the graph is bipartite, its vertices below num_rows have
  /// colours of their own, and a vertex is passed over when all of its neighbours are coloured.
  std::int64_t num_rows = -1;
  std::int32_t most_colors = std::numeric_limits<std::int32_t>::max();  ///< gives up beyond
};

/// First fit so that no path of four vertices has two colours [Gebremedhin2007, Algorithm 4.1].
GreedyColors greedy_star(const Adjacency& graph, std::span<const std::int32_t> order,
                         const GreedyOptions& options = {});
/// First fit so that the middle of a path of three equal-ended vertices has the lower colour [Powell1979].
GreedyColors greedy_restricted_star(const Adjacency& graph, std::span<const std::int32_t> order,
                                    const GreedyOptions& options = {});
/// First fit so that two colours induce a forest [Gebremedhin2007, Algorithm 3.1].
GreedyColors greedy_acyclic(const Adjacency& graph, std::span<const std::int32_t> order,
                            const GreedyOptions& options = {});

/// Makes vertices colourless, a whole colour at a time from the last, where every neighbour can be read without: the
/// vertex has no diagonal entry and its neighbours have colours, all different. O(entries).
void drop_unread_colors(const Adjacency& graph, std::int64_t num_rows, GreedyColors& coloring);

}  // namespace heliotrope::symmetric_detail
