// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "derive/vertex_nets.hpp"

namespace heliotrope::detail {

/// Groups that share a net with a group: list g, each once, without g itself.
///
/// At most 64 words an entry and 512 MB: the nets with the most members are left out where it would be more.
Lists neighbor_groups(const VertexNets& graph);

/// The neighbours of a vertex of each group, counted as vertices. Nets are left out only where visits would be more
/// than 1024 an entry and 2^28.
std::vector<std::int32_t> neighbor_counts(const VertexNets& graph);

/// The same from the lists.
std::vector<std::int32_t> neighbor_counts(const VertexNets& graph, ListsView neighbors);

}  // namespace heliotrope::detail
