// SPDX-License-Identifier: Apache-2.0
// Whole text files in memory, plain or compressed.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace heliotrope {

/// The contents of a text file and the name that errors tell.
struct TextFile {
  std::string name;
  std::string text;
};

/// Reads a whole text file.
///
/// Files compressed with gzip, bzip2 or xz are recognised by their first bytes, whatever they are called.
/// Errors: missing, directory, unreadable, empty, binary (holds a NUL byte), damaged or truncated compressed data,
/// compressed data where the library was built without libarchive.
/// Memory: the file's size (plus the compressed size).
TextFile read_file(const std::filesystem::path& path);

/// The same for data that may hold any byte.
TextFile read_binary_file(const std::filesystem::path& path);

/// The extension in lower case without its dot, after dropping .gz, .bz2 or .xz: "g2o" for a.G2O.xz.
std::string plain_extension(const std::filesystem::path& path);

/// Whether this build reads and writes .gz, .bz2 and .xz.
bool has_compression();

}  // namespace heliotrope
