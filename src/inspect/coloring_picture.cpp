// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/inspect/coloring_picture.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <string_view>

#include "heliotrope/error.hpp"

namespace heliotrope {
namespace {

using Color = std::array<double, 3>;  // red, green, blue from 0 to 1

constexpr std::int64_t most_squares = 300;  // rows or columns that an SVG draws as squares
constexpr Color grey = {0.6, 0.6, 0.6}, frame = {0.75, 0.75, 0.75};

/// Hues a golden angle apart, in three strengths: neighbouring numbers are easy to tell.
Color palette(std::int32_t index) {
  if (index < 0) return grey;
  const double hue = 6.0 * std::fmod(0.58 + 0.6180339887498949 * index, 1.0);
  const double value = index % 3 == 1 ? 0.65 : index % 3 == 2 ? 0.95 : 0.82;
  const double saturation = index % 3 == 2 ? 0.62 : 0.85;
  Color color;
  for (int channel = 0; channel < 3; ++channel) {
    const double k = std::fmod((channel == 0 ? 5.0 : channel == 1 ? 3.0 : 1.0) + hue, 6.0);
    color[static_cast<std::size_t>(channel)] = value * (1.0 - saturation * std::clamp(std::min(k, 4.0 - k), 0.0, 1.0));
  }
  return color;
}

/// The colours of entries, rows' after columns'.
class Entries {
 public:
  explicit Entries(const ColoringPicture& picture) : picture_(picture) {
    for (const std::int32_t color : picture.column_colors) num_column_colors_ = std::max(num_column_colors_, color + 1);
  }
  std::int32_t color(std::int64_t i, std::int32_t j) const {
    const auto of = [](const std::vector<std::int32_t>& colors, std::int64_t at) {
      return colors.empty() ? -1 : colors[static_cast<std::size_t>(at)];
    };
    const std::int32_t by_column = of(picture_.column_colors, j), by_row = of(picture_.row_colors, i);
    return by_column >= 0 ? by_column : by_row >= 0 ? num_column_colors_ + by_row : -1;
  }

 private:
  const ColoringPicture& picture_;
  std::int32_t num_column_colors_ = 0;
};

void check(const ColoringPicture& picture) {
  const auto fits = [](const std::vector<std::int32_t>& colors, std::int64_t count) {
    return colors.empty() || static_cast<std::int64_t>(colors.size()) == count;
  };
  const SparsityPattern& pattern = picture.pattern;
  if (pattern.num_rows < 1 || pattern.num_columns < 1) {
    throw Error("a picture of " + std::to_string(pattern.num_rows) + " rows and " +
                std::to_string(pattern.num_columns) + " columns, expected at least one of each");
  }
  if (!fits(picture.column_colors, pattern.num_columns) || !fits(picture.row_colors, pattern.num_rows)) {
    throw Error("a picture of " + std::to_string(pattern.num_rows) + " x " + std::to_string(pattern.num_columns) +
                " entries with " + std::to_string(picture.row_colors.size()) + " and " +
                std::to_string(picture.column_colors.size()) + " colours, expected as many or none");
  }
}

/// How entries become cells and cells dots.
struct CellLayout {
  std::int64_t bin = 1;       // rows, and columns, in a cell
  int dots = 1;               // of a cell, each way
  int width = 0, height = 0;  // in cells

  explicit CellLayout(const SparsityPattern& pattern) {
    const std::int64_t longer = std::max(pattern.num_rows, pattern.num_columns);
    bin = (longer + max_picture_dots - 1) / max_picture_dots;
    width = static_cast<int>((pattern.num_columns + bin - 1) / bin);
    height = static_cast<int>((pattern.num_rows + bin - 1) / bin);
    dots = std::clamp(max_picture_dots / std::max(width, height), 1, 20);
  }
};

/// Colours of cells; white where there is no entry.
std::vector<Color> color_cells(const ColoringPicture& picture, const CellLayout& layout) {
  const auto width = static_cast<std::size_t>(layout.width);
  std::vector<Color> cells(width * static_cast<std::size_t>(layout.height), Color{1.0, 1.0, 1.0});
  std::vector<std::int64_t> counts(cells.size(), 0);
  const Entries entries(picture);
  for (std::int64_t i = 0; i < picture.pattern.num_rows; ++i) {
    for (const std::int32_t j : picture.pattern.row(i)) {
      const std::size_t at =
          width * static_cast<std::size_t>(i / layout.bin) + static_cast<std::size_t>(j / layout.bin);
      if (counts[at]++ == 0) cells[at] = palette(entries.color(i, j));
    }
  }
  for (std::size_t at = 0; at < cells.size(); ++at) {
    if (counts[at] == 0) continue;
    // A band of one entry a row fills 1 / bin of a bin: that is drawn in full.
    const double ink = std::min(1.0, 0.35 + 0.65 * static_cast<double>(counts[at]) / static_cast<double>(layout.bin));
    for (double& channel : cells[at]) channel = 1.0 - ink * (1.0 - channel);
  }
  return cells;
}

std::uint8_t byte(double value) { return static_cast<std::uint8_t>(std::lround(255.0 * value)); }

std::string base64(std::string_view bytes) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    std::uint32_t word = 0;
    const std::size_t have = std::min<std::size_t>(3, bytes.size() - at);
    for (std::size_t k = 0; k < 3; ++k) word = word << 8 | (k < have ? static_cast<std::uint8_t>(bytes[at + k]) : 0u);
    for (std::size_t k = 0; k < 4; ++k) text.push_back(k <= have ? digits[word >> (18 - 6 * k) & 63] : '=');
  }
  return text;
}

