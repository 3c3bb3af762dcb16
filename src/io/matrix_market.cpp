// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/io/matrix_market.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "heliotrope/error.hpp"
#include "heliotrope/io/text_file.hpp"
#include "heliotrope/io/text_parser.hpp"
#include "io/matrix_assembly.hpp"

namespace heliotrope {
namespace {

constexpr std::array<std::pair<std::string_view, MatrixField>, 5> fields = {{{"real", MatrixField::real},
                                                                             {"integer", MatrixField::integer},
                                                                             {"complex", MatrixField::complex},
                                                                             {"pattern", MatrixField::pattern},
                                                                             {"double", MatrixField::real}}};
constexpr std::array<std::pair<std::string_view, MatrixSymmetry>, 4> symmetries = {
    {{"general", MatrixSymmetry::general},
     {"symmetric", MatrixSymmetry::symmetric},
     {"skew-symmetric", MatrixSymmetry::skew},
     {"hermitian", MatrixSymmetry::hermitian}}};

template <class Words, class Value>
std::string_view word_of(const Words& words, Value value) {
  return std::find_if(words.begin(), words.end(), [&](const auto& pair) { return pair.second == value; })->first;
}

class MatrixReader final {
 public:
  MatrixReader(std::string_view name, std::string_view text) : parser_(name, text), text_size_(text.size()) {}

  MatrixMarket read() {
    read_banner();
    find_line("the line of sizes");
    const char* const sizes = parser_.mark();
    matrix_.pattern.num_rows = read_size("rows");
    matrix_.pattern.num_columns = read_size("columns");
    if (matrix_.symmetry != MatrixSymmetry::general && matrix_.pattern.num_rows != matrix_.pattern.num_columns) {
      parser_.fail(sizes,
                   std::to_string(matrix_.pattern.num_rows) + " rows and " +
                       std::to_string(matrix_.pattern.num_columns) + " columns",
                   "as many of each, the matrix being " + std::string(to_string(matrix_.symmetry)));
    }
    is_array_ ? read_array() : read_coordinates();
    while (parser_.next_line()) {
      if (!parser_.at_end()) parser_.fail("the end of the file after the last entry");
    }
    detail::assemble(entries_, matrix_);
    return std::move(matrix_);
  }

 private:
  static std::string lower(std::string_view word) {
    std::string text(word);
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
  }

  template <class Words>
  auto read_word(const Words& words, const char* expected) {
    const char* const mark = parser_.mark();
    const std::string word = lower(parser_.word());
    const auto found = std::find_if(words.begin(), words.end(), [&](const auto& pair) { return pair.first == word; });
    if (found == words.end()) parser_.fail(mark, expected);
    return found->second;
  }

  void read_banner() {
    parser_.next_line();
    const char* mark = parser_.mark();
    if (lower(parser_.word()) != "%%matrixmarket") parser_.fail(mark, "%%MatrixMarket");
    mark = parser_.mark();
    if (lower(parser_.word()) != "matrix") parser_.fail(mark, "matrix");
    constexpr std::array<std::pair<std::string_view, bool>, 2> formats = {{{"coordinate", false}, {"array", true}}};
    is_array_ = read_word(formats, "coordinate or array");
    const char* const field = parser_.mark();
    matrix_.field = read_word(fields, "real, integer, complex or pattern");
    if (is_array_ && matrix_.field == MatrixField::pattern)
      parser_.fail(field, "real, integer or complex for an array");
    const char* const symmetry = parser_.mark();
    matrix_.symmetry = read_word(symmetries, "general, symmetric, skew-symmetric or hermitian");
    if (matrix_.symmetry == MatrixSymmetry::hermitian && matrix_.field != MatrixField::complex) {
      parser_.fail(symmetry, "a complex matrix to be hermitian");
    }
    end_line();
  }

  /// Goes to the next line that is neither empty nor a comment.
  void find_line(const std::string& expected) {
    while (parser_.next_line()) {
      if (!parser_.at_end() && *parser_.mark() != '%') return;
    }
    parser_.fail(expected);
  }
  void end_line() {
    if (!parser_.at_end()) parser_.fail("the end of the line");
  }

  /// Rows and columns without entries take no text: a short one is believed up to ten million.
  std::int64_t read_size(const char* what) {
    const auto most =
        std::min<double>(std::numeric_limits<std::int32_t>::max(), 1e7 + 100.0 * static_cast<double>(text_size_));
    const char* const mark = parser_.mark();
    std::int64_t size = 0;
    if (!parser_.integer(size) || size < 0 || static_cast<double>(size) > most) {
      parser_.fail(
          mark, std::string("the number of ") + what + " from 0 to " + std::to_string(static_cast<std::int64_t>(most)));
    }
    return size;
  }

  /// Nothing is allocated for entries that the text is too short to hold: each takes at least `bytes`.
  void expect_room(const char* mark, double count, double bytes) {
    if (count * bytes > static_cast<double>(text_size_)) {
      parser_.fail(mark, "more entries than a text of " + std::to_string(text_size_) + " bytes can hold",
                   "as many as there are");
    }
  }

