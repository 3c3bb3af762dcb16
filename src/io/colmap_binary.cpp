// SPDX-License-Identifier: Apache-2.0
// COLMAP's binary files: a count, then as many records; little-endian, without padding.
#include <cstdint>
#include <utility>

#include "io/binary_parser.hpp"
#include "io/colmap_parts.hpp"

namespace heliotrope::colmap_detail {
namespace {

using detail::BinaryParser;

constexpr std::uint64_t no_point = ~std::uint64_t{0};

void check(const BinaryParser& parser, std::size_t record, const std::optional<Fault>& fault) {
  if (fault) parser.fail(record, fault->found, fault->expected);
}

void read_keypoints(BinaryParser& parser, ColmapModel& model) {
  const std::uint64_t count = parser.count("the number of 2-D points", 24);
  for (std::uint64_t k = 0; k < count; ++k) {
    model.keypoints.push_back(parser.number("a pixel's x (a finite number)"));
    model.keypoints.push_back(parser.number("a pixel's y (a finite number)"));
    const std::size_t first = parser.position();
    const auto point = parser.integer<std::uint64_t>("the id of a pixel's point");
    if (point != no_point && point > std::uint64_t{0x7FFFFFFFFFFFFFFF}) {
      parser.fail(first, std::to_string(point), "the id of a pixel's point below 2^63, or 2^64 - 1 for none");
    }
    model.keypoint_point.push_back(point == no_point ? -1 : static_cast<std::int64_t>(point));
  }
  model.keypoint_begin.push_back(model.num_keypoints());
}

void read_track(BinaryParser& parser, Reading& reading) {
  const std::uint64_t count = parser.count("the length of a track", 8);
  for (std::uint64_t k = 0; k < count; ++k) {
    const std::size_t element = parser.position();
    const auto image = parser.integer<std::uint32_t>("the id of an image");
    const auto keypoint = parser.integer<std::uint32_t>("the number of a 2-D point");
    check(parser, element, add_track_element(reading, image, keypoint));
  }
  reading.model.track_begin.push_back(static_cast<std::int64_t>(reading.model.track_image.size()));
}

}  // namespace

void read_cameras_binary(const ColmapFile& file, Reading& reading) {
  BinaryParser parser(file.name, file.contents);
  const std::uint64_t count = parser.count("the number of cameras", 48);
  for (std::uint64_t c = 0; c < count; ++c) {
    const std::size_t record = parser.position();
    ColmapCamera camera;
    camera.id = parser.integer<std::uint32_t>("a camera id");
    const std::size_t number = parser.position();
    const auto written = static_cast<std::int32_t>(parser.integer<std::uint32_t>("a camera model"));
    const auto model = model_numbered(written);
    if (!model) parser.fail(number, "camera model " + std::to_string(written), expected_models());
    camera.model = *model;
    camera.width = parser.signed_integer("the width");
    camera.height = parser.signed_integer("the height");
    for (int k = 0; k < parameters_of(*model).total(); ++k) {
      camera.parameters[static_cast<std::size_t>(k)] = parser.number("a parameter of the camera (a finite number)");
    }
    check(parser, record, add_camera(reading, camera));
  }
  parser.expect_end();
}

void read_images_binary(const ColmapFile& file, Reading& reading) {
  BinaryParser parser(file.name, file.contents);
  const std::uint64_t count = parser.count("the number of images", 73);
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::size_t record = parser.position();
    ColmapImage image;
    image.id = parser.integer<std::uint32_t>("an image id");
    for (double& q : image.rotation) q = parser.number("a number of the quaternion (finite)");
    for (double& t : image.translation) t = parser.number("a number of the translation (finite)");
    const auto camera = parser.integer<std::uint32_t>("a camera id");
    image.name = parser.text("the image's name, ended by a NUL");
    check(parser, record, add_image(reading, std::move(image), camera));
    read_keypoints(parser, reading.model);
  }
  parser.expect_end();
}

void read_points_binary(const ColmapFile& file, Reading& reading) {
  BinaryParser parser(file.name, file.contents);
  ColmapModel& model = reading.model;
  const std::uint64_t count = parser.count("the number of points", 51);
  for (std::uint64_t p = 0; p < count; ++p) {
    const std::size_t record = parser.position();
    check(parser, record, add_point(reading, parser.signed_integer("a point id below 2^63")));
    for (int k = 0; k < 3; ++k) model.points.push_back(parser.number("a coordinate (a finite number)"));
    for (int k = 0; k < 3; ++k) model.colors.push_back(parser.integer<std::uint8_t>("a colour"));
    model.errors.push_back(parser.number("the point's error (a finite number)"));
    read_track(parser, reading);
  }
  parser.expect_end();
}

}  // namespace heliotrope::colmap_detail
