// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/inspect/json_writer.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace heliotrope {

namespace {

/// Length in bytes of the character of UTF-8 that text begins with; 0 where it begins with none
/// (Unicode 15, table 3-7: neither overlong forms, nor surrogates, nor past U+10FFFF).
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  const unsigned lead = byte(0), second = byte(1);
  const auto continues = [&](std::size_t i) { return (byte(i) & 0xC0u) == 0x80u; };
  if (lead < 0x80u) return 1;
  if (lead >= 0xC2u && lead <= 0xDFu) return continues(1) ? 2 : 0;
  if (lead >= 0xE0u && lead <= 0xEFu) {
    const bool good = lead == 0xE0u ? second >= 0xA0u : lead == 0xEDu ? second <= 0x9Fu : true;
    return good && continues(1) && continues(2) ? 3 : 0;
  }
  if (lead >= 0xF0u && lead <= 0xF4u) {
    const bool good = lead == 0xF0u ? second >= 0x90u : lead == 0xF4u ? second <= 0x8Fu : true;
    return good && continues(1) && continues(2) && continues(3) ? 4 : 0;
  }
  return 0;
}

void append_escaped(std::string& text, char character) {
  constexpr std::string_view hex = "0123456789abcdef";
  switch (character) {
    case '"':
      text += "\\\"";
      break;
    case '\\':
      text += "\\\\";
      break;
    case '\n':
      text += "\\n";
      break;
    case '\t':
      text += "\\t";
      break;
    default:
      if (static_cast<unsigned char>(character) < 0x20) {
        text += "\\u00";
        text += hex[static_cast<unsigned char>(character) >> 4];
        text += hex[static_cast<unsigned char>(character) & 15];
      } else {
        text += character;
      }
  }
}

}  // namespace

JsonWriter& JsonWriter::begin(char bracket, Layout layout) {
  before_value();
  text_ += bracket;
  layouts_ += layout == Layout::lines ? 'L' : '1';
  first_ = true;
  return *this;
}

JsonWriter& JsonWriter::end(char bracket) {
  const bool lines = layouts_.back() == 'L';
  layouts_.pop_back();
  if (lines && !first_) text_.append("\n").append(2 * layouts_.size(), ' ');
  text_ += bracket;
  first_ = false;
  return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
  before_member();
  append_quoted(name);
  text_ += ": ";
  after_key_ = true;
  return *this;
}

JsonWriter& JsonWriter::string(std::string_view text) {
  before_value();
  append_quoted(text);
  return *this;
}

JsonWriter& JsonWriter::number(double value) {
  before_value();
  if (!std::isfinite(value)) {
    text_ += "null";
    return *this;
  }
  std::array<char, 32> digits;
  text_.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr);
  return *this;
}

JsonWriter& JsonWriter::integer(std::int64_t value) {
  before_value();
  text_ += std::to_string(value);
  return *this;
}

JsonWriter& JsonWriter::boolean(bool value) {
  before_value();
  text_ += value ? "true" : "false";
  return *this;
}

void JsonWriter::before_value() {
  if (after_key_) {
    after_key_ = false;
  } else if (!layouts_.empty()) {
    before_member();
  }
}

void JsonWriter::before_member() {
  const bool lines = layouts_.back() == 'L';
  if (!first_) text_ += lines ? "," : ", ";
  if (lines) text_.append("\n").append(2 * layouts_.size(), ' ');
  first_ = false;
}

void JsonWriter::append_quoted(std::string_view text) {
  text_ += '"';
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (length == 1) {
      append_escaped(text_, text.front());
    } else if (length == 0) {
      text_ += "\\ufffd";
    } else {
      text_ += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  text_ += '"';
}

}  // namespace heliotrope
