// SPDX-License-Identifier: Apache-2.0
// Colourings of sparsity patterns: which columns (or rows, or both) of a sparse derivative can be estimated together.
#pragma once

#include <cstdint>
#include <vector>

#include "heliotrope/derive/sparsity_pattern.hpp"

namespace heliotrope {

/// The order in which a greedy colouring visits the vertices [Gebremedhin2013, 3].
enum class ColoringOrder {
  natural,
  largest_first,
  smallest_last,
  incidence_degree,
  dynamic_largest_first,
  random,
  best,  ///< all of the above but random, and the one with the fewest colours kept (the first of them on a tie)
};

struct ColoringOptions {
  ColoringOrder order = ColoringOrder::smallest_last;
  std::uint64_t seed = 1;     ///< of ColoringOrder::random
  int regrouping_passes = 0;  ///< recolours by colour classes this often: never more colours than before
};

/// One colour a vertex, from 0; -1 where a vertex needs none (it has no entry, or a two-sided colouring covers all of
/// its entries from the other side).
struct Coloring {
  std::vector<std::int32_t> colors;
  std::int32_t num_colors = 0;
};

/// Columns that share no row get one colour [Curtis1974; Coleman1983].
Coloring color_columns(const SparsityPattern& pattern, const ColoringOptions& options = {});
/// Rows that share no column get one colour.
Coloring color_rows(const SparsityPattern& pattern, const ColoringOptions& options = {});

}  // namespace heliotrope
