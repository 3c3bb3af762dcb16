// SPDX-License-Identifier: Apache-2.0
// Sparse secant updates of a Jacobian between estimates.
#pragma once

#include <span>
#include <vector>

#include "heliotrope/derive/colored_columns.hpp"
#include "heliotrope/derive/sparsity_pattern.hpp"

namespace heliotrope {

/// Schubert's update: the least change of a sparse Jacobian that makes it map the last step onto the change of r.
///
/// Row by row, with s_i the step's part in the pattern of row i and W = diag(typical)^-2:
///
///     B_i += (y_i - B_i s) / (s_i' W s_i) (W s_i)',    y = r_new - r_old, s = x_new - x_old
///
/// which is, of all rows with the pattern and B_i s = y_i, the nearest one in the norm sum_j (change_ij typical_j)^2.
/// Rows whose part of the step is zero, or whose y_i is not finite, stay as they are. Values are in the order of the
/// pattern's entries by columns or by rows. Cost: O(entries), no allocation. Source: [Schubert1970; Dennis1996, 11.2].
class SchubertUpdate final {
 public:
  /// `typical`: sizes of the variables, empty for 1. Throws Error for a size that is not positive.
  SchubertUpdate(const SparsityPattern& pattern, EntryOrder order, std::span<const double> typical = {});

  /// Throws Error for arrays of the wrong size.
  void update(std::span<const double> step, std::span<const double> r_old, std::span<const double> r_new,
              std::span<double> values);

 private:
  std::int64_t num_rows_, num_columns_;
  std::vector<std::int64_t> begin_;    // of a column or a row
  std::vector<std::int32_t> inner_;    // rows of a column, or columns of a row
  std::vector<double> weights_;        // [num_columns], or empty
  std::vector<double> misfit_, norm_;  // [num_rows]: y_i - B_i s, s_i' W s_i
  EntryOrder order_;
};

}  // namespace heliotrope
