// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

namespace heliotrope::inspect_detail {

/// Appends "name   value" with the values of all lines under each other.
inline void append_line(std::string& text, std::string_view name, std::string_view value) {
  constexpr std::size_t width = 14;
  text.append(name).append(width - std::min(width - 1, name.size()), ' ').append(value).append("\n");
}

/// printf into a string; what is beyond 255 characters is cut off.
[[gnu::format(printf, 1, 2)]] std::string print(const char* format, ...);

/// "1 residual", "2 residuals".
std::string counted(std::int64_t number, const std::string& noun);

}  // namespace heliotrope::inspect_detail
