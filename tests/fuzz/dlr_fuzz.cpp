// SPDX-License-Identifier: Apache-2.0
// libFuzzer: whatever the bytes, parse_dlr_edges and set_dlr_state return or throw heliotrope::Error. A byte of 1 ends
// the edges, a second one the table.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "heliotrope/error.hpp"
#include "heliotrope/io/dlr.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  const auto next = [&rest] {
    const std::string_view part = rest.substr(0, rest.find('\1'));
    rest.remove_prefix(part.size() + (part.size() < rest.size()));
    return part;
  };
  try {
    heliotrope::PoseGraph graph = heliotrope::parse_dlr_edges("fuzz", next());
    const std::string_view table = next();
    heliotrope::set_dlr_state("table", table, "state", next(), graph);
  } catch (const heliotrope::Error&) {
  }
  return 0;
}
