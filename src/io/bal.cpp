// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/io/bal.hpp"

#include <limits>
#include <string>

#include "heliotrope/error.hpp"
#include "heliotrope/io/output_file.hpp"
#include "heliotrope/io/text_file.hpp"
#include "heliotrope/io/text_parser.hpp"
#include "heliotrope/large_vector.hpp"

namespace heliotrope {
namespace {

struct Counts {
  std::int64_t cameras = 0, points = 0, observations = 0;
};

// The shortest texts are "0 0 0 0 " for an observation, nine times "0 " for a camera and three times for a point: a
// count that needs more text than there is cannot be true, and nothing is allocated for it.
Counts read_counts(TextParser& parser, std::size_t text_size) {
  Counts counts;
  const char* const first = parser.mark();
  const auto read = [&](std::int64_t& count, const char* what, std::int64_t limit, std::size_t least_text) {
    const char* const mark = parser.mark();
    const std::string expected = "the number of " + std::string(what);
    if (!parser.integer(count)) parser.fail(expected);
    if (count < 0 || count > limit) parser.fail(mark, expected + " from 0 to " + std::to_string(limit));
    return static_cast<double>(count) * static_cast<double>(least_text);
  };
  constexpr std::int64_t index_limit = std::numeric_limits<std::int32_t>::max();
  double least = read(counts.cameras, "cameras", index_limit, 18);
  least += read(counts.points, "points", index_limit, 6);
  least += read(counts.observations, "observations", std::numeric_limits<std::int64_t>::max(), 8);
  if (least > static_cast<double>(text_size)) {
    parser.fail(first,
                std::to_string(counts.cameras) + " cameras, " + std::to_string(counts.points) + " points and " +
                    std::to_string(counts.observations) + " observations",
                "counts that a text of " + std::to_string(text_size) + " bytes can hold");
  }
  return counts;
}

void read_index(TextParser& parser, std::int32_t& index, std::int64_t count, const char* what, std::int64_t k) {
  const char* const mark = parser.mark();
  std::int64_t value = 0;
  if (!parser.integer(value) || value < 0 || value >= count) {
    parser.fail(mark, std::string("a ") + what + " index from 0 to " + std::to_string(count - 1) + " (observation " +
                          std::to_string(k) + ")");
  }
  index = static_cast<std::int32_t>(value);
}

void read_numbers(TextParser& parser, double* values, int count, const char* what, std::int64_t k) {
  for (int i = 0; i < count; ++i) {
    if (!parser.number(values[i])) {
      parser.fail("a finite number (" + std::string(what) + " " + std::to_string(k) + ", number " +
                  std::to_string(i + 1) + " of " + std::to_string(count) + ")");
    }
  }
}

void check(const std::string& name, const BalScene& scene) {
  const auto count = static_cast<std::size_t>(scene.num_observations());
  if (scene.point_index.size() != count || scene.observations.size() != 2 * count || scene.cameras.size() % 9 != 0 ||
      scene.points.size() % 3 != 0) {
    throw Error(name + ": not written: found arrays of lengths " + std::to_string(count) + ", " +
                std::to_string(scene.point_index.size()) + ", " + std::to_string(scene.observations.size()) + ", " +
                std::to_string(scene.cameras.size()) + ", " + std::to_string(scene.points.size()) +
                ", expected n, n, 2 n, 9 cameras and 3 points");
  }
  for (std::size_t k = 0; k < count; ++k) {
    const auto camera = scene.camera_index[k], point = scene.point_index[k];
    if (camera < 0 || camera >= scene.num_cameras() || point < 0 || point >= scene.num_points()) {
      throw Error(name + ": not written: observation " + std::to_string(k) + " is of camera " + std::to_string(camera) +
                  " and point " + std::to_string(point) + ", expected indices below " +
                  std::to_string(scene.num_cameras()) + " and " + std::to_string(scene.num_points()));
    }
  }
}

}  // namespace

BalScene parse_bal(std::string_view name, std::string_view text) {
  TextParser parser(name, text);
  const Counts counts = read_counts(parser, text.size());
  const auto num_observations = static_cast<std::size_t>(counts.observations);
  BalScene scene;
  const auto resize = [](auto& values, std::size_t size) {
    detail::reserve_huge(values, size);
    values.resize(size);
  };
  resize(scene.camera_index, num_observations);
  resize(scene.point_index, num_observations);
  resize(scene.observations, 2 * num_observations);
  resize(scene.cameras, 9 * static_cast<std::size_t>(counts.cameras));
  resize(scene.points, 3 * static_cast<std::size_t>(counts.points));

  for (std::size_t k = 0; k < num_observations; ++k) {
    const auto number = static_cast<std::int64_t>(k);
    read_index(parser, scene.camera_index[k], counts.cameras, "camera", number);
    read_index(parser, scene.point_index[k], counts.points, "point", number);
    read_numbers(parser, &scene.observations[2 * k], 2, "observation", number);
  }
  for (std::int64_t c = 0; c < counts.cameras; ++c) read_numbers(parser, scene.cameras.data() + 9 * c, 9, "camera", c);
  for (std::int64_t p = 0; p < counts.points; ++p) read_numbers(parser, scene.points.data() + 3 * p, 3, "point", p);
  if (!parser.at_end()) parser.fail("the end of the file after " + std::to_string(counts.points) + " points");
  return scene;
}

BalScene read_bal(const std::filesystem::path& path) {
  const TextFile file = read_file(path);
  return parse_bal(file.name, file.text);
}

void write_bal(const std::filesystem::path& path, const BalScene& scene) {
  check(path.string(), scene);
  OutputFile file(path);
  file.integer(scene.num_cameras());
  file.text(" ");
  file.integer(scene.num_points());
  file.text(" ");
  file.integer(scene.num_observations());
  file.text("\n");
  for (std::size_t k = 0; k < scene.camera_index.size(); ++k) {
    file.integer(scene.camera_index[k]);
    file.text(" ");
    file.integer(scene.point_index[k]);
    file.text(" ");
    file.number(scene.observations[2 * k]);
    file.text(" ");
    file.number(scene.observations[2 * k + 1]);
    file.text("\n");
  }
  for (const auto* values : {&scene.cameras, &scene.points}) {
    for (const double value : *values) {
      file.number(value);
      file.text("\n");
    }
  }
  file.commit();
}

}  // namespace heliotrope
