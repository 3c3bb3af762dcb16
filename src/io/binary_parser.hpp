// SPDX-License-Identifier: Apache-2.0
// A cursor over little-endian binary data in memory that tells where it stopped.
#pragma once

#include <bit>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "heliotrope/error.hpp"

namespace heliotrope::detail {

/// Reads numbers one after another. The bytes must outlive the parser.
class BinaryParser final {
 public:
  BinaryParser(std::string_view name, std::string_view bytes) : name_(name), bytes_(bytes) {}

  std::size_t position() const { return at_; }
  std::size_t remaining() const { return bytes_.size() - at_; }

  /// An unsigned integer, least byte first.
  template <std::unsigned_integral U>
  U integer(const char* what) {
    if (remaining() < sizeof(U)) fail(at_, "the end of the file", what);
    U value = 0;
    for (std::size_t k = 0; k < sizeof(U); ++k) {
      value |= static_cast<U>(static_cast<U>(static_cast<unsigned char>(bytes_[at_ + k])) << (8 * k));
    }
    at_ += sizeof(U);
    return value;
  }

  /// A finite double.
  double number(const char* what) {
    const std::size_t first = at_;
    const double value = std::bit_cast<double>(integer<std::uint64_t>(what));
    if (!std::isfinite(value)) fail(first, "a number that is not finite", what);
    return value;
  }

  /// A 64-bit integer of at most 2^63 - 1.
  std::int64_t signed_integer(const char* what) {
    const std::size_t first = at_;
    const auto value = integer<std::uint64_t>(what);
    if (value > std::uint64_t{0x7FFFFFFFFFFFFFFF}) fail(first, std::to_string(value), what);
    return static_cast<std::int64_t>(value);
  }

  /// How many records follow, each of at least `least` bytes: no more than the rest of the file can hold.
  std::uint64_t count(const char* what, std::size_t least) {
    const std::size_t first = at_;
    const auto value = integer<std::uint64_t>(what);
    if (value > remaining() / least) {
      fail(first, std::to_string(value) + " as " + what,
           "a count that the remaining " + std::to_string(remaining()) + " bytes can hold");
    }
    return value;
  }

  /// Text up to a NUL.
  std::string_view text(const char* what) {
    const std::size_t end = bytes_.find('\0', at_);
    if (end == std::string_view::npos) fail(at_, "no end of a text", what);
    const std::string_view found = bytes_.substr(at_, end - at_);
    at_ = end + 1;
    return found;
  }

  void expect_end() const {
    if (remaining() > 0) fail(at_, std::to_string(remaining()) + " more bytes", "the end of the file");
  }

  /// Throws the Error "name: byte <position>: found <found>, expected <expected>".
  [[noreturn]] void fail(std::size_t position, std::string_view found, std::string_view expected) const {
    throw Error(name_ + ": byte " + std::to_string(position) + ": found " + std::string(found) + ", expected " +
                std::string(expected));
  }

 private:
  std::string name_;
  std::string_view bytes_;
  std::size_t at_ = 0;
};

}  // namespace heliotrope::detail
