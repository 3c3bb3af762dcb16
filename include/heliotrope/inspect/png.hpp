// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace heliotrope {

/// A picture of square dots: 8 bits each of red, green and blue, row by row from the top.
struct Image {
  int width = 0, height = 0;
  std::vector<std::uint8_t> rgb;  ///< [height][width][3]
};

/// The bytes of a PNG file. It is not compressed (deflate's stored blocks), so that nothing needs zlib: 3 bytes a dot.
///
/// Error: an empty image, or dots of another number than width x height. Source: [Png2003].
std::string encode_png(const Image& image);

}  // namespace heliotrope
