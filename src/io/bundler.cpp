// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/io/bundler.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <string>

#include "heliotrope/error.hpp"
#include "heliotrope/io/output_file.hpp"
#include "heliotrope/io/text_file.hpp"
#include "heliotrope/io/text_parser.hpp"
#include "heliotrope/large_vector.hpp"
#include "io/refuse_to_write.hpp"

namespace heliotrope {
namespace {

using detail::refuse_to_write;

constexpr std::int64_t index_limit = std::numeric_limits<std::int32_t>::max();
constexpr const char* bundler_head = "# Bundle file v0.3";

void read_first_line(TextParser& parser) {
  const char* const mark = parser.mark();
  for (const std::string_view expected : {"#", "Bundle", "file", "v0.3"}) {
    if (parser.word() != expected) {
      parser.fail(mark, "another first line", std::string("'") + bundler_head + "'");
    }
  }
}

/// An integer from `least` to `limit`.
std::int64_t read_integer(TextParser& parser, const std::string& what, std::int64_t limit) {
  const char* const mark = parser.mark();
  std::int64_t value = 0;
  if (!parser.integer(value) || value < 0 || value > limit) {
    parser.fail(mark, what + " from 0 to " + std::to_string(limit));
  }
  return value;
}

void read_numbers(TextParser& parser, std::span<double> values, const char* what, std::int64_t k) {
  for (double& value : values) {
    if (!parser.number(value)) parser.fail("a finite number (" + std::string(what) + " " + std::to_string(k) + ")");
  }
}

/// |R R' - I| is small and R turns right-handed axes into such.
bool is_rotation(const double* R) {
  constexpr double tolerance = 1e-3;  // files carry at least four digits; chosen, not measured
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j <= i; ++j) {
      double product = 0.0;
      for (int k = 0; k < 3; ++k) product += R[3 * i + k] * R[3 * j + k];
      if (!(std::abs(product - (i == j ? 1.0 : 0.0)) <= tolerance)) return false;
    }
  }
  return R[0] * (R[4] * R[8] - R[5] * R[7]) - R[1] * (R[3] * R[8] - R[5] * R[6]) + R[2] * (R[3] * R[7] - R[4] * R[6]) >
         0.0;
}

void read_cameras(TextParser& parser, std::int64_t count, BundlerScene& scene) {
  scene.cameras.resize(static_cast<std::size_t>(15 * count));
  for (std::int64_t c = 0; c < count; ++c) {
    const std::span<double> camera(scene.cameras.data() + 15 * c, 15);
    const char* const mark = parser.mark();
    read_numbers(parser, camera, "camera", c);
    if (camera[0] != 0.0 && !is_rotation(&camera[3])) {
      parser.fail(mark, "camera " + std::to_string(c) + " with a matrix that is no rotation",
                  "one, or a focal length of 0");
    }
  }
}

void read_views(TextParser& parser, std::size_t text_size, BundlerScene& scene) {
  // A view takes eight characters at least: no count is believed that the text cannot hold.
  const std::int64_t count =
      read_integer(parser, "the number of views of a point", static_cast<std::int64_t>(text_size / 8));
  for (std::int64_t k = 0; k < count; ++k) {
    const std::int64_t camera = read_integer(parser, "a camera of a view", scene.num_cameras() - 1);
    scene.view_camera.push_back(static_cast<std::int32_t>(camera));
    scene.view_key.push_back(
        read_integer(parser, "the number of a view's feature", std::numeric_limits<std::int64_t>::max()));
    double pixel[2];
    read_numbers(parser, pixel, "view", scene.num_views() - 1);
    scene.view_pixels.insert(scene.view_pixels.end(), pixel, pixel + 2);
  }
  scene.view_begin.push_back(scene.num_views());
}

void read_points(TextParser& parser, std::int64_t count, std::size_t text_size, BundlerScene& scene) {
  scene.points.resize(static_cast<std::size_t>(3 * count));
  for (std::int64_t p = 0; p < count; ++p) {
    read_numbers(parser, {scene.points.data() + 3 * p, 3}, "point", p);
    for (int k = 0; k < 3; ++k) {
      scene.colors.push_back(static_cast<std::uint8_t>(read_integer(parser, "a colour of a point", 255)));
    }
    read_views(parser, text_size, scene);
  }
}

