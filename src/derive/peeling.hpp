// SPDX-License-Identifier: Apache-2.0
// Compressed products are sums of entries; entries follow from them one by one.
#pragma once

#include <cstdint>
#include <span>

#include "heliotrope/derive/coloring.hpp"
#include "heliotrope/large_vector.hpp"

namespace heliotrope::recovery_detail {

/// The equations of a compressed matrix A S: one for every row and every colour met in it.
struct Equations {
  LargeVector<std::int64_t> of_entry;  ///< [entry]: of its row and its column's colour; -1 where that has none
  std::int64_t count = 0;
};
/// Throws Error where there is not one colour a column, each from -1 to num_colors - 1; `what` names the columns.
Equations number_equations(const SparsityPattern& pattern, const Coloring& coloring, const char* what);

/// For each entry of the transpose, in its order, where it stands in the pattern.
LargeVector<std::int64_t> transposed_positions(const SparsityPattern& pattern);

struct PeelingStep {
  std::int64_t unknown;
  bool from_second;  ///< what is left of its second equation is the unknown; else of its first
  bool subtract;     ///< from the other equation, which a later step needs
};

/// An order in which every unknown is alone in one of its two equations when its turn comes. Equations with one unknown
/// are taken as they get there, the first ones first; a colouring with direct recovery needs no subtraction.
struct Peeling {
  LargeVector<PeelingStep> steps;
  std::int64_t num_substitutions = 0;  ///< steps that wait for others
  std::int64_t undetermined = -1;      ///< an unknown that has no turn, or -1
};

/// first, second: [unknown] the equations that it is in, or -1. O(unknowns + equations).
Peeling peel(std::span<const std::int64_t> first, std::span<const std::int64_t> second, std::int64_t num_equations);

}  // namespace heliotrope::recovery_detail
