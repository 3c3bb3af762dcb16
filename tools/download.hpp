// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

namespace heliotrope_tool {

/// Downloads `url` into `part`; where that exists, only what is missing behind it, if the server can.
///
/// By libcurl where the build has it, else by the program `curl`. What came before a failure stays in `part`. With
/// `progress` a bar is drawn on standard error.
/// Throws Error, with the address, where the server cannot be reached or refuses, and where there is no curl at all.
void download(const std::string& url, const std::filesystem::path& part, bool progress);

}  // namespace heliotrope_tool
