// SPDX-License-Identifier: Apache-2.0
// How many colours any colouring of a pattern needs at least.
#pragma once

#include <cstdint>

#include "heliotrope/derive/sparsity_pattern.hpp"

namespace heliotrope_tool {

/// The most entries of a row: its columns differ in colour.
std::int64_t column_bound(const heliotrope::SparsityPattern& pattern);
/// The most entries of a column.
std::int64_t row_bound(const heliotrope::SparsityPattern& pattern);

/// Every entry is solved for from a number of a compressed column (one a row) or row (one a column):
/// colours >= entries / max(rows, columns), those without entries left out.
std::int64_t bidirectional_bound(const heliotrope::SparsityPattern& pattern);

/// For star and acyclic colourings of a symmetric pattern, the greater of two: a clique, found greedily; and, as two
/// colours induce a forest, the least k with edges <= (k - 1) n - k (k - 1) / 2.
std::int64_t acyclic_bound(const heliotrope::SparsityPattern& pattern);

}  // namespace heliotrope_tool
