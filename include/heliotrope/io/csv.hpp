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
  std::vector<std::vector<double>> columns;  ///< [column][row]

  std::size_t num_rows() const { return columns.empty() ? 0 : columns[0].size(); }
  /// A column by its name. Throws Error with the names there are.
  std::span<const double> column(std::string_view name) const;
};

/// Reads a table of numbers: a line a row, separated by commas, or by semicolons or tabs where the first line that is
/// neither empty nor a comment has no comma. Lines that begin with '#' and empty lines are skipped; a first line that
/// begins with no number holds names, in quotes or not. nan is a number here.
///
/// Errors, as "name:line: found ..., expected ...": what is no number, an empty cell, lines of different lengths, no
/// line of numbers; and as read_file does.
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
