// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace heliotrope_tool {

/// The SHA-256 digest of bytes that come in pieces [Fips2015].
///
/// Life cycle: update() any number of times, then hex() once.
class Sha256 final {
 public:
  void update(std::string_view bytes);
  /// 64 lower-case hexadecimal digits.
  std::string hex();

 private:
  void take_block(const unsigned char* block);

  std::array<std::uint32_t, 8> state_ = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                         0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::array<unsigned char, 64> pending_{};
  std::size_t num_pending_ = 0;
  std::uint64_t num_bytes_ = 0;
};

std::string sha256(std::string_view bytes);

}  // namespace heliotrope_tool
