// SPDX-License-Identifier: Apache-2.0
// JSON as tests read it. What is dear to compile, its parser and its text for Catch, is in json.cpp alone.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>

#include "catch.hpp"

namespace heliotrope_test {

using nlohmann::json;

/// Throws nlohmann::json::parse_error.
json parse_json(std::string_view text);
json read_json(const std::filesystem::path& path);

/// Of an object.
std::set<std::string> keys(const json& object);

}  // namespace heliotrope_test

template <>
struct Catch::StringMaker<nlohmann::json> {
  static std::string convert(const nlohmann::json& value);
};
