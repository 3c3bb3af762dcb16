// SPDX-License-Identifier: Apache-2.0
// COLMAP's text files: one line a camera, two an image, one a point.
#include <string>
#include <utility>

#include "heliotrope/io/text_parser.hpp"
#include "io/colmap_parts.hpp"

namespace heliotrope::colmap_detail {
namespace {

/// The next line that is neither blank nor a comment; false after the last.
bool next_record(TextParser& parser) {
  while (parser.next_line()) {
    if (!parser.at_end() && *parser.mark() != '#') return true;
  }
  return false;
}

std::int64_t read_integer(TextParser& parser, const char* what, std::int64_t least = 0) {
  const char* const mark = parser.mark();
  std::int64_t value = 0;
  if (!parser.integer(value) || value < least) {
    parser.fail(mark, std::string(what) + " (an integer of at least " + std::to_string(least) + ")");
  }
  return value;
}

double read_number(TextParser& parser, const char* what) {
  double value = 0.0;
  if (!parser.number(value)) parser.fail(std::string(what) + " (a finite number)");
  return value;
}

void expect_end(TextParser& parser) {
  if (!parser.at_end()) parser.fail("the end of the line");
}

void check(const TextParser& parser, const char* record, const std::optional<Fault>& fault) {
  if (fault) parser.fail(record, fault->found, fault->expected);
}

void read_keypoints(TextParser& parser, ColmapModel& model) {
  while (!parser.at_end()) {
    model.keypoints.push_back(read_number(parser, "a pixel's x"));
    model.keypoints.push_back(read_number(parser, "a pixel's y"));
    model.keypoint_point.push_back(read_integer(parser, "the id of a pixel's point, or -1", -1));
  }
  model.keypoint_begin.push_back(model.num_keypoints());
}

void read_track(TextParser& parser, Reading& reading) {
  while (!parser.at_end()) {
    const char* const element = parser.mark();
    const std::int64_t image = read_integer(parser, "the id of an image");
    const std::int64_t keypoint = read_integer(parser, "the number of a 2-D point");
    check(parser, element, add_track_element(reading, image, keypoint));
  }
  reading.model.track_begin.push_back(static_cast<std::int64_t>(reading.model.track_image.size()));
}

}  // namespace

void read_cameras_text(const ColmapFile& file, Reading& reading) {
  TextParser parser(file.name, file.contents);
  while (next_record(parser)) {
    const char* const record = parser.mark();
    ColmapCamera camera;
    camera.id = read_integer(parser, "a camera id");
    const char* const word = parser.mark();
    const auto model = model_called(parser.word());
    if (!model) parser.fail(word, expected_models());
    camera.model = *model;
    camera.width = read_integer(parser, "the width");
    camera.height = read_integer(parser, "the height");
    for (int k = 0; k < parameters_of(*model).total(); ++k) {
      camera.parameters[static_cast<std::size_t>(k)] = read_number(parser, "a parameter of the camera");
    }
    expect_end(parser);
    check(parser, record, add_camera(reading, camera));
  }
}

void read_images_text(const ColmapFile& file, Reading& reading) {
  TextParser parser(file.name, file.contents);
  while (next_record(parser)) {
    const char* const record = parser.mark();
    ColmapImage image;
    image.id = read_integer(parser, "an image id");
    for (double& q : image.rotation) q = read_number(parser, "a number of the quaternion");
    for (double& t : image.translation) t = read_number(parser, "a number of the translation");
    const std::int64_t camera = read_integer(parser, "a camera id");
    if (parser.at_end()) parser.fail("the image's name");
    image.name = parser.rest();
    check(parser, record, add_image(reading, std::move(image), camera));
    if (!parser.next_line()) {
      parser.fail(record, "the end of the file", "a line of 2-D points, perhaps empty, after this one");
    }
    read_keypoints(parser, reading.model);
  }
}

void read_points_text(const ColmapFile& file, Reading& reading) {
  TextParser parser(file.name, file.contents);
  ColmapModel& model = reading.model;
  while (next_record(parser)) {
    const char* const record = parser.mark();
    check(parser, record, add_point(reading, read_integer(parser, "a point id")));
    for (int k = 0; k < 3; ++k) model.points.push_back(read_number(parser, "a coordinate"));
    for (int k = 0; k < 3; ++k) {
      const char* const mark = parser.mark();
      const std::int64_t color = read_integer(parser, "a colour from 0 to 255");
      if (color > 255) parser.fail(mark, "a colour from 0 to 255");
      model.colors.push_back(static_cast<std::uint8_t>(color));
    }
    model.errors.push_back(read_number(parser, "the point's error"));
    read_track(parser, reading);
  }
}

}  // namespace heliotrope::colmap_detail
