// SPDX-License-Identifier: Apache-2.0
// Whether colourings of symmetric patterns, and two-sided ones, are what they claim to be. Written apart from the
// algorithms that make them, for clarity.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "heliotrope/derive/bicoloring.hpp"
#include "heliotrope/derive/symmetric_coloring.hpp"

namespace heliotrope {

/// The first entry, by rows, that a coloring does not let be recovered; row and column are -1 where the coloring is no
/// coloring of the pattern at all.
struct UnrecoverableEntry {
  std::int64_t row = -1;
  std::int64_t column = -1;
  std::string reason;
};

/// "entry (3, 5): no row or column of a color holds it alone".
std::string to_string(const UnrecoverableEntry& entry);

/// Star coloring: adjacent vertices differ, every path of four vertices has three colors, and vertices without a color
/// have no diagonal entry and neighbours of different colors. That is: every entry (i, j) is the only one of its row in
/// columns of j's color, or (j, i) the only one of its row in columns of i's. O(entries).
///
/// Throws Error where the pattern is not symmetric.
std::optional<UnrecoverableEntry> check_star(const SparsityPattern& pattern, const Coloring& coloring);

/// Acyclic coloring: adjacent vertices differ, any two colors induce a forest, and vertices without a color have no
/// diagonal entry and neighbours of different colors. O(entries log entries). Throws as check_star.
std::optional<UnrecoverableEntry> check_acyclic(const SparsityPattern& pattern, const Coloring& coloring);

/// Star bicoloring: every entry (i, j) is the only one of row i in columns of j's color, or the only one of column j in
/// rows of i's. O(entries).
std::optional<UnrecoverableEntry> check_star_bidirectional(const SparsityPattern& pattern, const Bicoloring& coloring);

/// Acyclic bicoloring: any color of rows and any of columns induce a forest, and rows (columns) without a color have
/// entries only in columns (rows) of different colors. O(entries log entries).
std::optional<UnrecoverableEntry> check_acyclic_bidirectional(const SparsityPattern& pattern,
                                                              const Bicoloring& coloring);

}  // namespace heliotrope
