// SPDX-License-Identifier: Apache-2.0
// Colourings of symmetric patterns, for Hessians from gradients.
#pragma once

#include "heliotrope/derive/coloring.hpp"

namespace heliotrope {

enum class StarRule {
  exact,       ///< every path of four vertices has three colours [Gebremedhin2007, Algorithm 4.1]
  restricted,  ///< and the middle of every path of three has a colour below both ends or the ends differ [Powell1979]
  best,        ///< both, the fewer colours kept
};

struct SymmetricColoringOptions {
  ColoringOrder order = ColoringOrder::smallest_last;
  StarRule rule = StarRule::best;  ///< of star colourings
  std::uint64_t seed = 1;
  bool drop_unused = true;  ///< colours that no recovery reads are dropped afterwards: their vertices become -1
};

/// Star colouring of the adjacency graph of a structurally symmetric pattern (both triangles given; the diagonal may
/// be there or not): direct recovery.
Coloring color_star(const SparsityPattern& pattern, const SymmetricColoringOptions& options = {});
/// Acyclic colouring (any two colours induce a forest): recovery by substitution, fewer colours.
Coloring color_acyclic(const SparsityPattern& pattern, const SymmetricColoringOptions& options = {});

}  // namespace heliotrope
