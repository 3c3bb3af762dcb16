// SPDX-License-Identifier: Apache-2.0
// Sparse matrices and patterns in the Matrix Market exchange format [Boisvert1996].
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

#include "heliotrope/derive/sparsity_pattern.hpp"

namespace heliotrope {

enum class MatrixField { real, integer, complex, pattern };
enum class MatrixSymmetry { general, symmetric, skew, hermitian };

/// "real", ... and "general", ...: the words of the format.
std::string_view to_string(MatrixField field);
std::string_view to_string(MatrixSymmetry symmetry);

/// A sparse matrix by rows, both triangles given whatever the file stored.
struct MatrixMarket {
  SparsityPattern pattern;
  std::vector<double> values;     ///< [entry] real parts; empty where the field is pattern
  std::vector<double> imaginary;  ///< [entry]; empty where the field is not complex
  MatrixField field = MatrixField::pattern;
  MatrixSymmetry symmetry = MatrixSymmetry::general;  ///< what the file said
};

/// Reads a matrix from text: a line "%%MatrixMarket matrix FORMAT FIELD SYMMETRY" (in any case), comment lines that
/// begin with '%', a line of sizes, then the entries. The field `double` is real.
///
/// Format coordinate: "rows columns entries", then an entry a line, "row column value", from 1. Entries that occur
/// several times are added up; zeros that are stated are entries. Symmetric, skew and hermitian matrices give the lower
/// triangle (skew: without the diagonal), and the other follows: a_ji = a_ij, -a_ij, conj(a_ij). Format array: "rows
/// columns", then every value by columns (of the lower triangle, where it is symmetric); those that are zero become no
/// entries.
///
/// Errors, as "name:line: found ..., expected ...": an unknown word in the first line, a number that is missing, wrong
/// or not finite, an index out of range or above the diagonal, more on a line than belongs there, more or fewer
/// entries than announced, more than a text of this length can hold, more than 2^31 - 1 rows or columns (10^7 + 100 for
/// every byte of the text, if fewer: rows without entries take no text, and are not believed in any number).
/// Cost: 40 ns an entry with a value of 15 digits (790 MB/s of text). Memory: the matrix, and 8 to 24 bytes an entry
/// while reading; what else there is, a word a row.
MatrixMarket parse_matrix_market(std::string_view name, std::string_view text);

/// Reads a matrix from a file, plain or compressed: read_file, then parse_matrix_market.
MatrixMarket read_matrix_market(const std::filesystem::path& path);

/// Writes a pattern, so that reading gives it back; the file appears whole or not at all (OutputFile), compressed where
/// it ends in .gz, .bz2 or .xz.
///
/// symmetric: writes the lower triangle, and only a pattern that is symmetric. Errors: a pattern that contradicts
/// itself (indices out of range or not ascending, wrong prefix sums), or is not symmetric.
void write_matrix_market(const std::filesystem::path& path, const SparsityPattern& pattern,
                         MatrixSymmetry symmetry = MatrixSymmetry::general);

/// Writes a matrix of real values, one an entry, so that reading gives back the same bits.
///
/// symmetry: symmetric and skew write one triangle, and only matrices that are so. Errors: as above; a wrong number of
/// values, a value that is not finite, hermitian.
void write_matrix_market(const std::filesystem::path& path, const SparsityPattern& pattern,
                         std::span<const double> values, MatrixSymmetry symmetry = MatrixSymmetry::general);

}  // namespace heliotrope
