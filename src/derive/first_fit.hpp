// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "derive/vertex_nets.hpp"

namespace heliotrope::detail {

/// Gives each vertex, in the order `order` (empty: as they are numbered), the smallest colour that none of its nets has
/// yet; -1 to vertices without nets. Returns how many colours there are.
///
/// Each net has the set of its colours as bits: a vertex takes the first zero of the union over its nets. Sets have 64,
/// 128, 256 or 512 bits, and grow when the first vertex needs more; beyond that each net has as many 32-bit words as
/// it has vertices, which hold bits or, where colours are large, a list. `least` is a hint: colours there will be at
/// least.
/// `sets` is workspace that further calls may use again: fresh pages cost more than the colouring of what lies in them.
std::int32_t first_fit(const VertexNets& graph, std::span<const std::int32_t> order, std::span<std::int32_t> colors,
                       std::int32_t least, RawVector<std::uint64_t>& sets);

}  // namespace heliotrope::detail
