// SPDX-License-Identifier: Apache-2.0
// A sparsity pattern drawn with the colours of a colouring.
#pragma once

#include <string>
#include <vector>

#include "heliotrope/derive/sparsity_pattern.hpp"
#include "heliotrope/inspect/png.hpp"

namespace heliotrope {

/// What to draw: a pattern, and a colour for each column, each row, or both.
///
/// An entry has the colour of its column, or of its row where column_colors is empty or has -1 there. A colour of -1 on
/// both sides is drawn grey.
struct ColoringPicture {
  const SparsityPattern& pattern;
  const std::vector<std::int32_t>& column_colors;
  const std::vector<std::int32_t>& row_colors;  ///< may be empty, as column_colors may
};

/// Dots of a picture along its longer side, at most.
inline constexpr int max_picture_dots = 1000;

/// A square of dots an entry; a matrix with more than 1000 rows or columns is binned, and a dot has the colour of the
/// first entry in its bin, paler where few are there (the mean of many colours would be grey).
///
/// Errors: a pattern without rows or columns, colours of another number than there are rows or columns.
/// Cost: about 10 ns an entry, 3 bytes a dot.
Image draw_image(const ColoringPicture& picture);

/// The same as the text of an SVG: a square an entry up to 300 rows and columns, and the image within it beyond.
std::string draw_svg(const ColoringPicture& picture);

}  // namespace heliotrope
