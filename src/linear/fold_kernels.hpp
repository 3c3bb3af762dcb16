// SPDX-License-Identifier: Apache-2.0
// The triangle of a tall matrix, row by row: compiled once for every instruction set.
#pragma once

#include <cstdint>

namespace heliotrope::linear_detail {

/// Rows a lane that are folded together: they, and the reflector that they make, stay in registers of AVX-512.
inline constexpr int fold_rows = 16;

struct FoldKernels {
  const char* name;

  /// Eight lanes, each with a triangle R of n columns and the rotated right-hand side c beside it, take fold_rows more
  /// rows A of the matrix with their right-hand sides b, by one Householder reflector a column [Golub2013, 5.1]:
  ///
  ///     [R c]        [R c]
  ///     [A b]  ->  Q [0 *]
  ///
  /// triangle: [row j][column][8], below its diagonal untouched. rotated: [row j][8]. rows: [column, then b]
  /// [fold_rows][8]; overwritten. Rows of zeros change nothing. A number that is not finite makes others so.
  /// Cost: 2 n^2 multiply-adds a row, which is twice those of J'J.
  void (*fold)(double* triangle, double* rotated, int n, double* rows);
};

/// The fastest set that this processor runs.
const FoldKernels& fold_kernels();

/// Every set in this build that this processor runs, the baseline first; ends with a null pointer.
const FoldKernels* const* all_fold_kernels();

}  // namespace heliotrope::linear_detail
