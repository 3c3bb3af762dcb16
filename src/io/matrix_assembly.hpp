// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "heliotrope/io/matrix_market.hpp"
#include "heliotrope/large_vector.hpp"

namespace heliotrope::detail {

/// Entries as the file lists them, and those that symmetry makes of them.
struct MatrixEntries {
  RawVector<std::int32_t> rows, columns;
  RawVector<double> real, imaginary;

  void reserve(std::size_t count, MatrixField field) {
    rows.reserve(count);
    columns.reserve(count);
    if (field != MatrixField::pattern) real.reserve(count);
    if (field == MatrixField::complex) imaginary.reserve(count);
  }
};

/// Makes a matrix of its entries, its sizes being set: by rows, the columns of a row ascending, repeated ones added up
/// in the order of the file. O(rows + entries) where the file is sorted by rows or by columns.
void assemble(const MatrixEntries& entries, MatrixMarket& matrix);

}  // namespace heliotrope::detail
