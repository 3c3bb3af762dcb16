// SPDX-License-Identifier: Apache-2.0
// libFuzzer: whatever the bytes, parse_colmap returns or throws heliotrope::Error.
// The first byte tells the encoding, the next two how the rest is cut into the three files.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "heliotrope/error.hpp"
#include "heliotrope/io/colmap.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 3) return 0;
  const auto encoding = data[0] % 2 == 0 ? heliotrope::ColmapEncoding::text : heliotrope::ColmapEncoding::binary;
  const std::string_view rest(reinterpret_cast<const char*>(data) + 3, size - 3);
  const std::size_t first = std::min<std::size_t>(data[1], rest.size());
  const std::size_t second = std::min<std::size_t>(first + data[2], rest.size());
  try {
    heliotrope::parse_colmap({"cameras", rest.substr(0, first), encoding},
                             {"images", rest.substr(first, second - first), encoding},
                             {"points", rest.substr(second), encoding});
  } catch (const heliotrope::Error&) {
  }
  return 0;
}
