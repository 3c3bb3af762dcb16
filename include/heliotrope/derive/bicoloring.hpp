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

/// Orders are by degrees in the bipartite graph of rows and columns (the number of their entries).
struct BicoloringOptions {
  ColoringOrder order = ColoringOrder::dynamic_largest_first;  ///< best also tries one side alone
  std::uint64_t seed = 1;                                      ///< of ColoringOrder::random
};

/// Star bicolouring: every entry is read directly from a compressed row or column.
///
/// Greedy over rows and columns together: one whose entries are all covered from the other side is passed over
/// [Gebremedhin2013]; then whole colours that no recovery reads are dropped [Montoison2025]. With
/// ColoringOrder::best an order that needs more than twice the colours of the best so far is given up.
///
/// Cost: about 20 ns an entry and colour word of 64. Memory: the pattern twice, three bits a vertex and colour, but no
/// more than about 48 bytes an entry. Rows or columns in natural order through a dense column or row take a colour
/// each; the orders by degree avoid that. Throws Error where the pattern is malformed, naming an entry.
Bicoloring color_star_bidirectional(const SparsityPattern& pattern, const BicoloringOptions& options = {});

/// Acyclic bicolouring: by substitution, fewer colours. With ColoringOrder::best star bicolourings compete too.
Bicoloring color_acyclic_bidirectional(const SparsityPattern& pattern, const BicoloringOptions& options = {});

}  // namespace heliotrope
