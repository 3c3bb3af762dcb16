// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "heliotrope/large_vector.hpp"

namespace heliotrope {

/// Rows of one shape in a block-sparse Jacobian: `count` block rows of `rows` x (widths[0] + widths[1] + ...).
///
/// Arrays are in blocks of 8 lanes (docs/design.md); the part owns its structure and views its values.
struct JacobianPart {
  int rows = 0;                             ///< residuals in one block row
  std::vector<int> widths;                  ///< columns of each slot (tangent size of the variable)
  std::int64_t num_blocks = 0;              ///< blocks of 8 lanes
  LargeVector<std::int64_t> column_blocks;  ///< [block][slot][8]: block column, or -1 (fixed variable, unused lane)
  const double* residuals = nullptr;        ///< [block][row][8]; zero in unused lanes
  const double* jacobian = nullptr;         ///< [block][row][column][8]; zero in unused lanes

  int columns() const {
    int sum = 0;
    for (int width : widths) sum += width;
    return sum;
  }
};

/// A block-sparse Jacobian and its residual vector: what linear solvers read in place.
struct BlockJacobian {
  std::vector<std::int64_t> column_begin;  ///< first column of each block column; a final element is the total
  std::vector<JacobianPart> parts;

  std::int64_t num_block_columns() const { return static_cast<std::int64_t>(column_begin.size()) - 1; }
  std::int64_t num_columns() const { return column_begin.empty() ? 0 : column_begin.back(); }
};

}  // namespace heliotrope
