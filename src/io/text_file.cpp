// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/io/text_file.hpp"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <system_error>
#include <utility>
#include <vector>

#include "heliotrope/error.hpp"
#include "heliotrope/large_vector.hpp"

#ifndef HELIOTROPE_HAS_LIBARCHIVE
#define HELIOTROPE_HAS_LIBARCHIVE 0
#endif
#if HELIOTROPE_HAS_LIBARCHIVE
#include <archive.h>
#include <archive_entry.h>
#endif

namespace heliotrope {
namespace {

constexpr std::size_t piece_size = std::size_t{1} << 18;  // stays in a second-level cache; chosen, not measured

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

/// Text that grows at its end. A NUL is looked for in what is appended, while that is in the cache.
struct GrowingText {
  std::string text;
  std::size_t first_zero = std::string::npos;

  void append(const char* data, std::size_t size) {
    const void* zero = first_zero == std::string::npos ? std::memchr(data, '\0', size) : nullptr;
    if (zero != nullptr) first_zero = text.size() + static_cast<std::size_t>(static_cast<const char*>(zero) - data);
    text.append(data, size);
  }
};

GrowingText read_bytes(const std::filesystem::path& path, const std::string& name) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) throw Error(name + ": found a directory, expected a file");
  errno = 0;
  std::unique_ptr<std::FILE, CloseFile> file(std::fopen(path.c_str(), "rb"));
  if (!file) throw Error(name + ": cannot be opened: " + std::generic_category().message(errno));
  std::setvbuf(file.get(), nullptr, _IONBF, 0);

  GrowingText bytes;
  std::error_code no_size;
  const auto size = std::filesystem::file_size(path, no_size);
  if (!no_size) detail::reserve_huge(bytes.text, static_cast<std::size_t>(size));
  std::vector<char> piece(piece_size);
  while (true) {
    const std::size_t got = std::fread(piece.data(), 1, piece.size(), file.get());
    if (std::ferror(file.get())) throw Error(name + ": cannot be read: " + std::generic_category().message(errno));
    bytes.append(piece.data(), got);
    if (got < piece.size()) return bytes;
  }
}

bool is_compressed(std::string_view bytes) {
  using namespace std::string_view_literals;
  constexpr auto gzip = "\x1f\x8b"sv, bzip2 = "BZh"sv, xz = "\xfd\x37zXZ\0"sv;
  return bytes.starts_with(gzip) || bytes.starts_with(bzip2) || bytes.starts_with(xz);
}

#if HELIOTROPE_HAS_LIBARCHIVE
struct CloseArchive {
  void operator()(archive* reader) const { archive_read_free(reader); }
};

GrowingText decompress(const std::string& bytes, const std::string& name) {
  std::unique_ptr<archive, CloseArchive> reader(archive_read_new());
  const auto check = [&](int status) {
    if (status >= ARCHIVE_WARN) return;
    const char* reason = reader ? archive_error_string(reader.get()) : nullptr;
    throw Error(name + ": found damaged or truncated compressed data (" +
                (reason != nullptr ? reason : "unreadable header") + "), expected a whole .gz, .bz2 or .xz file");
  };
  check(reader ? ARCHIVE_OK : ARCHIVE_FATAL);
  check(archive_read_support_filter_gzip(reader.get()));
  check(archive_read_support_filter_bzip2(reader.get()));
  check(archive_read_support_filter_xz(reader.get()));
  check(archive_read_support_format_raw(reader.get()));
  check(archive_read_support_format_empty(reader.get()));
  check(archive_read_open_memory(reader.get(), bytes.data(), bytes.size()));

  GrowingText text;
  archive_entry* entry = nullptr;
  const int header = archive_read_next_header(reader.get(), &entry);
  if (header == ARCHIVE_EOF) return text;
  check(header);
  if (archive_filter_count(reader.get()) < 2) check(ARCHIVE_FATAL);  // no decompressor took it: a cut-off header
  while (true) {
    const void* block = nullptr;
    std::size_t size = 0;
    la_int64_t offset = 0;
    const int status = archive_read_data_block(reader.get(), &block, &size, &offset);
    if (status == ARCHIVE_EOF) return text;
    check(status);
    text.append(static_cast<const char*>(block), size);
  }
}
#else
GrowingText decompress(const std::string&, const std::string& name) {
  throw Error(name + ": found compressed data, expected plain text: this build has no libarchive");
}
#endif

GrowingText read_whole(const std::filesystem::path& path, const std::string& name, const char* expected) {
  GrowingText file = read_bytes(path, name);
  if (is_compressed(file.text)) file = decompress(file.text, name);
  if (file.text.empty()) throw Error(name + ": found an empty file, expected " + expected);
  return file;
}

}  // namespace

TextFile read_binary_file(const std::filesystem::path& path) {
  const std::string name = path.string();
  return {name, read_whole(path, name, "data").text};
}

TextFile read_file(const std::filesystem::path& path) {
  const std::string name = path.string();
  GrowingText file = read_whole(path, name, "text");
  if (file.first_zero != std::string::npos) {
    throw Error(name + ": found binary data (a NUL at byte " + std::to_string(file.first_zero) + "), expected text");
  }
  return {name, std::move(file.text)};
}

std::string plain_extension(const std::filesystem::path& path) {
  const auto lower_extension = [](const std::filesystem::path& of) {
    std::string extension = of.extension().string();
    if (!extension.empty()) extension.erase(0, 1);
    std::transform(extension.begin(), extension.end(), extension.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return extension;
  };
  const std::string outer = lower_extension(path);
  const bool compressed = outer == "gz" || outer == "bz2" || outer == "xz";
  return compressed ? lower_extension(path.stem()) : outer;
}

bool has_compression() { return HELIOTROPE_HAS_LIBARCHIVE != 0; }

}  // namespace heliotrope
