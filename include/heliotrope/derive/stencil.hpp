// SPDX-License-Identifier: Apache-2.0
// Sparsity patterns of stencils on regular grids, and their column colourings in closed form.
//
//     const Stencil heat = five_point(1000, 1000);
//     const SparsityPattern pattern = stencil_pattern(heat);
//     const Coloring columns = color_stencil(heat);      // (i + 2 j) mod 5
#pragma once

#include <array>
#include <cstdint>

#include "heliotrope/derive/coloring.hpp"
#include "heliotrope/derive/sparsity_pattern.hpp"

namespace heliotrope {

/// Which neighbours a node has: those along the axes, or all of the cube around it.
enum class StencilShape { star, box };

/// A grid of nodes in one to three dimensions, with the same neighbours for every node.
///
/// Node (i, j, k) has number i + size[0] (j + size[1] k); unknown u of node p is row and column `unknowns` p + u. A row
/// depends on all unknowns of its node and of that node's neighbours: (2 radius + 1)^d nodes for a box in d dimensions,
/// 2 d radius + 1 for a star, fewer at a boundary that is not periodic.
struct Stencil {
  std::array<std::int64_t, 3> size = {1, 1, 1};  ///< nodes along each axis, at least 1
  StencilShape shape = StencilShape::star;
  int radius = 1;                                        ///< 0 to 16
  int unknowns = 1;                                      ///< of a node, at least 1
  std::array<bool, 3> periodic = {false, false, false};  ///< whether an axis closes to a ring

  std::int64_t num_nodes() const { return size[0] * size[1] * size[2]; }
};

/// The usual ones, not periodic, one unknown a node.
inline Stencil tridiagonal(std::int64_t n) { return {.size = {n, 1, 1}}; }
inline Stencil five_point(std::int64_t nx, std::int64_t ny) { return {.size = {nx, ny, 1}}; }
inline Stencil nine_point(std::int64_t nx, std::int64_t ny) {
  return {.size = {nx, ny, 1}, .shape = StencilShape::box};
}
inline Stencil seven_point(std::int64_t nx, std::int64_t ny, std::int64_t nz) { return {.size = {nx, ny, nz}}; }
inline Stencil twenty_seven_point(std::int64_t nx, std::int64_t ny, std::int64_t nz) {
  return {.size = {nx, ny, nz}, .shape = StencilShape::box};
}

/// The pattern of the Jacobian of a function with this stencil; square.
///
/// Errors: a size, radius or number of unknowns out of its range, more than 2^31 - 1 unknowns in all.
/// Cost: about 2 ns an entry, 4 bytes an entry and 8 a row.
SparsityPattern stencil_pattern(const Stencil& stencil);

/// The most entries of a row: no column colouring has fewer colours.
std::int64_t stencil_row_entries(const Stencil& stencil);

/// A column colouring of stencil_pattern(stencil), without forming it.
///
/// A linear colouring gives node (i, j, k) the colour (a i + b j + c k) mod m [Goldfarb1984]; box stencils take the
/// residues of each axis. The number of colours is stencil_row_entries, the optimum, for boxes and for stars of radius
/// 1 (without axes of two nodes), as long as no axis is periodic: (i + 2 j) mod 5, (i + 2 j + 3 k) mod 7. A periodic
/// axis keeps the optimum where the colouring closes around it (its length a multiple of 2 radius + 1 for boxes; of m /
/// gcd(m, coefficient) for stars).
///
/// Elsewhere the colouring is valid and may have more colours than needed. A ring of n = q (2 radius + 1) + r nodes of
/// a box is cut into q segments and takes 2 radius + 1 + ceil(r / q) residues, the optimum of one axis. A star takes
/// the fewest of: the smallest m that has a linear colouring; the linear colouring of the open grid with the nodes near
/// the seams coloured greedily; the colouring of the box around it. Stars of radius above 1 in two and three dimensions
/// may need more than their row entries whatever is tried (radius 2 in the plane: 10 colours for 9 entries).
/// Errors: as stencil_pattern. Cost: about 1 ns a column.
Coloring color_stencil(const Stencil& stencil);

}  // namespace heliotrope
