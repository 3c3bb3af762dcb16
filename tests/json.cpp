// SPDX-License-Identifier: Apache-2.0
#include "json.hpp"

#include "io/files.hpp"

namespace heliotrope_test {

json parse_json(std::string_view text) { return json::parse(text); }

json read_json(const std::filesystem::path& path) { return parse_json(read_bytes(path)); }

std::set<std::string> keys(const json& object) {
  std::set<std::string> names;
  for (const auto& [name, value] : object.items()) names.insert(name);
  return names;
}

}  // namespace heliotrope_test

std::string Catch::StringMaker<nlohmann::json>::convert(const nlohmann::json& value) { return value.dump(); }
