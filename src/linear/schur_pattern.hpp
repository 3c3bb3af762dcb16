// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "heliotrope/linear/elimination_plan.hpp"
#include "heliotrope/linear/normal_equations.hpp"

namespace heliotrope::linear_detail {

/// Which blocks of the reduced matrix S are not zero, and where each point adds to them.
struct SchurPattern {
  BlockSymmetricPattern blocks;          ///< of the kept variables
  LargeVector<std::int64_t> pair_begin;  ///< [pack][8], and the total
  RawVector<std::uint32_t> pairs;        ///< entry of blocks for (a, c <= a) of a point's list, at a (a + 1) / 2 + c
};

/// Throws Error where S would have 2^32 blocks or more. Cost: two visits to every pair; 8 bytes an entry of the lists
/// while it runs.
SchurPattern make_schur_pattern(const EliminationPlan& plan, int threads);

}  // namespace heliotrope::linear_detail