/// A square an entry, one element for all of a colour.
std::string draw_squares(const ColoringPicture& picture) {
  const Entries entries(picture);
  std::vector<std::string> paths;  // [colour + 1]
  for (std::int64_t i = 0; i < picture.pattern.num_rows; ++i) {
    for (const std::int32_t j : picture.pattern.row(i)) {
      const auto color = static_cast<std::size_t>(entries.color(i, j) + 1);
      if (paths.size() <= color) paths.resize(color + 1);
      paths[color].append("M").append(std::to_string(j)).append(" ").append(std::to_string(i));
      paths[color].append("h.92v.92h-.92z");
    }
  }
  std::string text;
  for (std::size_t k = 0; k < paths.size(); ++k) {
    if (paths[k].empty()) continue;
    const Color color = palette(static_cast<std::int32_t>(k) - 1);
    char fill[16];
    std::snprintf(fill, sizeof fill, "#%02x%02x%02x", byte(color[0]), byte(color[1]), byte(color[2]));
    text += "<path fill=\"" + std::string(fill) + "\" d=\"" + paths[k] + "\"/>\n";
  }
  return text;
}

}  // namespace

Image draw_image(const ColoringPicture& picture) {
  check(picture);
  const CellLayout layout(picture.pattern);
  const std::vector<Color> cells = color_cells(picture, layout);
  constexpr int border = 1;
  Image image;
  image.width = layout.width * layout.dots + 2 * border;
  image.height = layout.height * layout.dots + 2 * border;
  image.rgb.assign(3 * static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.height), byte(frame[0]));
  for (int y = 0; y < layout.height * layout.dots; ++y) {
    std::uint8_t* to =
        &image.rgb[3 * (static_cast<std::size_t>(image.width) * static_cast<std::size_t>(y + border) + border)];
    for (int x = 0; x < layout.width * layout.dots; ++x) {
      const auto at = static_cast<std::size_t>(layout.width) * static_cast<std::size_t>(y / layout.dots) +
                      static_cast<std::size_t>(x / layout.dots);
      // Squares that are large enough have a gap between them.
      const bool gap = layout.dots >= 5 && (x % layout.dots == layout.dots - 1 || y % layout.dots == layout.dots - 1);
      for (std::size_t c = 0; c < 3; ++c) *to++ = gap ? 255 : byte(cells[at][c]);
    }
  }
  return image;
}

std::string draw_svg(const ColoringPicture& picture) {
  check(picture);
  const std::int64_t rows = picture.pattern.num_rows, columns = picture.pattern.num_columns;
  const double scale = 800.0 / static_cast<double>(std::max(rows, columns));
  const auto pixels = [&](std::int64_t count) {
    return std::to_string(std::max<long>(1, std::lround(scale * static_cast<double>(count))));
  };
  const bool squares = std::max(rows, columns) <= most_squares;
  // A margin and a frame of one and two pixels around squares; the image has its own.
  const std::string pixel = std::to_string(1.0 / scale);
  const std::string view = !squares ? "0 0 " + std::to_string(columns) + " " + std::to_string(rows)
                                    : std::to_string(-2.0 / scale) + " " + std::to_string(-2.0 / scale) + " " +
                                          std::to_string(static_cast<double>(columns) + 4.0 / scale) + " " +
                                          std::to_string(static_cast<double>(rows) + 4.0 / scale);
  const std::string box = "width=\"" + std::to_string(columns) + "\" height=\"" + std::to_string(rows) + "\"";
  std::string text = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + pixels(columns) + "\" height=\"" +
                     pixels(rows) + "\" viewBox=\"" + view + "\">\n<rect " + box + " fill=\"#ffffff\"/>\n";
  if (squares) {
    text += "<rect " + box + " fill=\"none\" stroke=\"#bfbfbf\" stroke-width=\"" + pixel + "\"/>\n";
    text += draw_squares(picture);
  } else {
    text += "<image " + box + " preserveAspectRatio=\"none\" href=\"data:image/png;base64," +
            base64(encode_png(draw_image(picture))) + "\"/>\n";
  }
  return text + "</svg>\n";
}

}  // namespace heliotrope
