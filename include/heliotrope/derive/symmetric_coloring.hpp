// SPDX-License-Identifier: Apache-2.0
// Colourings of symmetric patterns, for Hessians from gradients.
#pragma once

#include "heliotrope/derive/coloring.hpp"

namespace heliotrope {

enum class StarRule {
  exact,       ///< every path of four vertices has three colours [Gebremedhin2007, Algorithm 4.1]
  restricted,  ///< the ends of a path of three vertices differ unless its middle has a lower colour [Powell1979]
  best,        ///< both, the fewer colours kept (exact on a tie); often the restricted rule wins
};

/// Orders are by degrees in the adjacency graph itself (for color_columns they count pairs of columns), ties as in
/// ColPack [Gebremedhin2013]: of equal vertices the one that came last to its degree; largest first is stable.
struct SymmetricColoringOptions {
  ColoringOrder order = ColoringOrder::smallest_last;
  StarRule rule = StarRule::best;  ///< of star colourings
  std::uint64_t seed = 1;          ///< of ColoringOrder::random
  bool drop_unused = true;         ///< colours that no recovery reads are dropped afterwards: their vertices become -1
};

/// Star colouring of the adjacency graph of a structurally symmetric pattern (both triangles given; the diagonal may
/// be there or not): every entry is read directly, from one of the two columns that hold it.
///
/// Greedy, one vertex after another; the colours are those of the published algorithms. Only a pattern with vertices
/// off the diagonal can have colours to drop. Vertices without entries get -1. The same pattern and options give the
/// same colours.
///
/// Cost: about 10 ns an entry (exact) or 5 (restricted) and colour word of 64, orders 10 to 20 ns more. Memory: three
/// bits a vertex and colour (exact) or one, but no more than about 48 bytes an entry.
/// Throws Error where the pattern is not square, not sorted, out of range or not symmetric, naming an entry.
Coloring color_star(const SparsityPattern& pattern, const SymmetricColoringOptions& options = {});

/// Acyclic colouring (any two colours induce a forest): recovery by substitution, fewer colours
/// [Gebremedhin2007, Algorithm 3.1].
///
/// Cost: 20 to 100 ns an entry. Memory: 8 to 16 bytes an entry and 8 a tree. Otherwise as color_star.
Coloring color_acyclic(const SparsityPattern& pattern, const SymmetricColoringOptions& options = {});

}  // namespace heliotrope
