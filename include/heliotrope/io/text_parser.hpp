// SPDX-License-Identifier: Apache-2.0
// A cursor over text in memory that reads words and numbers, and tells where it stopped.
#pragma once

#include <charconv>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>

namespace heliotrope {

/// Which doubles TextParser::number takes.
enum class NonFinite { refuse, accept };

/// Reads words and numbers, separated by white space, from text in memory.
///
/// A parser starts with the whole text as its range, in which line ends are white space; after next_line() its range is
/// that line. A reading that does not succeed leaves the cursor before the word it stopped at, so that fail() can
/// tell it. Line numbers are counted only then. The text must outlive the parser.
class TextParser final {
 public:
  /// `name`: the file's name, for errors. A UTF-8 byte order mark is skipped.
  TextParser(std::string_view name, std::string_view text);

  /// Makes the next line the range; false after the last one.
  bool next_line();

  /// Skips white space and tells whether the range has nothing more.
  bool at_end() {
    skip();
    return cursor_ == limit_;
  }

  /// Where the next word begins: for fail() and line_of() later.
  const char* mark() {
    skip();
    return cursor_;
  }

  /// Reads a decimal floating-point number; `value` changes only where true is returned. A leading '+' is allowed;
  /// what is smaller than the smallest double is zero, what is greater than the greatest is refused.
  bool number(double& value, NonFinite non_finite = NonFinite::refuse) {
    skip();
    double result = 0.0;
    const char* first = after_plus();
    const auto [end, code] = std::from_chars(first, limit_, result);
    if (code == std::errc::result_out_of_range && is_tiny(first, end))
      result = 0.0;
    else if (code != std::errc())
      return false;
    if (non_finite == NonFinite::refuse && !std::isfinite(result)) return false;
    return accept(end) && (value = result, true);
  }

  /// Reads a decimal 64-bit integer; `value` changes only where true is returned. A leading '+' is allowed.
  bool integer(std::int64_t& value) {
    skip();
    std::int64_t result = 0;
    const auto [end, code] = std::from_chars(after_plus(), limit_, result);
    return code == std::errc() && accept(end) && (value = result, true);
  }

  /// Reads everything up to the next white space; empty at the end of the range.
  std::string_view word();

  /// The rest of the range, without the white space at its ends.
  std::string_view rest();

  /// The rest of the range as it stands.
  std::string_view raw() const { return {cursor_, static_cast<std::size_t>(limit_ - cursor_)}; }

  /// The line (from 1) of a position in the text; at the very end, that of the last word. Cost: the text before it.
  std::int64_t line_of(const char* position) const;

  /// Throws the Error "name:line: found <the next word>, expected <expected>".
  [[noreturn]] void fail(std::string_view expected) { fail(mark(), expected); }

  /// As above for the word that begins at an earlier mark().
  [[noreturn]] void fail(const char* position, std::string_view expected) const;

  /// Throws the Error "name:line: found <found>, expected <expected>".
  [[noreturn]] void fail(const char* position, std::string_view found, std::string_view expected) const;

 private:
  static bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
  static bool is_tiny(const char* first, const char* last);

  void skip() {
    while (cursor_ != limit_ && is_space(*cursor_)) ++cursor_;
  }
  const char* after_plus() const {
    const bool plus = cursor_ != limit_ && *cursor_ == '+' && cursor_ + 1 != limit_ && cursor_[1] != '-';
    return cursor_ + plus;
  }
  bool accept(const char* end) {
    if (end != limit_ && !is_space(*end)) return false;
    cursor_ = end;
    return true;
  }

  std::string name_;
  const char* begin_;
  const char* end_;
  const char* cursor_;
  const char* limit_;  // end of the range
  const char* next_;   // beginning of the line after the range, or nullptr after the last
};

}  // namespace heliotrope
