// SPDX-License-Identifier: Apache-2.0
// Entries of a sparse derivative from its compressed products, for symmetric and two-sided colorings. Prepared once for
// a pattern and a coloring; each recovery then takes time in proportion to the entries and allocates nothing.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "heliotrope/derive/bicoloring.hpp"
#include "heliotrope/derive/symmetric_coloring.hpp"

namespace heliotrope {

/// Direct recovery of a symmetric H from H S, column c of S being the sum of the unit vectors of color c.
struct StarRecovery {
  std::int64_t num_rows = 0;
  std::int32_t num_colors = 0;
  std::vector<std::int64_t>
      source;  ///< [entry, in the order of the pattern] where it stands in H S: row + num_rows * color

  /// values[e] = compressed[source[e]], H as it is symmetric to the last bit.
  /// compressed: H S, num_rows x num_colors, column-major. values: [num_entries], out. Throws Error on wrong sizes.
  void recover(std::span<const double> compressed, std::span<double> values) const;
};

/// Throws Error where the pattern is not symmetric or the coloring does not let an entry be read directly.
StarRecovery prepare_star_recovery(const SparsityPattern& pattern, const Coloring& coloring);

/// Entries one after the other, each a number of the compressed products less entries that came before.
///
/// Step s: values[entry[s]] = values[mirror[s]] = source[s] - sum of values[subtract[k]], subtract_begin[s] <= k <
/// subtract_begin[s + 1]. Steps of one forest (edges between two colors, leaves inwards) are forest_begin[f] up to
/// forest_begin[f + 1]; forests do not depend on each other. Before the first forest stand the entries without one.
struct SubstitutionSteps {
  std::vector<std::int64_t> source;
  std::vector<std::int64_t> entry;           ///< position in the pattern
  std::vector<std::int64_t> mirror;          ///< of the entry across the diagonal, or the same; empty without symmetry
  std::vector<std::int64_t> subtract_begin;  ///< [num_steps + 1]
  std::vector<std::int64_t> subtract;        ///< positions in the pattern
  std::vector<std::int64_t> forest_begin;    ///< [num_forests + 1] steps
};

/// Recovery of a symmetric H from H S by substitution [Gebremedhin2009, 4].
struct AcyclicRecovery {
  std::int64_t num_rows = 0;
  std::int32_t num_colors = 0;
  std::int64_t num_entries = 0;
  SubstitutionSteps steps;  ///< source: row + num_rows * color

  /// compressed: H S, num_rows x num_colors, column-major. values: [num_entries], out. Throws Error on wrong sizes.
  /// An error of the compressed products grows at most by the number of edges of the largest tree.
  void recover(std::span<const double> compressed, std::span<double> values) const;
};

/// Throws Error where the pattern is not symmetric or the coloring is not acyclic.
AcyclicRecovery prepare_acyclic_recovery(const SparsityPattern& pattern, const Coloring& coloring);

/// Recovery of J from J S and J'T, columns of S and T being sums of unit vectors of a color of columns or rows.
struct BicoloringRecovery {
  std::int64_t num_rows = 0;
  std::int64_t num_columns = 0;
  std::int32_t num_row_colors = 0;
  std::int32_t num_column_colors = 0;
  std::int64_t num_entries = 0;
  /// [entry] where it stands: row + num_rows * color of J S; -1 - (column + num_columns * color) of J'T. Empty where
  /// substitution is needed.
  std::vector<std::int64_t> source;
  SubstitutionSteps steps;  ///< otherwise, its sources coded likewise

  bool is_direct() const { return static_cast<std::int64_t>(source.size()) == num_entries; }
  /// compressed_columns: J S, num_rows x num_column_colors; compressed_rows: J'T, num_columns x num_row_colors; both
  /// column-major. values: [num_entries], out. Throws Error on wrong sizes.
  void recover(std::span<const double> compressed_columns, std::span<const double> compressed_rows,
               std::span<double> values) const;
};

/// Direct where the coloring lets every entry be read, by substitution otherwise. Throws Error where the coloring does
/// not let an entry be recovered.
BicoloringRecovery prepare_bicoloring_recovery(const SparsityPattern& pattern, const Bicoloring& coloring);

}  // namespace heliotrope
