// SPDX-License-Identifier: Apache-2.0
// Colourings of sparsity patterns: which columns (or rows, or both) of a sparse derivative can be estimated together.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "heliotrope/derive/sparsity_pattern.hpp"

namespace heliotrope {

/// The order in which a greedy colouring visits the vertices [Gebremedhin2013, 3]. Two columns are neighbours where
/// they share a row, and a column's degree is the number of its neighbours (each counted once); rows likewise.
enum class ColoringOrder {
  natural,                ///< as they are numbered
  largest_first,          ///< by falling degree
  smallest_last,          ///< the last one has the smallest degree, the last but one among the others, and so on
  incidence_degree,       ///< next the one with the most neighbours that have had their turn
  dynamic_largest_first,  ///< next the one with the most neighbours that have not
  random,
  best,  ///< all of the above but random, and the one with the fewest colours kept (the first of them on a tie)
};

/// "natural", "largest-first", "smallest-last", "incidence-degree", "dynamic-largest-first", "random", "best".
std::string_view to_string(ColoringOrder order);

struct ColoringOptions {
  ColoringOrder order = ColoringOrder::smallest_last;
  std::uint64_t seed = 1;  ///< of ColoringOrder::random
  /// Recolours by colour classes this often, to no more colours than before [Culberson1992]. Below 0: as often as is
  /// cheap beside the order: never after natural and largest first, up to three times after incidence degree, once
  /// after the other ones; three times after each for best.
  int regrouping_passes = -1;
};

/// One colour a vertex, from 0; -1 where a vertex needs none (it has no entry, or a two-sided colouring covers all of
/// its entries from the other side).
struct Coloring {
  std::vector<std::int32_t> colors;
  std::int32_t num_colors = 0;
};

/// Columns that share no row get one colour: the greedy (first-fit) colouring in the chosen order
/// [Curtis1974; Coleman1983; Gebremedhin2005, 3.3].
///
/// Colours are at least column_color_bound(pattern), and at most one more than the largest degree. The same pattern and
/// options give the same colours. Natural order, and the colouring itself, cost time proportional to the number of
/// entries (about 5 ns each) where colours are few; the other orders cost the sum of squared row lengths. Where that is
/// more than 1024 an entry and 2^28 (the dynamic orders: 64 an entry and 2^27), the rows of most pairs (whose columns
/// all get different colours anyhow) are left out of the degrees.
/// Memory: the transpose, if the pattern is not symmetric; for the dynamic orders also one 32-bit word for each pair of
/// neighbours, both ways, so at most 64 words an entry and 512 MB.
Coloring color_columns(const SparsityPattern& pattern, const ColoringOptions& options = {});
/// Rows that share no column get one colour; see color_columns.
Coloring color_rows(const SparsityPattern& pattern, const ColoringOptions& options = {});

/// No colouring of columns has fewer colours than this: the most entries of a row.
std::int32_t column_color_bound(const SparsityPattern& pattern);
/// The most entries of a column.
std::int32_t row_color_bound(const SparsityPattern& pattern);

/// A colouring with the fewest colours, or the best one that was found in time.
struct ExactColoring {
  Coloring coloring;
  bool optimal = false;  ///< no colouring has fewer colours: the search was complete, or met the bound
  std::int64_t nodes = 0;
};

/// The fewest colours, by branch and bound over the columns in order of saturation [Brelaz1979].
///
/// Exponential: for small patterns (a few dozen columns whose bound is not met at once). At most `node_limit` nodes.
/// Errors: more than 4096 columns. Memory: columns x columns bits.
ExactColoring color_columns_exactly(const SparsityPattern& pattern, std::int64_t node_limit = 1000000);
ExactColoring color_rows_exactly(const SparsityPattern& pattern, std::int64_t node_limit = 1000000);

/// The first thing that is wrong with a colouring, in words of column colourings; of row colourings the words change
/// places.
struct ColoringFault {
  enum class Kind {
    size,        ///< as many colours as there are not columns
    range,       ///< `first` has a colour that is not in [-1, num_colors)
    missing,     ///< `first` has entries and no colour; `shared` is the row of one
    conflict,    ///< `first` and `second` have one colour and share row `shared`
    num_colors,  ///< a colour, `first`, is nobody's
  };
  Kind kind = Kind::conflict;
  std::int32_t first = -1;
  std::int32_t second = -1;
  std::int32_t shared = -1;
};

/// Whether columns of one colour share no row, every column with entries has a colour, and every colour is used;
/// nothing is returned where all is well. One pass over the entries.
std::optional<ColoringFault> check_column_coloring(const SparsityPattern& pattern, const Coloring& coloring);
std::optional<ColoringFault> check_row_coloring(const SparsityPattern& pattern, const Coloring& coloring);

}  // namespace heliotrope