  void read_value(double& real, double& imaginary) {
    if (!parser_.number(real)) parser_.fail("a finite number");
    if (matrix_.field == MatrixField::complex && !parser_.number(imaginary)) {
      parser_.fail("a finite number (the imaginary part)");
    }
  }

  void add(std::int64_t row, std::int64_t column, double real, double imaginary) {
    entries_.rows.push_back(static_cast<std::int32_t>(row));
    entries_.columns.push_back(static_cast<std::int32_t>(column));
    if (matrix_.field != MatrixField::pattern) entries_.real.push_back(real);
    if (matrix_.field == MatrixField::complex) entries_.imaginary.push_back(imaginary);
  }
  /// An entry and the one that symmetry makes of it.
  void add_both(std::int64_t row, std::int64_t column, double real, double imaginary) {
    add(row, column, real, imaginary);
    if (matrix_.symmetry == MatrixSymmetry::general || row == column) return;
    const bool skew = matrix_.symmetry == MatrixSymmetry::skew;
    const bool flip = skew || matrix_.symmetry == MatrixSymmetry::hermitian;
    add(column, row, skew ? -real : real, flip ? -imaginary : imaginary);
  }

  std::int64_t read_index(std::int64_t count, const char* what, std::int64_t entry) {
    const char* const mark = parser_.mark();
    std::int64_t index = 0;
    if (!parser_.integer(index) || index < 1 || index > count) {
      parser_.fail(mark, std::string("a ") + what + " from 1 to " + std::to_string(count) + " (entry " +
                             std::to_string(entry + 1) + ")");
    }
    return index - 1;
  }

  void read_coordinates() {
    const char* const mark = parser_.mark();
    std::int64_t count = 0;
    if (!parser_.integer(count) || count < 0) parser_.fail(mark, "the number of entries");
    end_line();
    expect_room(mark, static_cast<double>(count), matrix_.field == MatrixField::pattern ? 3.0 : 5.0);
    entries_.reserve(static_cast<std::size_t>(matrix_.symmetry == MatrixSymmetry::general ? count : 2 * count),
                     matrix_.field);
    const bool has_values = matrix_.field != MatrixField::pattern;
    for (std::int64_t e = 0; e < count; ++e) {
      find_entry(e, count);
      const std::int64_t row = read_index(matrix_.pattern.num_rows, "row", e);
      const char* const column_mark = parser_.mark();
      const std::int64_t column = read_index(matrix_.pattern.num_columns, "column", e);
      if (matrix_.symmetry != MatrixSymmetry::general && column > row) {
        parser_.fail(column_mark,
                     "a column not above the row, the matrix being " + std::string(to_string(matrix_.symmetry)));
      }
      if (matrix_.symmetry == MatrixSymmetry::skew && column == row) {
        parser_.fail(column_mark, "a column below the row, the matrix being skew-symmetric");
      }
      double real = 0.0, imaginary = 0.0;
      if (has_values) read_value(real, imaginary);
      end_line();
      add_both(row, column, real, imaginary);
    }
  }
  void find_entry(std::int64_t entry, std::int64_t count) {
    while (parser_.next_line()) {
      if (!parser_.at_end() && *parser_.mark() != '%') return;
    }
    parser_.fail("entry " + std::to_string(entry + 1) + " of " + std::to_string(count));
  }

  void read_array() {
    const char* const mark = parser_.mark();
    end_line();
    const std::int64_t rows = matrix_.pattern.num_rows, columns = matrix_.pattern.num_columns;
    const bool triangle = matrix_.symmetry != MatrixSymmetry::general;
    expect_room(mark, static_cast<double>(rows) * static_cast<double>(columns) * (triangle ? 0.4 : 1.0), 2.0);
    for (std::int64_t j = 0; j < columns; ++j) {
      const std::int64_t first = !triangle ? 0 : matrix_.symmetry == MatrixSymmetry::skew ? j + 1 : j;
      for (std::int64_t i = first; i < rows; ++i) {
        while (parser_.at_end()) {
          if (!parser_.next_line()) {
            parser_.fail("the value of row " + std::to_string(i + 1) + " and column " + std::to_string(j + 1));
          }
        }
        double real = 0.0, imaginary = 0.0;
        read_value(real, imaginary);
        if (real != 0.0 || imaginary != 0.0) add_both(i, j, real, imaginary);
      }
    }
    end_line();
  }

  TextParser parser_;
  std::size_t text_size_;
  bool is_array_ = false;
  MatrixMarket matrix_;
  detail::MatrixEntries entries_;
};

}  // namespace

std::string_view to_string(MatrixField field) { return word_of(fields, field); }
std::string_view to_string(MatrixSymmetry symmetry) { return word_of(symmetries, symmetry); }

MatrixMarket parse_matrix_market(std::string_view name, std::string_view text) {
  return MatrixReader(name, text).read();
}

MatrixMarket read_matrix_market(const std::filesystem::path& path) {
  const TextFile file = read_file(path);
  return parse_matrix_market(file.name, file.text);
}

}  // namespace heliotrope
