// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "heliotrope/residuals/logistic_regression.hpp"

namespace heliotrope {

/// Numbers in columns, with the names that the first line gives them.
struct CsvTable {
  std::vector<std::string> names;            ///< [column]; empty where the table has none
  std::vector<std::vector<double>> columns;  ///< [column][row]; nan where a cell is empty or no number
  std::vector<std::string> faults;           ///< [column]; where its first cell that is text stands, or empty

  std::size_t num_rows() const { return columns.empty() ? 0 : columns[0].size(); }
  /// A column by its name, or by its place counted from 0. Throws Error with the columns there are, and where a cell
  /// of the column is text.
  std::span<const double> column(std::string_view name) const;
  std::span<const double> column(std::size_t index) const;
};

/// Reads a table: a line a row, its cells separated by commas, or by semicolons or tabs where the first line that is
/// neither empty nor a comment has no comma; a cell may stand in quotes, and may be empty. Lines that begin with '#'
/// and empty lines are skipped; a first line that begins with no number holds names. Columns of text do no harm unless
/// they are asked for. nan is a number here.
///
/// Errors, as "name:line: found ..., expected ...": lines of different lengths, no line after the names; and as
/// read_file does.
CsvTable read_csv(const std::filesystem::path& path);
CsvTable parse_csv(std::string_view name, std::string_view text);

/// Samples of a logistic regression from a table of comma-separated numbers: a line a sample, the last column its
/// label, 1, or 0 or -1. A first line of names is skipped, and so are empty lines. A feature of ones is added after the
/// others (the intercept); zeros are not stored.
///
/// Throws Error, with file and line, for what is no number, for lines of different lengths, and for other labels; and
/// as read_file does.
LogisticData read_logistic_csv(const std::filesystem::path& path);

}  // namespace heliotrope
