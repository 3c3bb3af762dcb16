// SPDX-License-Identifier: Apache-2.0
// libFuzzer: whatever the bytes, parse_tum returns or throws heliotrope::Error.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "heliotrope/error.hpp"
#include "heliotrope/io/trajectory.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    heliotrope::parse_tum("fuzz", std::string_view(reinterpret_cast<const char*>(data), size));
  } catch (const heliotrope::Error&) {
  }
  return 0;
}
