// SPDX-License-Identifier: Apache-2.0
// libFuzzer: whatever the bytes, parse_toro and parse_isam return or throw heliotrope::Error.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "heliotrope/error.hpp"
#include "heliotrope/io/toro.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const auto parse : {heliotrope::parse_toro, heliotrope::parse_isam}) {
    try {
      parse("fuzz", text, {});
    } catch (const heliotrope::Error&) {
    }
  }
  heliotrope::is_isam(text);
  return 0;
}
