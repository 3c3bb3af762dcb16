// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace heliotrope_tool {

/// Throws Error where a file could not be written there, and leaves what is there as it is. Pipes and devices are
/// believed: opening them would be noticed at the other end.
void expect_writable(const std::filesystem::path& path);

/// Writes a whole text; "-" is standard output. The file appears whole or not at all.
void write_text(const std::string& path, std::string_view text);

/// The most memory that the process had, as the operating system counts it.
std::int64_t peak_bytes();

}  // namespace heliotrope_tool
