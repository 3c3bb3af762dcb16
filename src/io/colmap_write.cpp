// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <bit>
#include <charconv>
#include <span>
#include <string>

#include "heliotrope/error.hpp"
#include "heliotrope/io/colmap.hpp"
#include "heliotrope/io/output_file.hpp"
#include "heliotrope/io/text_file.hpp"
#include "io/colmap_parts.hpp"
#include "io/refuse_to_write.hpp"

namespace heliotrope {
namespace {

using detail::refuse_to_write;

namespace fs = std::filesystem;

/// Whether text gives the name back: it ends with its line, and readers drop white space around it.
bool text_holds(std::string_view name) {
  const auto is_space = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
  return !name.empty() && !is_space(name.front()) && !is_space(name.back()) &&
         name.find_first_of(std::string_view("\n\0", 2)) == std::string_view::npos;
}

void check_names(const std::string& name, const ColmapModel& model, bool text) {
  for (const ColmapImage& image : model.images) {
    if (text ? !text_holds(image.name) : image.name.find('\0') != std::string::npos) {
      refuse_to_write(name, "the name of image " + std::to_string(image.id),
                      text ? "one line of text without white space at its ends" : "a text without NUL");
    }
  }
}

/// One file, in either encoding: fields of a record, in the order of the file.
class ColmapWriter final {
 public:
  explicit ColmapWriter(const fs::path& path) : binary_(plain_extension(path) == "bin"), file_(path) {}

  bool binary() const { return binary_; }
  void comment(std::string_view line) {
    if (!binary_) file_.text(line);
  }
  /// Of records or parts of one; text has none.
  void count(std::size_t value) {
    if (binary_) bytes(static_cast<std::uint64_t>(value), 8);
  }
  void integer(std::int64_t value, int size) {
    if (binary_) return bytes(static_cast<std::uint64_t>(value), size);
    separate();
    file_.integer(value);
  }
  /// In text with 17 digits, as COLMAP does: it reads by way of long double, and shortest forms are then rounded twice,
  /// now and then to another double.
  void number(double value) {
    if (binary_) return bytes(std::bit_cast<std::uint64_t>(value), 8);
    separate();
    std::array<char, 32> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value, std::chars_format::general, 17);
    file_.text({digits.data(), static_cast<std::size_t>(end.ptr - digits.data())});
  }
  void numbers(std::span<const double> values) {
    for (const double value : values) number(value);
  }
  /// A word, or a name to the end of the line.
  void word(std::string_view text) {
    if (!binary_) separate();
    file_.text(text);
    if (binary_) bytes(0, 1);
  }
  void end_line() {
    if (!binary_) file_.text("\n");
    line_begins_ = true;
  }
  void commit() { file_.commit(); }

 private:
  void separate() {
    if (!line_begins_) file_.text(" ");
    line_begins_ = false;
  }
  void bytes(std::uint64_t value, int size) {
    char all[8];
    for (int k = 0; k < 8; ++k) all[k] = static_cast<char>((value >> (8 * k)) & 0xFF);
    file_.text({all, static_cast<std::size_t>(size)});
  }

