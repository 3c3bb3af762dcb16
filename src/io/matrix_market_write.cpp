// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "heliotrope/error.hpp"
#include "heliotrope/io/matrix_market.hpp"
#include "heliotrope/io/output_file.hpp"

namespace heliotrope {
namespace {

[[noreturn]] void refuse(const std::string& name, const std::string& why) {
  throw Error(name + ": not written: " + why);
}

void check(const std::string& name, const SparsityPattern& pattern) {
  constexpr std::int64_t limit = std::numeric_limits<std::int32_t>::max();
  const auto rows = pattern.num_rows;
  if (rows < 0 || rows > limit || pattern.num_columns < 0 || pattern.num_columns > limit) {
    refuse(name, "found " + std::to_string(rows) + " x " + std::to_string(pattern.num_columns) +
                     ", expected 0 to 2^31 - 1 rows and columns");
  }
  if (static_cast<std::int64_t>(pattern.row_begin.size()) != rows + 1 || pattern.row_begin.front() != 0 ||
      pattern.row_begin.back() != pattern.num_entries() ||
      !std::is_sorted(pattern.row_begin.begin(), pattern.row_begin.end())) {
    refuse(name, "found row_begin that is not the prefix sums of " + std::to_string(rows) + " rows");
  }
  for (std::int64_t i = 0; i < rows; ++i) {
    std::int64_t last = -1;
    for (const std::int32_t j : pattern.row(i)) {
      if (j <= last || j >= pattern.num_columns) {
        refuse(name, "found column " + std::to_string(j) + " in row " + std::to_string(i) +
                         ", expected ascending ones from 0 to " + std::to_string(pattern.num_columns - 1));
      }
      last = j;
    }
  }
}

/// Where (row, column) is among the entries, or -1.
std::int64_t find(const SparsityPattern& pattern, std::int64_t row, std::int32_t column) {
  const auto entries = pattern.row(row);
  const auto at = std::lower_bound(entries.begin(), entries.end(), column);
  return at != entries.end() && *at == column ? pattern.row_begin[row] + (at - entries.begin()) : -1;
}

/// Throws where the entries contradict the symmetry. values: empty for a pattern.
void check_symmetry(const std::string& name, const SparsityPattern& pattern, std::span<const double> values,
                    MatrixSymmetry symmetry) {
  if (symmetry == MatrixSymmetry::general) return;
  if (symmetry == MatrixSymmetry::hermitian || (symmetry == MatrixSymmetry::skew && values.empty())) {
    refuse(name, "found symmetry " + std::string(to_string(symmetry)) + ", expected one that " +
                     (values.empty() ? "patterns" : "real matrices") + " have");
  }
  const double sign = symmetry == MatrixSymmetry::skew ? -1.0 : 1.0;
  if (pattern.num_rows != pattern.num_columns) refuse(name, "expected as many rows as columns");
  for (std::int64_t i = 0; i < pattern.num_rows; ++i) {
    for (std::int64_t e = pattern.row_begin[i]; e < pattern.row_begin[i + 1]; ++e) {
      const std::int32_t j = pattern.columns[e];
      const std::int64_t other = find(pattern, j, static_cast<std::int32_t>(i));
      const bool matches = other >= 0 && (values.empty() || values[e] == sign * values[other]);
      if (!matches || (sign < 0.0 && i == j)) {
        refuse(name, "entry (" + std::to_string(i) + ", " + std::to_string(j) + ") has no counterpart, expected a " +
                         std::string(to_string(symmetry)) + " matrix");
      }
    }
  }
}

void write(const std::filesystem::path& path, const SparsityPattern& pattern, std::span<const double> values,
           bool has_values, MatrixSymmetry symmetry) {
  check(path.string(), pattern);
  check_symmetry(path.string(), pattern, values, symmetry);
  const auto is_stored = [&](std::int64_t i, std::int32_t j) { return symmetry == MatrixSymmetry::general || j <= i; };
  std::int64_t count = 0;
  for (std::int64_t i = 0; i < pattern.num_rows; ++i) {
    for (const std::int32_t j : pattern.row(i)) count += is_stored(i, j);
  }
  OutputFile file(path);
  file.text("%%MatrixMarket matrix coordinate ");
  file.text(has_values ? "real " : "pattern ");
  file.text(to_string(symmetry));
  file.text("\n");
  file.integer(pattern.num_rows);
  file.text(" ");
  file.integer(pattern.num_columns);
  file.text(" ");
  file.integer(count);
  file.text("\n");
  for (std::int64_t i = 0; i < pattern.num_rows; ++i) {
    for (std::int64_t e = pattern.row_begin[i]; e < pattern.row_begin[i + 1]; ++e) {
      if (!is_stored(i, pattern.columns[e])) continue;
      file.integer(i + 1);
      file.text(" ");
      file.integer(pattern.columns[e] + 1);
      if (has_values) {
        file.text(" ");
        file.number(values[e]);
      }
      file.text("\n");
    }
  }
  file.commit();
}

}  // namespace

void write_matrix_market(const std::filesystem::path& path, const SparsityPattern& pattern, MatrixSymmetry symmetry) {
  write(path, pattern, {}, false, symmetry);
}

void write_matrix_market(const std::filesystem::path& path, const SparsityPattern& pattern,
                         std::span<const double> values, MatrixSymmetry symmetry) {
  if (static_cast<std::int64_t>(values.size()) != pattern.num_entries()) {
    refuse(path.string(), "found " + std::to_string(values.size()) + " values, expected one for each of " +
                              std::to_string(pattern.num_entries()) + " entries");
  }
  write(path, pattern, values, true, symmetry);
}

}  // namespace heliotrope