void check(const std::string& name, const BundlerScene& scene) {
  const auto points = static_cast<std::size_t>(scene.num_points()), views = scene.view_camera.size();
  if (scene.cameras.size() % 15 != 0 || scene.points.size() != 3 * points || scene.colors.size() != 3 * points ||
      scene.view_key.size() != views || scene.view_pixels.size() != 2 * views) {
    refuse_to_write(name, "arrays that do not fit each other",
                    "15 numbers a camera, 3 numbers and 3 colours a point, and for n views n, n and 2 n numbers");
  }
  const auto& begin = scene.view_begin;
  if (begin.size() != points + 1 || begin.front() != 0 || begin.back() != scene.num_views() ||
      !std::is_sorted(begin.begin(), begin.end())) {
    refuse_to_write(name, "views that do not fit the " + std::to_string(points) + " points",
                    "view_begin rising from 0 to " + std::to_string(views));
  }
  for (const std::int32_t camera : scene.view_camera) {
    if (camera >= 0 && camera < scene.num_cameras()) continue;
    refuse_to_write(name, "a view by camera " + std::to_string(camera),
                    "one below " + std::to_string(scene.num_cameras()));
  }
}

void write_line(OutputFile& file, std::span<const double> values) {
  for (std::size_t k = 0; k < values.size(); ++k) {
    if (k > 0) file.text(" ");
    file.number(values[k]);
  }
  file.text("\n");
}

void write_views(OutputFile& file, const BundlerScene& scene, std::size_t p) {
  file.integer(scene.view_begin[p + 1] - scene.view_begin[p]);
  for (auto v = static_cast<std::size_t>(scene.view_begin[p]); v < static_cast<std::size_t>(scene.view_begin[p + 1]);
       ++v) {
    file.text(" ");
    file.integer(scene.view_camera[v]);
    file.text(" ");
    file.integer(scene.view_key[v]);
    file.text(" ");
    file.number(scene.view_pixels[2 * v]);
    file.text(" ");
    file.number(scene.view_pixels[2 * v + 1]);
  }
  file.text("\n");
}

}  // namespace

BundlerScene parse_bundler(std::string_view name, std::string_view text) {
  TextParser parser(name, text);
  read_first_line(parser);
  const char* const counts = parser.mark();
  const std::int64_t num_cameras = read_integer(parser, "the number of cameras", index_limit);
  const std::int64_t num_points = read_integer(parser, "the number of points", index_limit);
  // The shortest camera is fifteen times "0 ", the shortest point seven times.
  if (30.0 * static_cast<double>(num_cameras) + 14.0 * static_cast<double>(num_points) >
      static_cast<double>(text.size())) {
    parser.fail(counts, std::to_string(num_cameras) + " cameras and " + std::to_string(num_points) + " points",
                "counts that a text of " + std::to_string(text.size()) + " bytes can hold");
  }
  BundlerScene scene;
  read_cameras(parser, num_cameras, scene);
  read_points(parser, num_points, text.size(), scene);
  if (!parser.at_end()) parser.fail("the end of the file after " + std::to_string(num_points) + " points");
  return scene;
}

BundlerScene read_bundler(const std::filesystem::path& path) {
  const TextFile file = read_file(path);
  return parse_bundler(file.name, file.text);
}

void write_bundler(const std::filesystem::path& path, const BundlerScene& scene) {
  check(path.string(), scene);
  OutputFile file(path);
  file.text(bundler_head);
  file.text("\n");
  file.integer(scene.num_cameras());
  file.text(" ");
  file.integer(scene.num_points());
  file.text("\n");
  for (std::size_t k = 0; k < scene.cameras.size(); k += 3) write_line(file, std::span(scene.cameras).subspan(k, 3));
  for (std::size_t p = 0; p < static_cast<std::size_t>(scene.num_points()); ++p) {
    write_line(file, std::span(scene.points).subspan(3 * p, 3));
    for (std::size_t k = 0; k < 3; ++k) {
      if (k > 0) file.text(" ");
      file.integer(scene.colors[3 * p + k]);
    }
    file.text("\n");
    write_views(file, scene, p);
  }
  file.commit();
}

}  // namespace heliotrope
