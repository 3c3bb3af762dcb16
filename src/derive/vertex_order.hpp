// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "derive/neighbors.hpp"
#include "derive/vertex_nets.hpp"
#include "heliotrope/derive/coloring.hpp"

namespace heliotrope::detail {

/// All vertices in one of the orders that are defined by degrees; empty for the natural one.
/// `neighbors` is filled by the first dynamic order that needs it.
RawVector<std::int32_t> vertex_order(const VertexNets& graph, ColoringOrder order, std::uint64_t seed,
                                     std::optional<Neighbors>& neighbors);

}  // namespace heliotrope::detail
