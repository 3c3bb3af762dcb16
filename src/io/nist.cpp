// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/io/nist.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "heliotrope/io/text_file.hpp"
#include "heliotrope/io/text_parser.hpp"

namespace heliotrope {
namespace {

// The integer at the beginning of the text, after white space.
std::optional<std::int64_t> leading_integer(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  std::int64_t value = 0;
  if (first == std::string_view::npos) return {};
  const auto result = std::from_chars(text.data() + first, text.data() + text.size(), value);
  if (result.ec != std::errc()) return {};
  return value;
}

// The integer that follows `key` in the text.
std::optional<std::int64_t> integer_after(std::string_view text, std::string_view key) {
  const std::size_t at = text.find(key);
  if (at == std::string_view::npos) return {};
  return leading_integer(text.substr(at + key.size()));
}

struct LineRange {
  std::int64_t first = 0, last = 0;
  bool holds(std::int64_t line) const { return first <= line && line <= last; }
  std::int64_t size() const { return last - first + 1; }
};

class NistReader final {
 public:
  NistReader(std::string_view name, std::string_view text)
      : parser_(name, text), text_size_(static_cast<std::int64_t>(text.size())) {}

  NistProblem read() {
    for (line_ = 1; parser_.next_line(); ++line_) {
      if (table_.holds(line_))
        read_parameter();
      else if (data_.holds(line_))
        read_observation();
      else if (data_.first == 0 || line_ < data_.first)
        read_header();
      else if (!parser_.at_end())
        parser_.fail("the end of the file after " + std::to_string(data_.size()) + " data lines");
    }
    check_complete();
    return std::move(problem_);
  }

 private:
  void read_header() {
    const char* const mark = parser_.mark();
    const std::string_view rest = parser_.rest();
    if (rest.starts_with("Dataset Name:")) return read_name(rest.substr(13));
    if (rest.starts_with("Starting Values") && rest.find("(lines") != rest.npos) return read_range(mark, rest, table_);
    if (rest.starts_with("Data") && rest.find("(lines") != rest.npos) return read_range(mark, rest, data_);
    if (rest.starts_with("Residual Sum of Squares:")) return read_sum_of_squares(mark, rest.substr(24));
    if (rest.starts_with("Number of Observations:")) return read_count(mark, rest.substr(23), num_observations_);
    const std::size_t digits = rest.find_first_not_of("0123456789");
    if (digits == 0 || digits == rest.npos) return;
    const std::size_t letters = rest.find_first_not_of(' ', digits);
    if (letters == rest.npos) return;
    const std::string_view noun = rest.substr(letters);
    if (noun.starts_with("Predictor")) return read_count(mark, rest, num_predictors_);
    if (noun.starts_with("Parameter")) return read_count(mark, rest, num_parameters_);
    if (noun.starts_with("Observation")) return read_count(mark, rest, num_observations_);
  }

  void read_name(std::string_view rest) {
    const std::size_t first = rest.find_first_not_of(" \t");
    if (first == rest.npos) parser_.fail("the name of the data set");
    const std::size_t last = rest.find_first_of(" \t(", first);
    problem_.name = rest.substr(first, last == rest.npos ? last : last - first);
  }

  void read_range(const char* mark, std::string_view rest, LineRange& range) {
    const auto first = integer_after(rest, "(lines"), last = integer_after(rest, " to ");
    if (!first || !last || *first <= line_ || *last < *first || *last > text_size_) {
      parser_.fail(mark, quoted(rest), "a range of lines below, as in '(lines 41 to 43)'");
    }
    range = {*first, *last};
  }

  // A count may be told several times; every time it must be the same.
  void read_count(const char* mark, std::string_view rest, std::int64_t& count) {
    const auto value = leading_integer(rest);
    if (!value || *value < 1 || *value > text_size_ || (count != 0 && count != *value)) {
      parser_.fail(mark, quoted(rest), count != 0 ? "the count " + std::to_string(count) + " told before" : "a count");
    }
    count = *value;
  }

  void read_sum_of_squares(const char* mark, std::string_view rest) {
    TextParser value("", rest);
    if (!value.number(problem_.residual_sum_of_squares) || !value.at_end() || problem_.residual_sum_of_squares < 0.0) {
      parser_.fail(mark, quoted(rest), "the residual sum of squares");
    }
    has_sum_of_squares_ = true;
  }

  // "b1 = start1 start2 certified deviation"
  void read_parameter() {
    const char* const mark = parser_.mark();
    const std::string expected = 'b' + std::to_string(problem_.certified.size() + 1);
    if (parser_.word() != expected) parser_.fail(mark, expected + " (a line of the table of starting values)");
    const char* const equals = parser_.mark();
    if (parser_.word() != "=") parser_.fail(equals, "'='");
    problem_.start1.push_back(read_number("start 1"));
    problem_.start2.push_back(read_number("start 2"));
    problem_.certified.push_back(read_number("certified value"));
    problem_.standard_deviation.push_back(read_number("standard deviation"));
    if (!parser_.at_end()) parser_.fail("the end of the line");
  }

  void read_observation() {
    if (num_predictors_ == 0) parser_.fail("a line such as '1 Predictor (x)' before the data");
    problem_.y.push_back(read_number("y"));
    for (std::int64_t i = 0; i < num_predictors_; ++i) problem_.x.push_back(read_number("x"));
    if (!parser_.at_end()) parser_.fail("the end of the line after " + std::to_string(num_predictors_) + " predictors");
  }

  double read_number(const char* what) {
    double value = 0.0;
    if (!parser_.number(value)) parser_.fail("a finite number (" + std::string(what) + ")");
    return value;
  }

  void check_complete() {
    if (problem_.name.empty()) parser_.fail("a line 'Dataset Name:' above");
    if (table_.first == 0 || data_.first == 0) {
      parser_.fail("lines 'Starting Values (lines ...)' and 'Data (lines ...)' above");
    }
    if (num_parameters_ == 0 || num_predictors_ == 0 || num_observations_ == 0) {
      parser_.fail("the numbers of parameters, predictors and observations above");
    }
    check_count("rows of starting values", static_cast<std::int64_t>(problem_.certified.size()), num_parameters_);
    check_count("data lines", problem_.num_observations(), num_observations_);
    check_count("data lines", problem_.num_observations(), data_.size());
    if (!has_sum_of_squares_) parser_.fail("a line 'Residual Sum of Squares:' above");
    problem_.num_parameters = static_cast<int>(num_parameters_);
    problem_.num_predictors = static_cast<int>(num_predictors_);
  }

  void check_count(const char* what, std::int64_t found, std::int64_t expected) {
    if (found == expected) return;
    parser_.fail(parser_.mark(), std::to_string(found) + ' ' + what, std::to_string(expected));
  }

  static std::string quoted(std::string_view text) {
    std::string result = "'";
    text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
    for (const char c : text.substr(0, 60)) result += (c >= ' ' && c <= '~') ? c : '?';
    return result + '\'';
  }

  TextParser parser_;
  std::int64_t text_size_;
  std::int64_t line_ = 1;
  NistProblem problem_;
  LineRange table_, data_;
  std::int64_t num_parameters_ = 0, num_predictors_ = 0, num_observations_ = 0;
  bool has_sum_of_squares_ = false;
};

}  // namespace

NistProblem parse_nist(std::string_view name, std::string_view text) { return NistReader(name, text).read(); }

NistProblem read_nist(const std::filesystem::path& path) {
  const TextFile file = read_file(path);
  return parse_nist(file.name, file.text);
}

}  // namespace heliotrope
