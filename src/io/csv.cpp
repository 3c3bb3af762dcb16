// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/io/csv.hpp"

#include <algorithm>
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

}  // namespace

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
