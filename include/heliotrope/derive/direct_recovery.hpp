// SPDX-License-Identifier: Apache-2.0
// From compressed Jacobians to the entries of a sparse one: by columns, by rows, or from both sides.
#pragma once

#include <cstdint>
#include <span>

#include "heliotrope/derive/bicoloring.hpp"
#include "heliotrope/derive/colored_columns.hpp"
#include "heliotrope/large_vector.hpp"

namespace heliotrope {

/// Entries that can be read one by one from compressed columns J S and compressed rows W' J, where S sums the columns
/// of a colour and W the rows of one. Prepared once: 8 bytes an entry.
///
/// An entry is read from its column's colour where no other column of its row has it, and otherwise from its row's
/// colour, where no other row of its column has that. So one class serves column colourings, row colourings
/// (vector-Jacobian products) and star bicolourings; acyclic ones need substitution and are refused.
class DirectRecovery final {
 public:
  /// Throws Error if an entry is in none, or patterns and colourings do not fit.
  DirectRecovery(const SparsityPattern& pattern, const Bicoloring& coloring, EntryOrder order);
  static DirectRecovery from_columns(const SparsityPattern& pattern, const Coloring& columns, EntryOrder order);
  static DirectRecovery from_rows(const SparsityPattern& pattern, const Coloring& rows, EntryOrder order);

  /// columns: [num column colours][num_rows]; rows: [num row colours][num_columns]; empty where there are no colours.
  /// values: [entries] in `order`. Throws Error for wrong sizes. Cost: one pass.
  void recover(std::span<const double> columns, std::span<const double> rows, std::span<double> values) const;

 private:
  std::int64_t compressed_columns_, compressed_rows_;  // how many numbers
  LargeVector<std::int64_t> source_;                   // index into columns, or -1 - index into rows
};

}  // namespace heliotrope
