// SPDX-License-Identifier: Apache-2.0
#include <string_view>

#include "heliotrope/error.hpp"
#include "heliotrope/io/checkpoint.hpp"
#include "heliotrope/io/problem_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    heliotrope::parse_problem("fuzz", text);
  } catch (const heliotrope::Error&) {
  }
  try {
    heliotrope::parse_checkpoint("fuzz", text);
  } catch (const heliotrope::Error&) {
  }
  return 0;
}
