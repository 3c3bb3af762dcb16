// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/io/output_file.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <string>
#include <system_error>

#include "heliotrope/error.hpp"

#ifndef HELIOTROPE_HAS_LIBARCHIVE
#define HELIOTROPE_HAS_LIBARCHIVE 0
#endif
#if HELIOTROPE_HAS_LIBARCHIVE
#include <archive.h>
#include <archive_entry.h>
#endif

namespace heliotrope {

struct OutputFile::State {
  std::string name;               // as the caller wrote it, for errors
  std::filesystem::path target;   // links followed
  std::filesystem::path partial;  // the file beside it; empty where the target is written directly
  std::FILE* file = nullptr;
#if HELIOTROPE_HAS_LIBARCHIVE
  archive* compressor = nullptr;
#endif
  std::size_t used = 0;
  std::array<char, 1 << 16> buffer;

  ~State() {
#if HELIOTROPE_HAS_LIBARCHIVE
    if (compressor != nullptr) archive_write_free(compressor);
#endif
    if (file != nullptr) std::fclose(file);
    std::error_code ignored;
    if (!partial.empty()) std::filesystem::remove(partial, ignored);
  }

  [[noreturn]] void fail(const std::string& reason) const { throw Error(name + ": cannot be written: " + reason); }
  [[noreturn]] void fail_with_errno() const { fail(std::generic_category().message(errno)); }

  void open();
  void open_compressor();
  void write(const char* data, std::size_t size);
  void close();
};

void OutputFile::State::open() {
  std::error_code ignored;
  const auto status = std::filesystem::status(target, ignored);
  if (std::filesystem::is_directory(status)) fail("it is a directory");
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
    file = std::fopen(target.c_str(), "wb");
    if (file == nullptr) fail_with_errno();
    return;
  }
  if (std::filesystem::is_symlink(std::filesystem::symlink_status(target, ignored))) {
    const auto followed = std::filesystem::weakly_canonical(target, ignored);
    if (!ignored) target = followed;
  }
  for (int attempt = 0; file == nullptr; ++attempt) {
    auto candidate = target;
    candidate += ".part" + std::to_string(attempt);
    errno = 0;
    file = std::fopen(candidate.c_str(), "wbx");
    if (file != nullptr)
      partial = candidate;
    else if (errno != EEXIST || attempt == 99)
      fail_with_errno();
  }
  if (std::filesystem::exists(status)) std::filesystem::permissions(partial, status.permissions(), ignored);
}

#if HELIOTROPE_HAS_LIBARCHIVE
la_ssize_t write_compressed(archive*, void* client, const void* data, std::size_t size) {
  const std::size_t written = std::fwrite(data, 1, size, static_cast<std::FILE*>(client));
  return written == size ? static_cast<la_ssize_t>(size) : -1;
}

void OutputFile::State::open_compressor() {
  const std::string extension = target.extension().string();
  if (extension != ".gz" && extension != ".bz2" && extension != ".xz") return;
  compressor = archive_write_new();
  const auto check = [&](int status) {
    if (status < ARCHIVE_WARN) fail(archive_error_string(compressor));
  };
  if (compressor == nullptr) fail("no memory for the compressor");
  check(archive_write_set_format_raw(compressor));
  if (extension == ".gz") {
    check(archive_write_add_filter_gzip(compressor));
    check(archive_write_set_filter_option(compressor, "gzip", "timestamp", nullptr));  // same input, same bytes
  } else {
    check(extension == ".xz" ? archive_write_add_filter_xz(compressor) : archive_write_add_filter_bzip2(compressor));
  }
  check(archive_write_set_bytes_in_last_block(compressor, 1));
  check(archive_write_open(compressor, file, nullptr, write_compressed, nullptr));
  archive_entry* entry = archive_entry_new();
  archive_entry_set_filetype(entry, AE_IFREG);
  const int status = archive_write_header(compressor, entry);
  archive_entry_free(entry);
  check(status);
}
#else
void OutputFile::State::open_compressor() {
  const std::string extension = target.extension().string();
  if (extension == ".gz" || extension == ".bz2" || extension == ".xz") fail("this build has no libarchive");
}
#endif

void OutputFile::State::write(const char* data, std::size_t size) {
  errno = 0;
#if HELIOTROPE_HAS_LIBARCHIVE
  if (compressor != nullptr) {
    if (archive_write_data(compressor, data, size) != static_cast<la_ssize_t>(size)) fail_with_errno();
    return;
  }
#endif
  if (std::fwrite(data, 1, size, file) != size) fail_with_errno();
}

void OutputFile::State::close() {
  errno = 0;
#if HELIOTROPE_HAS_LIBARCHIVE
  if (compressor != nullptr) {
    const int status = archive_write_close(compressor);
    archive_write_free(compressor);
    compressor = nullptr;
    if (status != ARCHIVE_OK) fail_with_errno();
  }
#endif
  const int status = std::fclose(file);
  file = nullptr;
  if (status != 0) fail_with_errno();
  if (partial.empty()) return;
  std::error_code code;
  std::filesystem::rename(partial, target, code);
  if (code) fail(code.message());
  partial.clear();
}

OutputFile::OutputFile(const std::filesystem::path& target) : state_(std::make_unique<State>()) {
  state_->name = target.string();
  state_->target = target;
  state_->open();
  state_->open_compressor();
}

OutputFile::~OutputFile() = default;

void OutputFile::flush() {
  state_->write(state_->buffer.data(), state_->used);
  state_->used = 0;
}

void OutputFile::text(std::string_view text) {
  if (text.size() > state_->buffer.size() - state_->used) flush();
  if (text.size() > state_->buffer.size()) return state_->write(text.data(), text.size());
  std::memcpy(state_->buffer.data() + state_->used, text.data(), text.size());
  state_->used += text.size();
}

void OutputFile::integer(std::int64_t value) {
  std::array<char, 24> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  text({digits.data(), static_cast<std::size_t>(end - digits.data())});
}

void OutputFile::number(double value) {
  if (!std::isfinite(value)) {
    throw Error(state_->name + ": not written: found a number that is not finite, expected finite numbers");
  }
  std::array<char, 32> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  text({digits.data(), static_cast<std::size_t>(end - digits.data())});
}

void OutputFile::commit() {
  flush();
  state_->close();
}

}  // namespace heliotrope
