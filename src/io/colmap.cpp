// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/io/colmap.hpp"

#include <array>
#include <utility>

#include "heliotrope/error.hpp"
#include "heliotrope/io/text_file.hpp"
#include "io/colmap_parts.hpp"

namespace heliotrope {
namespace {

namespace fs = std::filesystem;

struct ModelFacts {
  ColmapCameraModel model;
  std::string_view word;
  ColmapParameters parameters;
};
constexpr std::array<ModelFacts, 5> all_models{{{ColmapCameraModel::simple_pinhole, "SIMPLE_PINHOLE", {1, 0}},
                                                {ColmapCameraModel::pinhole, "PINHOLE", {2, 0}},
                                                {ColmapCameraModel::simple_radial, "SIMPLE_RADIAL", {1, 1}},
                                                {ColmapCameraModel::radial, "RADIAL", {1, 2}},
                                                {ColmapCameraModel::opencv, "OPENCV", {2, 4}}}};

const ModelFacts& facts(ColmapCameraModel model) {
  const auto number = static_cast<std::size_t>(model);
  if (number >= all_models.size()) {
    throw Error("found camera model " + std::to_string(static_cast<std::int32_t>(model)) + ", expected " +
                colmap_detail::expected_models());
  }
  return all_models[number];
}

bool is_binary(const fs::path& path) { return plain_extension(path) == "bin"; }

constexpr std::array<std::string_view, 4> compressions = {"", ".gz", ".bz2", ".xz"};

/// The first of path, path.gz, path.bz2 and path.xz that exists; empty where none does.
fs::path compressed_or_not(const fs::path& path) {
  for (const std::string_view compression : compressions) {
    fs::path candidate = path;
    candidate += compression;
    std::error_code ignored;
    if (fs::exists(candidate, ignored)) return candidate;
  }
  return {};
}

void read_part(const fs::path& path, colmap_detail::Reading& reading,
               void (*text)(const ColmapFile&, colmap_detail::Reading&),
               void (*binary)(const ColmapFile&, colmap_detail::Reading&)) {
  if (is_binary(path)) {
    const TextFile file = read_binary_file(path);
    binary({file.name, file.text, ColmapEncoding::binary}, reading);
  } else {
    const TextFile file = read_file(path);
    text({file.name, file.text, ColmapEncoding::text}, reading);
  }
}

}  // namespace

ColmapParameters parameters_of(ColmapCameraModel model) { return facts(model).parameters; }

std::string_view to_string(ColmapCameraModel model) { return facts(model).word; }

namespace colmap_detail {

std::optional<ColmapCameraModel> model_called(std::string_view word) {
  for (const ModelFacts& candidate : all_models) {
    if (candidate.word == word) return candidate.model;
  }
  return std::nullopt;
}

std::optional<ColmapCameraModel> model_numbered(std::int64_t number) {
  if (number < 0 || number >= static_cast<std::int64_t>(all_models.size())) return std::nullopt;
  return all_models[static_cast<std::size_t>(number)].model;
}

std::string expected_models() {
  std::string text = "one of the camera models";
  for (const ModelFacts& model : all_models) {
    text += (model.model == all_models[0].model ? " " : ", ") + std::string(model.word) + " (" +
            std::to_string(static_cast<std::int32_t>(model.model)) + ")";
  }
  return text;
}

}  // namespace colmap_detail

ColmapFiles colmap_files(const fs::path& folder, ColmapEncoding encoding) {
  const std::string extension = encoding == ColmapEncoding::binary ? ".bin" : ".txt";
  return {folder / ("cameras" + extension), folder / ("images" + extension), folder / ("points3D" + extension)};
}

ColmapFiles find_colmap_files(const fs::path& folder) {
  std::error_code ignored;
  if (!fs::is_directory(folder, ignored)) {
    throw Error(folder.string() + ": found no folder, expected one that holds a COLMAP model");
  }
  for (const ColmapEncoding encoding : {ColmapEncoding::binary, ColmapEncoding::text}) {
    const ColmapFiles plain = colmap_files(folder, encoding);
    ColmapFiles found = {compressed_or_not(plain.cameras), compressed_or_not(plain.images),
                         compressed_or_not(plain.points)};
    if (!found.cameras.empty() && !found.images.empty() && !found.points.empty()) return found;
  }
  throw Error(folder.string() +
              ": found no COLMAP model in this folder, expected cameras, images and points3D, each .bin or each .txt "
              "(perhaps with .gz, .bz2 or .xz behind)");
}

ColmapEncoding encoding_of(const ColmapFiles& files) {
  return is_binary(files.cameras) ? ColmapEncoding::binary : ColmapEncoding::text;
}

ColmapModel read_colmap(const ColmapFiles& files) {
  using namespace colmap_detail;
  Reading reading;
  read_part(files.cameras, reading, read_cameras_text, read_cameras_binary);
  read_part(files.images, reading, read_images_text, read_images_binary);
  read_part(files.points, reading, read_points_text, read_points_binary);
  join(files.images.string(), reading);
  return std::move(reading.model);
}

ColmapModel read_colmap(const fs::path& folder) { return read_colmap(find_colmap_files(folder)); }

ColmapModel parse_colmap(const ColmapFile& cameras, const ColmapFile& images, const ColmapFile& points) {
  using namespace colmap_detail;
  const auto is_text = [](const ColmapFile& file) { return file.encoding == ColmapEncoding::text; };
  Reading reading;
  (is_text(cameras) ? read_cameras_text : read_cameras_binary)(cameras, reading);
  (is_text(images) ? read_images_text : read_images_binary)(images, reading);
  (is_text(points) ? read_points_text : read_points_binary)(points, reading);
  join(images.name, reading);
  return std::move(reading.model);
}

}  // namespace heliotrope
