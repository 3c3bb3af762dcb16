// SPDX-License-Identifier: Apache-2.0
// Text files that appear whole or not at all.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string_view>

namespace heliotrope {

/// Writes a text file beside its target and renames it when it is complete, so that a failure loses nothing.
///
/// Life cycle: construct, append, commit(); a file that is destroyed without commit() is removed and leaves the target
/// as it was. A target that exists and is not a regular file (a pipe, /dev/stdout) is written directly; a symbolic
/// link is followed. Targets named .gz, .bz2 or .xz are compressed.
/// Errors, from every member: the folder is missing or not writable, the disk is full, no libarchive for a compressed
/// target.
/// Memory: 64 KiB (compressed: the compressor's).
class OutputFile final {
 public:
  explicit OutputFile(const std::filesystem::path& target);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  void text(std::string_view text);
  void integer(std::int64_t value);

  /// The shortest decimal form that reads back as the same double. Error: not finite (no reader would take it).
  void number(double value);

  /// Completes the file and renames it to the target.
  void commit();

 private:
  struct State;
  void flush();

  std::unique_ptr<State> state_;
};

}  // namespace heliotrope
