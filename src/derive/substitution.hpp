// SPDX-License-Identifier: Apache-2.0
// Edges of two-coloured forests in an order in which each follows from one sum and the edges before it.
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "derive/adjacency.hpp"
#include "heliotrope/derive/symmetric_recovery.hpp"

namespace heliotrope::symmetric_detail {

/// An unknown: an edge of the graph.
struct Unknown {
  std::int32_t a, b;           ///< vertices
  std::int64_t entry, mirror;  ///< positions in the pattern
};

/// What is to be recovered and from which sums. The sum at (v, color) is over the edges from v to that color.
struct Sums {
  std::span<const Unknown> edges;
  std::span<const std::int32_t> colors;  ///< [vertex] from 0, those of columns after those of rows; -1 for none
  std::int32_t num_colors = 0;
  std::function<std::int64_t(std::int32_t v, std::int32_t color)> source;  ///< where a sum stands
  bool symmetric = false;                                                  ///< fill `mirror`
};

/// Appends the edges to the steps. Returns the position in `edges` of one that cannot be recovered, -1 if all can.
/// O(edges + vertices + colours).
std::int64_t append_forests(const Sums& sums, SubstitutionSteps& steps);

}  // namespace heliotrope::symmetric_detail
