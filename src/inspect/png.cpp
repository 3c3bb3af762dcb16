// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/inspect/png.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "heliotrope/error.hpp"

namespace heliotrope {
namespace {

void append_big_endian(std::string& bytes, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(value >> shift & 0xFF));
}

/// The check sum of chunks: the polynomial 0x04C11DB7, bits reversed.
std::uint32_t crc32(std::string_view bytes) {
  static constexpr auto table = [] {
    std::array<std::uint32_t, 256> entries{};
    for (std::uint32_t i = 0; i < 256; ++i) {
      std::uint32_t c = i;
      for (int bit = 0; bit < 8; ++bit) c = (c & 1) != 0 ? 0xEDB88320u ^ (c >> 1) : c >> 1;
      entries[i] = c;
    }
    return entries;
  }();
  std::uint32_t crc = 0xFFFFFFFFu;
  for (const char byte : bytes) crc = table[(crc ^ static_cast<std::uint8_t>(byte)) & 0xFF] ^ (crc >> 8);
  return ~crc;
}

/// The check sum of a zlib stream.
std::uint32_t adler32(std::string_view bytes) {
  std::uint32_t a = 1, b = 0;
  for (const char byte : bytes) {
    a = (a + static_cast<std::uint8_t>(byte)) % 65521;
    b = (b + a) % 65521;
  }
  return b << 16 | a;
}

void append_chunk(std::string& png, std::string_view type, std::string_view data) {
  append_big_endian(png, static_cast<std::uint32_t>(data.size()));
  std::string typed(type);
  typed += data;
  png += typed;
  append_big_endian(png, crc32(typed));
}

/// A zlib stream of stored blocks.
std::string store(std::string_view bytes) {
  std::string stream = "\x78\x01";
  constexpr std::size_t most = 65535;
  for (std::size_t at = 0; at < bytes.size(); at += most) {
    const std::size_t size = std::min(most, bytes.size() - at);
    stream.push_back(at + size == bytes.size() ? '\1' : '\0');
    for (const std::size_t word : {size, ~size}) {
      stream.push_back(static_cast<char>(word & 0xFF));
      stream.push_back(static_cast<char>(word >> 8 & 0xFF));
    }
    stream += bytes.substr(at, size);
  }
  append_big_endian(stream, adler32(bytes));
  return stream;
}

}  // namespace

std::string encode_png(const Image& image) {
  const auto stride = 3 * static_cast<std::size_t>(std::max(image.width, 0));
  if (image.width < 1 || image.height < 1 || image.rgb.size() != stride * static_cast<std::size_t>(image.height)) {
    throw Error("encode_png: found " + std::to_string(image.rgb.size()) + " bytes for " + std::to_string(image.width) +
                " x " + std::to_string(image.height) + " dots, expected 3 for each of at least one");
  }
  std::string lines;  // each begins with its filter: none
  lines.reserve((stride + 1) * static_cast<std::size_t>(image.height));
  for (int y = 0; y < image.height; ++y) {
    lines.push_back('\0');
    lines.append(reinterpret_cast<const char*>(image.rgb.data()) + stride * static_cast<std::size_t>(y), stride);
  }
  std::string header;
  append_big_endian(header, static_cast<std::uint32_t>(image.width));
  append_big_endian(header, static_cast<std::uint32_t>(image.height));
  header += std::string_view("\x08\x02\0\0\0", 5);  // 8 bits, red green blue, deflate, filters, not interlaced
  std::string png = "\x89PNG\r\n\x1a\n";
  append_chunk(png, "IHDR", header);
  append_chunk(png, "IDAT", store(lines));
  append_chunk(png, "IEND", {});
  return png;
}

}  // namespace heliotrope
