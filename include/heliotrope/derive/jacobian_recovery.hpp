// SPDX-License-Identifier: Apache-2.0
// From compressed Jacobians to the entries of a sparse one: by columns, by rows, or from both sides.
#pragma once

#include <cstdint>
#include <span>

#include "heliotrope/derive/bicoloring.hpp"
#include "heliotrope/derive/colored_columns.hpp"
#include "heliotrope/large_vector.hpp"

namespace heliotrope {

/// Recovers J from compressed columns J S and compressed rows W'J, where S sums the columns of a colour and W the rows
/// of one (vector-Jacobian products).
///
/// Each number of the two is an equation; an entry is in up to two. Where every entry is alone in one of them (column
/// and row colourings, star bicolourings) it is read, from its column's colour if it can be; otherwise (acyclic
/// bicolourings) entries found are subtracted from the equations of others, leaves of the two-coloured trees first
/// [Gebremedhin2005, 3]. Prepared once: 8 bytes an entry read, 24 substituted.
class JacobianRecovery final {
 public:
  /// A side without colours may have no array either. Throws Error that names an entry which the colouring does not
  /// determine, or a colour that does not fit.
  JacobianRecovery(const SparsityPattern& pattern, const Bicoloring& coloring, EntryOrder order);
  static JacobianRecovery from_columns(const SparsityPattern& pattern, const Coloring& columns, EntryOrder order);
  static JacobianRecovery from_rows(const SparsityPattern& pattern, const Coloring& rows, EntryOrder order);

  /// Whether every entry is read from a product as it is.
  bool is_direct() const { return steps_.empty(); }

  /// columns: [num column colours][num_rows]; rows: [num row colours][num_columns]; empty where there are no colours.
  /// Both are overwritten where recovery is not direct. values: [entries] in `order`. Throws Error for wrong sizes.
  /// Cost: one pass; nothing is allocated.
  void recover(std::span<double> columns, std::span<double> rows, std::span<double> values) const;

 private:
  struct Step {
    std::int64_t product;  // coded as source_
    std::int64_t other;    // from which the entry is subtracted
    std::int64_t entry;
  };

  std::int64_t num_entries_, compressed_columns_, compressed_rows_;  // how many numbers
  LargeVector<std::int64_t> source_;                                 // index into columns, or -1 - index into rows
  LargeVector<Step> steps_;                                          // instead, where some wait for others
};

}  // namespace heliotrope
