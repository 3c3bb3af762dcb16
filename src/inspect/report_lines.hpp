// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace heliotrope::inspect_detail {

/// Appends "name   value" with the values of all lines under each other.
inline void append_line(std::string& text, std::string_view name, std::string_view value) {
  constexpr std::size_t width = 14;
  text.append(name).append(width - std::min(width - 1, name.size()), ' ').append(value).append("\n");
}

}  // namespace heliotrope::inspect_detail
