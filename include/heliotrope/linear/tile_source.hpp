// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace heliotrope {

/// Where elimination takes residuals and derivatives from: a few blocks at a time, consumed while they are in cache.
///
/// Parts and blocks are those of an EliminationPlan. Calls for different blocks may come from several threads at once,
/// each with its own worker number.
class TileSource {
 public:
  enum class Where { present, candidate };  ///< the point that is linearised, or the one that a step leads to

  virtual ~TileSource() = default;

  /// Residuals [block][row][8] and, where not null, Jacobian [block][row][column][8] of blocks [begin, end) of a part,
  /// losses and weights applied, zero in unused lanes. Adds rho(|r|^2) of each lane to cost[lane]. Both arrays are
  /// aligned to 64 bytes.
  virtual void evaluate(Where where, int part, std::int64_t begin, std::int64_t end, double* residuals,
                        double* jacobian, double* cost, int worker) = 0;

  /// Moves `count` variables (block columns; -1: none) from the present point along `step`, one number a column, to
  /// their place in the candidate.
  virtual void move(const std::int64_t* block_columns, std::int64_t count, const double* step) = 0;
};

}  // namespace heliotrope
