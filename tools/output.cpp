// SPDX-License-Identifier: Apache-2.0
#include "output.hpp"

#include <sys/resource.h>

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

std::int64_t peak_bytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::int64_t>(usage.ru_maxrss) * 1024;
}

}  // namespace heliotrope_tool
