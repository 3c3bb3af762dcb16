// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace heliotrope {

/// Writes JSON text piece by piece; commas and line breaks are its business, matching begin and end the caller's.
///
/// Usage:
///
///     JsonWriter json;
///     json.begin_object().key("cost").number(1.5).key("tags").begin_array(JsonWriter::Layout::line);
///     json.string("a").end_array().end_object();
class JsonWriter final {
 public:
  /// Members each on a line of their own, or all on one line.
  enum class Layout { lines, line };

  JsonWriter& begin_object(Layout layout = Layout::lines) { return begin('{', layout); }
  JsonWriter& begin_array(Layout layout = Layout::lines) { return begin('[', layout); }
  JsonWriter& end_object() { return end('}'); }
  JsonWriter& end_array() { return end(']'); }

  JsonWriter& key(std::string_view name);

  /// Text in quotes. Control characters are escaped; a byte that is not part of valid UTF-8 becomes U+FFFD.
  JsonWriter& string(std::string_view text);
  /// The shortest decimal form that reads back as the same double; null where it is not finite.
  JsonWriter& number(double value);
  JsonWriter& integer(std::int64_t value);
  JsonWriter& boolean(bool value);

  const std::string& text() const { return text_; }

 private:
  JsonWriter& begin(char bracket, Layout layout);
  JsonWriter& end(char bracket);
  void before_value();
  void before_member();
  void append_quoted(std::string_view text);

  std::string text_;
  std::string layouts_;  // of the open containers: 'L' lines, '1' line
  bool first_ = true;    // no member yet in the innermost container
  bool after_key_ = false;
};

}  // namespace heliotrope
