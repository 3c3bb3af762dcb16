// SPDX-License-Identifier: Apache-2.0
// Two-sided colourings, for Jacobians with a few dense rows and a few dense columns.
#pragma once

#include "heliotrope/derive/coloring.hpp"

namespace heliotrope {

/// Colours of rows (vector-Jacobian products) and of columns (Jacobian-vector products); -1 where none is needed.
struct Bicoloring {
  Coloring rows;
  Coloring columns;
  std::int32_t num_colors() const { return rows.num_colors + columns.num_colors; }
};

struct BicoloringOptions {
  ColoringOrder order = ColoringOrder::dynamic_largest_first;  ///< best also tries one side alone
  std::uint64_t seed = 1;
};

/// Star bicolouring: every entry read directly from a compressed row or column.
Bicoloring color_star_bidirectional(const SparsityPattern& pattern, const BicoloringOptions& options = {});
/// Acyclic bicolouring: by substitution, fewer colours.
Bicoloring color_acyclic_bidirectional(const SparsityPattern& pattern, const BicoloringOptions& options = {});

}  // namespace heliotrope
