// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/io/text_parser.hpp"

#include <algorithm>
#include <cstring>

#include "heliotrope/error.hpp"

namespace heliotrope {
namespace {

constexpr std::size_t longest_told = 40;  // characters of a word that an error repeats; chosen, not measured

std::string quoted(std::string_view word) {
  std::string text = "'";
  for (const char c : word.substr(0, longest_told)) text += (c >= ' ' && c <= '~') ? c : '?';
  return text + (word.size() > longest_told ? "...'" : "'");
}

}  // namespace

TextParser::TextParser(std::string_view name, std::string_view text) : name_(name) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  begin_ = cursor_ = next_ = text.data();
  end_ = limit_ = begin_ + text.size();
}

bool TextParser::next_line() {
  if (next_ == nullptr || next_ == end_) return false;
  cursor_ = next_;
  const void* newline = std::memchr(cursor_, '\n', static_cast<std::size_t>(end_ - cursor_));
  limit_ = newline != nullptr ? static_cast<const char*>(newline) : end_;
  next_ = newline != nullptr ? limit_ + 1 : nullptr;
  return true;
}

std::string_view TextParser::word() {
  skip();
  const char* const first = cursor_;
  cursor_ = std::find_if(first, limit_, is_space);
  return {first, static_cast<std::size_t>(cursor_ - first)};
}

std::string_view TextParser::rest() {
  skip();
  const char* const first = cursor_;
  const char* last = cursor_ = limit_;
  while (last != first && is_space(last[-1])) --last;
  return {first, static_cast<std::size_t>(last - first)};
}

std::int64_t TextParser::line_of(const char* position) const {
  if (position == end_) {
    while (position != begin_ && is_space(position[-1])) --position;
  }
  return 1 + std::count(begin_, position, '\n');
}

void TextParser::fail(const char* position, std::string_view expected) const {
  const char* const last = std::find_if(position, limit_, is_space);
  if (last != position) fail(position, quoted({position, static_cast<std::size_t>(last - position)}), expected);
  const bool nothing_follows = std::all_of(position, end_, is_space);
  fail(position, nothing_follows ? "the end of the file" : "the end of the line", expected);
}

void TextParser::fail(const char* position, std::string_view found, std::string_view expected) const {
  throw Error(name_ + ':' + std::to_string(line_of(position)) + ": found " + std::string(found) + ", expected " +
              std::string(expected));
}

// Whether a number that is out of range is too small rather than too great: the decimal exponent of its first digit
// that is not zero is negative.
bool TextParser::is_tiny(const char* first, const char* last) {
  const char* const exponent_mark = std::find_if(first, last, [](char c) { return c == 'e' || c == 'E'; });
  const char* const point = std::find(first, exponent_mark, '.');
  const char* const digit = std::find_if(first, exponent_mark, [](char c) { return c >= '1' && c <= '9'; });
  const std::int64_t leading = digit < point ? point - digit - 1 : point - digit;

  std::int64_t exponent = 0;
  const char* exponent_first = exponent_mark == last ? last : exponent_mark + 1;
  const bool negative = exponent_first != last && *exponent_first == '-';
  if (exponent_first != last && (*exponent_first == '-' || *exponent_first == '+')) ++exponent_first;
  if (std::from_chars(exponent_first, last, exponent).ec == std::errc::result_out_of_range) return negative;
  return negative ? leading < exponent : leading < -exponent;  // no sum that could overflow
}

}  // namespace heliotrope
