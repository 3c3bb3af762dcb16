// SPDX-License-Identifier: Apache-2.0
// What the readers of COLMAP's text and binary files share.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "heliotrope/io/colmap.hpp"

namespace heliotrope::colmap_detail {

/// Greatest ids: of cameras and images 32 bits, of which the last means none; of points what text can say.
inline constexpr std::int64_t greatest_id = std::int64_t{0xFFFFFFFE};
inline constexpr std::int64_t greatest_point_id = std::numeric_limits<std::int64_t>::max();

using Positions = std::unordered_map<std::int64_t, std::int64_t>;  // of an id in the arrays

/// A model of which some files are read. Until join(), keypoint_point holds ids.
struct Reading {
  ColmapModel model;
  Positions cameras, images, points;
};

/// What is wrong with a record, or nothing.
struct Fault {
  std::string found, expected;
};

/// Appends a record whose numbers are read; images and points with what follows them still to come.
std::optional<Fault> add_camera(Reading& reading, const ColmapCamera& camera);
std::optional<Fault> add_image(Reading& reading, ColmapImage image, std::int64_t camera_id);
std::optional<Fault> add_point(Reading& reading, std::int64_t id);
/// Appends an element of the last point's track.
std::optional<Fault> add_track_element(Reading& reading, std::int64_t image_id, std::int64_t keypoint);

/// Turns the ids of points that keypoints name into positions. Throws Error, which tells `name`, the images' file.
void join(std::string_view name, Reading& reading);

/// Each throws the Error "where: found ..., expected ..." where its part of a model that a program made does not fit.
void check_cameras(const std::string& where, const ColmapModel& model);
void check_images(const std::string& where, const ColmapModel& model);
void check_points(const std::string& where, const ColmapModel& model);

std::optional<ColmapCameraModel> model_called(std::string_view word);
std::optional<ColmapCameraModel> model_numbered(std::int64_t number);
/// "one of SIMPLE_PINHOLE (0), ..."
std::string expected_models();

void read_cameras_text(const ColmapFile& file, Reading& reading);
void read_images_text(const ColmapFile& file, Reading& reading);
void read_points_text(const ColmapFile& file, Reading& reading);
void read_cameras_binary(const ColmapFile& file, Reading& reading);
void read_images_binary(const ColmapFile& file, Reading& reading);
void read_points_binary(const ColmapFile& file, Reading& reading);

}  // namespace heliotrope::colmap_detail
