// SPDX-License-Identifier: Apache-2.0
// Dense kernels of the supernodal Cholesky factorisation, compiled once for every instruction set.
#pragma once

#include <cstdint>

namespace heliotrope::linear_detail {

/// Panels are column-major; the leading dimension is a multiple of 8 and rows behind the last used one are zero, so
/// that loops over rows have no tail. What lies above the diagonal is never read as a value, and may be overwritten.
struct PanelKernels {
  const char* name;

  /// Cholesky factorisation of the first `columns` rows of a panel and the solution of the rows below with it:
  ///
  ///     [ A11 ]      [ L11 ]
  ///     [ A21 ]  ->  [ L21 ],   A11 = L11 L11',  L21 = A21 inv(L11')
  ///
  /// False where a pivot is not positive or not a number. columns^2 (leading - columns / 3) flops.
  bool (*factorise)(double* panel, std::int64_t leading, std::int64_t columns);

  /// C = -A B' with A rows x k, B columns x k, C rows x columns, rows a multiple of 8. Above the tile that holds the
  /// diagonal of C (its row `diagonal` is column 0's), C is left alone.
  void (*negative_product)(const double* a, const double* b, std::int64_t leading, std::int64_t k, double* c,
                           std::int64_t leading_c, std::int64_t rows, std::int64_t columns, std::int64_t diagonal);

  /// to[i] += from[i], i < n.
  void (*add)(const double* from, std::int64_t n, double* to);

  /// w = inv(L11) w for the first `columns` numbers, then the others -= L21 w. w: leading numbers.
  void (*solve_forward)(const double* panel, std::int64_t leading, std::int64_t columns, double* w);

  /// w = inv(L11') (w - L21' w of the other rows) for the first `columns` numbers. w: leading numbers.
  void (*solve_backward)(const double* panel, std::int64_t leading, std::int64_t columns, double* w);
};

/// The fastest set that this processor runs.
const PanelKernels& panel_kernels();

}  // namespace heliotrope::linear_detail
