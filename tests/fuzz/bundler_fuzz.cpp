// SPDX-License-Identifier: Apache-2.0
// libFuzzer: whatever the bytes, parse_bundler returns or throws heliotrope::Error, and what it returns is a BAL scene.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "heliotrope/error.hpp"
#include "heliotrope/io/bundler.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    heliotrope::BundlerScene scene =
        heliotrope::parse_bundler("fuzz", std::string_view(reinterpret_cast<const char*>(data), size));
    store_values(heliotrope::to_bal(scene), scene);
  } catch (const heliotrope::Error&) {
  }
  return 0;
}