  bool binary_;
  bool line_begins_ = true;
  OutputFile file_;
};

void write_cameras(ColmapWriter& file, const ColmapModel& model) {
  file.comment("# CAMERA_ID MODEL WIDTH HEIGHT PARAMS[]\n");
  file.count(model.cameras.size());
  for (const ColmapCamera& camera : model.cameras) {
    file.integer(camera.id, 4);
    if (file.binary()) {
      file.integer(static_cast<std::int64_t>(camera.model), 4);
    } else {
      file.word(to_string(camera.model));
    }
    file.integer(camera.width, 8);
    file.integer(camera.height, 8);
    file.numbers(std::span(camera.parameters).first(static_cast<std::size_t>(parameters_of(camera.model).total())));
    file.end_line();
  }
}

void write_images(ColmapWriter& file, const ColmapModel& model) {
  file.comment("# IMAGE_ID QW QX QY QZ TX TY TZ CAMERA_ID NAME\n# POINTS2D[] as X Y POINT3D_ID\n");
  file.count(model.images.size());
  for (std::size_t i = 0; i < model.images.size(); ++i) {
    const ColmapImage& image = model.images[i];
    file.integer(image.id, 4);
    file.numbers(image.rotation);
    file.numbers(image.translation);
    file.integer(model.cameras[static_cast<std::size_t>(image.camera)].id, 4);
    file.word(image.name);
    file.end_line();
    const auto first = static_cast<std::size_t>(model.keypoint_begin[i]);
    const auto last = static_cast<std::size_t>(model.keypoint_begin[i + 1]);
    file.count(last - first);
    for (std::size_t k = first; k < last; ++k) {
      file.number(model.keypoints[2 * k]);
      file.number(model.keypoints[2 * k + 1]);
      const std::int64_t point = model.keypoint_point[k];
      file.integer(point < 0 ? -1 : model.point_ids[static_cast<std::size_t>(point)], 8);
    }
    file.end_line();
  }
}

void write_points(ColmapWriter& file, const ColmapModel& model) {
  file.comment("# POINT3D_ID X Y Z R G B ERROR TRACK[] as IMAGE_ID POINT2D_IDX\n");
  file.count(model.point_ids.size());
  for (std::size_t p = 0; p < model.point_ids.size(); ++p) {
    file.integer(model.point_ids[p], 8);
    file.numbers(std::span(model.points).subspan(3 * p, 3));
    for (std::size_t k = 0; k < 3; ++k) file.integer(model.colors[3 * p + k], 1);
    file.number(model.errors[p]);
    const auto first = static_cast<std::size_t>(model.track_begin[p]);
    const auto last = static_cast<std::size_t>(model.track_begin[p + 1]);
    file.count(last - first);
    for (std::size_t k = first; k < last; ++k) {
      file.integer(model.images[static_cast<std::size_t>(model.track_image[k])].id, 4);
      file.integer(model.track_keypoint[k], 4);
    }
    file.end_line();
  }
}

}  // namespace

void write_colmap(const ColmapFiles& files, const ColmapModel& model) {
  colmap_detail::check_cameras(files.cameras.string() + ": not written", model);
  colmap_detail::check_images(files.images.string() + ": not written", model);
  colmap_detail::check_points(files.points.string() + ": not written", model);
  check_names(files.images.string(), model, plain_extension(files.images) != "bin");
  ColmapWriter cameras(files.cameras), images(files.images), points(files.points);
  write_cameras(cameras, model);
  write_images(images, model);
  write_points(points, model);
  cameras.commit();
  images.commit();
  points.commit();
}

namespace {

fs::path without_last_slash(const fs::path& folder) {
  return folder.has_filename() || !folder.has_relative_path() ? folder : folder.parent_path();
}

}  // namespace

void expect_colmap_writable(const fs::path& to, ColmapEncoding encoding) {
  const fs::path folder = without_last_slash(to);
  std::error_code ignored;
  if (!fs::exists(folder, ignored)) {
    const OutputFile in_its_place(folder);  // taken away again: it is never committed
    return;
  }
  if (!fs::is_directory(folder, ignored)) refuse_to_write(folder.string(), "a file", "a folder or nothing yet");
  if (encoding == ColmapEncoding::text && fs::exists(colmap_files(folder, ColmapEncoding::binary).cameras, ignored)) {
    refuse_to_write(folder.string(), "binary files of a model in this folder",
                    "none, since readers take them before text");
  }
  const OutputFile beside(colmap_files(folder, encoding).cameras);
}

void write_colmap(const fs::path& to, const ColmapModel& model, ColmapEncoding encoding) {
  const fs::path folder = without_last_slash(to);
  expect_colmap_writable(folder, encoding);
  std::error_code code;
  fs::create_directory(folder, code);
  if (code) throw Error(folder.string() + ": cannot be written: " + code.message());
  write_colmap(colmap_files(folder, encoding), model);
}

}  // namespace heliotrope
