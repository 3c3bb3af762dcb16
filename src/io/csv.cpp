// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/io/csv.hpp"

#include <algorithm>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "heliotrope/error.hpp"
#include "heliotrope/io/text_file.hpp"
#include "heliotrope/io/text_parser.hpp"

namespace heliotrope {

namespace {

/// A comma before nothing is a missing number, which must not vanish with its comma.
void expect_no_gaps(TextParser& parser, const TextFile& file) {
  bool empty = true;  // since the last comma or line end
  bool any = false;   // a comma in this line
  for (const char& c : file.text) {
    const bool ends = c == '\n' || c == ',';
    if (ends && empty && (c == ',' || any)) parser.fail(&c, "an empty cell", "a number");
    if (c == ',') any = true;
    if (c == '\n') any = false;
    if (ends) {
      empty = true;
    } else if (c != ' ' && c != '\t' && c != '\r') {
      empty = false;
    }
  }
}

bool read_numbers(TextParser& parser, std::vector<double>& numbers) {
  numbers.clear();
  for (double number; parser.number(number);) numbers.push_back(number);
  return parser.at_end();
}

void add_sample(LogisticData& data, const std::vector<double>& numbers) {
  for (std::size_t j = 0; j + 1 < numbers.size(); ++j) {
    if (numbers[j] == 0.0) continue;
    data.column.push_back(static_cast<std::int32_t>(j));
    data.value.push_back(numbers[j]);
  }
  data.column.push_back(static_cast<std::int32_t>(numbers.size() - 1));
  data.value.push_back(1.0);
  data.begin.push_back(static_cast<std::int64_t>(data.column.size()));
  data.label.push_back(numbers.back() == 1.0 ? 1.0 : -1.0);
}

std::string_view trimmed(std::string_view text) {
  const auto is_space = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

/// Cells of a line; a separator within quotes is part of its cell.
void split(std::string_view line, char separator, std::vector<std::string_view>& cells) {
  cells.clear();
  std::size_t begin = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '"' && quoted && i + 1 < line.size() && line[i + 1] == '"') {
      ++i;  // a quote within quotes
      continue;
    }
    if (line[i] == '"' && (quoted || trimmed(line.substr(begin, i - begin)).empty())) quoted = !quoted;
    if (line[i] != separator || quoted) continue;
    cells.push_back(trimmed(line.substr(begin, i - begin)));
    begin = i + 1;
  }
  cells.push_back(trimmed(line.substr(begin)));
}

std::string_view unquoted(std::string_view cell) {
  if (cell.size() >= 2 && cell.front() == '"' && cell.back() == '"') cell = trimmed(cell.substr(1, cell.size() - 2));
  return cell;
}

bool is_number(std::string_view cell, double& value) {
  TextParser parser("", cell);
  return parser.number(value, NonFinite::accept) && parser.at_end();
}

/// A row of numbers: what is none becomes nan, and a column remembers where its first text stands.
void add_row(CsvTable& table, std::string_view name, const TextParser& parser,
             std::span<const std::string_view> cells) {
  for (std::size_t j = 0; j < cells.size(); ++j) {
    const std::string_view cell = unquoted(cells[j]);
    double value = 0.0;
    const bool found = is_number(cell, value);
    if (!found) value = std::numeric_limits<double>::quiet_NaN();
    if (!found && !cell.empty() && table.faults[j].empty()) {
      std::string& fault = table.faults[j].append(name);
      fault.append(":").append(std::to_string(parser.line_of(cell.data())));
      fault.append(": found '").append(cell).append("' in column ");
      fault.append(table.names.empty() ? std::to_string(j) : std::string("'").append(table.names[j]).append("'"));
      fault.append(", expected a number");
    }
    table.columns[j].push_back(value);
  }
}

char separator_of(std::string_view line) {
  for (const char separator : {',', ';', '\t'}) {
    if (line.find(separator) != line.npos) return separator;
  }
  return ',';
}

}  // namespace

std::span<const double> CsvTable::column(std::string_view name) const {
  std::string list;
  for (std::size_t j = 0; j < names.size(); ++j) {
    if (names[j] == name) return column(j);
    list += (j == 0 ? "" : ", ") + names[j];
  }
  throw Error("no column is named '" + std::string(name) + "'; expected " +
              (list.empty() ? "a table with names" : "one of " + list));
}

std::span<const double> CsvTable::column(std::size_t index) const {
  if (index >= columns.size()) {
    throw Error("no column " + std::to_string(index) + "; expected one of " + std::to_string(columns.size()) +
                ", counted from 0");
  }
  if (index < faults.size() && !faults[index].empty()) throw Error(faults[index]);
  return columns[index];
}

CsvTable parse_csv(std::string_view name, std::string_view text) {
  CsvTable table;
  std::vector<std::string_view> cells;
  char separator = 0;
  for (TextParser parser(name, text); parser.next_line();) {
    const std::string_view line = parser.raw();
    if (trimmed(line).empty() || trimmed(line).front() == '#') continue;
    const bool first = separator == 0;
    if (first) separator = separator_of(trimmed(line));
    split(line, separator, cells);
    double value = 0.0;
    if (first) {
      table.columns.resize(cells.size());
      table.faults.resize(cells.size());
      if (!is_number(unquoted(cells[0]), value)) {
        for (const std::string_view cell : cells) table.names.emplace_back(unquoted(cell));
        continue;
      }
    }
    if (cells.size() != table.columns.size()) {
      parser.fail(line.data(), std::to_string(cells.size()) + " cells",
                  std::to_string(table.columns.size()) + " as in the first line");
    }
    add_row(table, name, parser, cells);
  }
  if (table.num_rows() == 0) throw Error(std::string(name) + ": found no row of cells, expected at least one");
  return table;
}

CsvTable read_csv(const std::filesystem::path& path) {
  const TextFile file = read_file(path);
  return parse_csv(file.name, file.text);
}

LogisticData read_logistic_csv(const std::filesystem::path& path) {
  TextFile file = read_file(path);
  TextParser gaps(file.name, file.text);
  expect_no_gaps(gaps, file);
  std::replace(file.text.begin(), file.text.end(), ',', ' ');
  TextParser parser(file.name, file.text);
  LogisticData data;
  std::vector<double> numbers;
  for (bool first = true; parser.next_line();) {
    if (parser.at_end()) continue;
    const char* const line = parser.mark();
    const bool whole = read_numbers(parser, numbers);
    if (!whole && first && numbers.empty()) {  // names
      first = false;
      continue;
    }
    if (!whole) parser.fail("a number");
    first = false;
    if (data.samples() == 0) data.features = static_cast<std::int64_t>(numbers.size());
    if (static_cast<std::int64_t>(numbers.size()) != data.features) {
      parser.fail(line, std::to_string(numbers.size()) + " numbers",
                  std::to_string(data.features) + " as in the lines above");
    }
    if (numbers.back() != 1.0 && numbers.back() != 0.0 && numbers.back() != -1.0) {
      parser.fail(line, "another label", "a last number of 1, 0 or -1");
    }
    add_sample(data, numbers);
  }
  if (data.samples() == 0) throw Error(file.name + ": found no samples, expected a line of numbers for each");
  return data;
}

}  // namespace heliotrope
