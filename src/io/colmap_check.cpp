// SPDX-License-Identifier: Apache-2.0
// Whether a model that a program made is one.
#include <algorithm>
#include <cmath>
#include <span>
#include <string>

#include "heliotrope/error.hpp"
#include "io/colmap_parts.hpp"

namespace heliotrope::colmap_detail {
namespace {

[[noreturn]] void refuse(const std::string& where, const std::string& found, const std::string& expected) {
  throw Error(where + ": found " + found + ", expected " + expected);
}

/// Prefix sums from 0 to `total` for `count` lists.
bool fits(std::span<const std::int64_t> begin, std::size_t count, std::size_t total) {
  return begin.size() == count + 1 && begin.front() == 0 && begin.back() == static_cast<std::int64_t>(total) &&
         std::is_sorted(begin.begin(), begin.end());
}

void check_finite(const std::string& where, std::span<const double> values, const char* what) {
  const auto wrong = std::find_if(values.begin(), values.end(), [](double x) { return !std::isfinite(x); });
  if (wrong != values.end()) refuse(where, std::string("a number that is not finite in ") + what, "finite numbers");
}

void check_id(const std::string& where, std::int64_t id, std::int64_t greatest, const char* what) {
  if (id < 0 || id > greatest) {
    refuse(where, std::string(what) + " id " + std::to_string(id), "one from 0 to " + std::to_string(greatest));
  }
}

}  // namespace

void check_cameras(const std::string& where, const ColmapModel& model) {
  for (const ColmapCamera& camera : model.cameras) {
    parameters_of(camera.model);  // throws where it is none
    check_id(where, camera.id, greatest_id, "camera");
    if (camera.width < 0 || camera.height < 0) refuse(where, "a negative size in pixels", "at least 0");
    check_finite(where, camera.parameters, "a camera");
  }
}

void check_images(const std::string& where, const ColmapModel& model) {
  if (!fits(model.keypoint_begin, model.images.size(), model.keypoint_point.size()) ||
      model.keypoints.size() != 2 * model.keypoint_point.size()) {
    refuse(where, "arrays of keypoints that do not fit the " + std::to_string(model.images.size()) + " images",
           "keypoint_begin with one number more, keypoints [k][2], keypoint_point [k]");
  }
  check_finite(where, model.keypoints, "the keypoints");
  for (const ColmapImage& image : model.images) {
    check_id(where, image.id, greatest_id, "image");
    check_finite(where, image.rotation, "a rotation");
    check_finite(where, image.translation, "a translation");
    if (std::all_of(image.rotation.begin(), image.rotation.end(), [](double q) { return q == 0.0; })) {
      refuse(where, "a quaternion of length zero in image " + std::to_string(image.id), "a rotation");
    }
    if (image.camera < 0 || image.camera >= static_cast<std::int64_t>(model.cameras.size())) {
      refuse(where, "image " + std::to_string(image.id) + " of camera " + std::to_string(image.camera),
             "a position below " + std::to_string(model.cameras.size()));
    }
  }
  for (const std::int64_t point : model.keypoint_point) {
    if (point < -1 || point >= model.num_points()) {
      refuse(where, "a keypoint of point " + std::to_string(point),
             "a position below " + std::to_string(model.num_points()) + ", or -1");
    }
  }
}

void check_points(const std::string& where, const ColmapModel& model) {
  const std::size_t count = model.point_ids.size();
  if (model.points.size() != 3 * count || model.colors.size() != 3 * count || model.errors.size() != count ||
      !fits(model.track_begin, count, model.track_image.size()) ||
      model.track_keypoint.size() != model.track_image.size()) {
    refuse(where, "arrays that do not fit the " + std::to_string(count) + " points",
           "points [p][3], colors [p][3], errors [p], tracks");
  }
  for (const std::int64_t id : model.point_ids) check_id(where, id, greatest_point_id, "point");
  check_finite(where, model.points, "the points");
  check_finite(where, model.errors, "the errors");
  for (std::size_t k = 0; k < model.track_image.size(); ++k) {
    const std::int64_t image = model.track_image[k], keypoint = model.track_keypoint[k];
    const auto i = static_cast<std::size_t>(image);
    if (image < 0 || image >= model.num_images() || keypoint < 0 ||
        keypoint >= model.keypoint_begin[i + 1] - model.keypoint_begin[i]) {
      refuse(where, "a track element of image " + std::to_string(image) + " and keypoint " + std::to_string(keypoint),
             "an image and one of its keypoints");
    }
  }
}

}  // namespace heliotrope::colmap_detail
