// SPDX-License-Identifier: Apache-2.0
#include "output.hpp"

#include <iostream>

#include "heliotrope/error.hpp"
#include "heliotrope/io/output_file.hpp"

namespace heliotrope_tool {

void expect_writable(const std::filesystem::path& path) {
  std::error_code ignored;
  const auto status = std::filesystem::status(path, ignored);
  if (std::filesystem::is_other(status)) return;
  const heliotrope::OutputFile beside(path);  // taken away again: it is never committed
}

void write_text(const std::string& path, std::string_view text) {
  if (path == "-") {
    std::cout << text << std::flush;
    if (!std::cout) throw heliotrope::Error("standard output: cannot be written");
    return;
  }
  heliotrope::OutputFile file(path);
  file.text(text);
  file.commit();
}

}  // namespace heliotrope_tool
