// SPDX-License-Identifier: Apache-2.0
#include "inspect/report_lines.hpp"

#include <cstdarg>
#include <cstdio>

namespace heliotrope::inspect_detail {

std::string print(const char* format, ...) {
  char text[256];
  std::va_list arguments;
  va_start(arguments, format);
  const int length = std::vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  return {text, static_cast<std::size_t>(std::clamp(length, 0, static_cast<int>(sizeof text) - 1))};
}

std::string counted(std::int64_t number, const std::string& noun) {
  return std::to_string(number) + " " + noun + (number == 1 ? "" : "s");
}

}  // namespace heliotrope::inspect_detail
