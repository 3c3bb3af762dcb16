// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "heliotrope/linear/block_jacobian.hpp"

namespace heliotrope {

/// Which rows an exported Jacobian has. Residuals come part by part, lane l of block b in position 8 b + l, row by row.
enum class ExportedRows {
  all_lanes,   ///< unused lanes are empty rows: row = first of the part + (8 b + l) rows + m
  used_lanes,  ///< lanes in which every block column is -1 are left out
};

/// A sparse matrix by compressed columns; rows ascend within a column.
struct CscMatrix {
  std::int64_t rows = 0;
  std::int64_t columns = 0;
  std::vector<std::int64_t> column_begin;
  std::vector<std::int64_t> row;
  std::vector<double> values;
};

/// Rows of the exported matrix.
std::int64_t count_rows(const BlockJacobian& jacobian, ExportedRows which);

/// Entries of the Jacobian that its structure does not make zero; those of a variable that two slots hold count twice.
std::int64_t count_nonzeros(const BlockJacobian& jacobian);

/// The Jacobian by compressed columns. Where two slots of a residual hold the same variable their columns are added.
/// Entries of used variables are kept though they be zero, so that the pattern depends on the structure only.
CscMatrix to_csc(const BlockJacobian& jacobian, ExportedRows which);

/// Overwrites `to` (column-major, count_rows() x columns) with the Jacobian and, where it is not empty, `residuals`
/// (count_rows()) with the residuals. Nothing is allocated. Throws Error for other lengths.
void to_dense(const BlockJacobian& jacobian, ExportedRows which, std::span<double> to, std::span<double> residuals);

}  // namespace heliotrope
