// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/inspect/coloring_picture.hpp"

#include <array>
#include <set>
#include <string>
#include <vector>

#include "catch.hpp"
#include "heliotrope/derive/stencil.hpp"
#include "heliotrope/error.hpp"

using namespace heliotrope;

namespace {

using Dot = std::array<int, 3>;
Dot dot(const Image& image, int x, int y) {
  const std::size_t at = 3 * (static_cast<std::size_t>(y) * image.width + x);
  return {image.rgb[at], image.rgb[at + 1], image.rgb[at + 2]};
}
constexpr Dot white = {255, 255, 255};

}  // namespace

TEST_CASE("picture: an entry has the colour of its column, or of its row", "[inspect][coloring]") {
  const SparsityPattern pattern = {2, 2, {0, 2, 3}, {0, 1, 1}};
  const std::vector<std::int32_t> colors = {0, 1}, none;
  const Image columns = draw_image({pattern, colors, none});
  CHECK(columns.width == 42);  // 20 dots an entry, and the frame
  CHECK(columns.height == 42);
  CHECK(dot(columns, 5, 5) != white);
  CHECK(dot(columns, 25, 5) == dot(columns, 25, 25));
  CHECK(dot(columns, 5, 5) != dot(columns, 25, 5));
  CHECK(dot(columns, 5, 25) == white);
  const Image rows = draw_image({pattern, none, colors});
  CHECK(dot(rows, 5, 5) == dot(rows, 25, 5));
  CHECK(dot(rows, 5, 5) != dot(rows, 25, 25));
  const std::vector<std::int32_t> first = {0, -1};
  const Image both = draw_image({pattern, first, first});
  CHECK(dot(both, 5, 5) != dot(both, 25, 5));    // by its column, and by its row
  CHECK(dot(both, 25, 5) != dot(both, 25, 25));  // by its row, and grey
}

TEST_CASE("picture: large matrices are binned to a thousand dots", "[inspect][coloring]") {
  const SparsityPattern pattern = stencil_pattern(five_point(60, 70));
  const Coloring coloring = color_stencil(five_point(60, 70));
  const std::vector<std::int32_t> none;
  const Image image = draw_image({pattern, coloring.colors, none});
  CHECK(image.width <= max_picture_dots + 2);
  CHECK(image.width > max_picture_dots / 2);
  CHECK(dot(image, 1, 1) != white);
  CHECK(dot(image, image.width - 2, 1) == white);
  CHECK(draw_svg({pattern, coloring.colors, none}).find("data:image/png;base64,iVBORw0KGgo") != std::string::npos);

  const SparsityPattern wide = {1, 5000, {0, 1}, {4999}};
  const Image line = draw_image({wide, none, none});
  CHECK(line.width == 1002);
  CHECK(line.height == 3);
}

TEST_CASE("picture: what cannot be drawn is refused", "[inspect][coloring]") {
  const std::vector<std::int32_t> none, one = {0};
  CHECK_THROWS_AS(draw_image({SparsityPattern{}, none, none}), Error);
  CHECK_THROWS_AS(draw_svg({SparsityPattern{2, 2, {0, 0, 0}, {}}, one, none}), Error);
  CHECK_THROWS_AS(encode_png({2, 2, std::vector<std::uint8_t>(3)}), Error);
}

TEST_CASE("picture: a PNG has the bytes that the standard says", "[inspect][coloring]") {
  // One red dot, as Python's zlib and struct make it.
  const std::vector<unsigned char> expected = {
      0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52, 0x00, 0x00,
      0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x02, 0x00, 0x00, 0x00, 0x90, 0x77, 0x53, 0xde, 0x00, 0x00, 0x00,
      0x0f, 0x49, 0x44, 0x41, 0x54, 0x78, 0x01, 0x01, 0x04, 0x00, 0xfb, 0xff, 0x00, 0xff, 0x00, 0x00, 0x03, 0x01,
      0x01, 0x00, 0x8d, 0x1d, 0xe5, 0x82, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82};
  const std::string png = encode_png({1, 1, {255, 0, 0}});
  CHECK(std::vector<unsigned char>(png.begin(), png.end()) == expected);
}
