// SPDX-License-Identifier: Apache-2.0
// COLMAP's sparse models: three files in a folder, as text or binary [Schoenberger2016].
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace heliotrope {

/// How a camera makes pixels of directions, with COLMAP's numbers for the models. The formulas: residuals/colmap.hpp.
enum class ColmapCameraModel : std::int32_t {
  simple_pinhole = 0,  ///< f, cx, cy
  pinhole = 1,         ///< fx, fy, cx, cy
  simple_radial = 2,   ///< f, cx, cy, k
  radial = 3,          ///< f, cx, cy, k1, k2
  opencv = 4           ///< fx, fy, cx, cy, k1, k2, p1, p2
};

/// Where the parameters of a model are: the focal lengths, then cx and cy, then the distortion.
struct ColmapParameters {
  int focal, distortion;
  int total() const { return focal + 2 + distortion; }
};
ColmapParameters parameters_of(ColmapCameraModel model);

/// COLMAP's word, "SIMPLE_PINHOLE".
std::string_view to_string(ColmapCameraModel model);

struct ColmapCamera {
  std::int64_t id = 0;
  ColmapCameraModel model = ColmapCameraModel::simple_pinhole;
  std::int64_t width = 0, height = 0;     // pixels
  std::array<double, 8> parameters = {};  // as many as the model has; zeros behind
  bool operator==(const ColmapCamera&) const = default;
};

/// A pose takes world coordinates to the camera's: P = R(rotation) X + translation. The camera looks along +z, y down.
struct ColmapImage {
  std::int64_t id = 0;
  std::int64_t camera = 0;  // position in ColmapModel::cameras; several images may share one
  std::string name;
  std::array<double, 4> rotation = {1.0, 0.0, 0.0, 0.0};  // quaternion w x y z as read: perhaps not quite of length 1
  std::array<double, 3> translation = {};
  bool operator==(const ColmapImage&) const = default;
};

/// Cameras, images, and points, in the order of the files; ids are only what the files call them.
///
/// Keypoint k, a pixel with x to the right and y down from the upper left corner, belongs to the image i with
/// keypoint_begin[i] <= k < keypoint_begin[i + 1], and to a point unless keypoint_point[k] is -1. Tracks say the same
/// from the points' side and are kept as they are: observations are what the keypoints say.
struct ColmapModel {
  std::vector<ColmapCamera> cameras;
  std::vector<ColmapImage> images;
  std::vector<std::int64_t> keypoint_begin = {0};  // [image + 1]
  std::vector<double> keypoints;                   // [keypoint][2]
  std::vector<std::int64_t> keypoint_point;        // [keypoint], position in the points or -1

  std::vector<std::int64_t> point_ids;          // [point]
  std::vector<double> points;                   // [point][3], world
  std::vector<std::uint8_t> colors;             // [point][3], red green blue
  std::vector<double> errors;                   // [point], mean distance in pixels, as COLMAP keeps it
  std::vector<std::int64_t> track_begin = {0};  // [point + 1]
  std::vector<std::int64_t> track_image;        // [track element], position in `images`
  std::vector<std::int64_t> track_keypoint;     // [track element], counted from the image's first

  std::int64_t num_images() const { return static_cast<std::int64_t>(images.size()); }
  std::int64_t num_points() const { return static_cast<std::int64_t>(point_ids.size()); }
  std::int64_t num_keypoints() const { return static_cast<std::int64_t>(keypoint_point.size()); }
  bool operator==(const ColmapModel&) const = default;
};

/// The three files of a model. One whose extension, .gz, .bz2 or .xz put aside, is .bin is binary, any other is text.
struct ColmapFiles {
  std::filesystem::path cameras, images, points;
};

enum class ColmapEncoding { text, binary };

/// cameras, images and points3D in a folder, .txt or .bin; nothing is looked for.
ColmapFiles colmap_files(const std::filesystem::path& folder, ColmapEncoding encoding);

/// The files of the model in a folder: the binary ones where all three are there, else the text ones, as COLMAP does;
/// each may be compressed. Errors: no folder, or no such three files.
ColmapFiles find_colmap_files(const std::filesystem::path& folder);

/// Whether the files are binary: what `cameras` is called decides.
ColmapEncoding encoding_of(const ColmapFiles& files);

/// Reads a model.
///
/// Errors, as "name:line: found ..., expected ..." or "name: byte n: found ..., expected ...": a word or number that is
/// not what belongs there, a camera model other than the five above, a count that the file cannot hold, an id given
/// twice or of nothing, a file that ends early, a number that is not finite, a quaternion of length zero.
/// Memory: one file at a time and the model, 24 bytes a keypoint and 16 a track element. Cost: O(size).
ColmapModel read_colmap(const ColmapFiles& files);
ColmapModel read_colmap(const std::filesystem::path& folder);

/// A file in memory.
struct ColmapFile {
  std::string_view name, contents;
  ColmapEncoding encoding = ColmapEncoding::text;
};
ColmapModel parse_colmap(const ColmapFile& cameras, const ColmapFile& images, const ColmapFile& points);

/// Writes a model so that read_colmap gives it back, every double with the same bits. Each file appears whole or not at
/// all, and none before all three are complete. Text drops what COLMAP writes as comments.
/// Errors: arrays that do not fit each other, a number that is not finite, an id or name that the encoding cannot hold.
void write_colmap(const ColmapFiles& files, const ColmapModel& model);

/// The same into a folder, which is made where it is missing. Errors: those of expect_colmap_writable.
void write_colmap(const std::filesystem::path& folder, const ColmapModel& model, ColmapEncoding encoding);

/// Throws Error where a model could not be written into this folder, and leaves what is there as it is: no folder and
/// none can be made, not writable, text beside binary files, which readers prefer.
void expect_colmap_writable(const std::filesystem::path& folder, ColmapEncoding encoding);

}  // namespace heliotrope
