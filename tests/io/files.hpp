// SPDX-License-Identifier: Apache-2.0
// Temporary files and messages of errors, for the tests of readers and writers.
#pragma once

#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <string>
#include <string_view>

#include "heliotrope/error.hpp"

namespace heliotrope_test {

/// A folder that lives as long as the object.
class TemporaryFolder final {
 public:
  TemporaryFolder() {
    path_ = std::filesystem::temp_directory_path() / ("heliotrope-" + std::to_string(std::random_device{}()));
    std::filesystem::create_directories(path_);
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  std::filesystem::path operator/(std::string_view name) const { return path_ / name; }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline void write_bytes(const std::filesystem::path& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

inline std::string read_bytes(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// The message of the heliotrope::Error that the function throws, or "no error".
template <class Function>
std::string error_of(Function&& function) {
  try {
    function();
  } catch (const heliotrope::Error& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace heliotrope_test
