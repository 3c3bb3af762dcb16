// SPDX-License-Identifier: Apache-2.0
#include "io/colmap_parts.hpp"

#include <algorithm>
#include <utility>

#include "heliotrope/error.hpp"

namespace heliotrope::colmap_detail {
namespace {

std::optional<Fault> number_id(Positions& positions, std::int64_t id, std::int64_t greatest, const std::string& what) {
  if (id < 0 || id > greatest) {
    return Fault{what + " id " + std::to_string(id), "one from 0 to " + std::to_string(greatest)};
  }
  if (!positions.emplace(id, static_cast<std::int64_t>(positions.size())).second) {
    return Fault{what + " id " + std::to_string(id) + " again", "each id once"};
  }
  return std::nullopt;
}

}  // namespace

std::optional<Fault> add_camera(Reading& reading, const ColmapCamera& camera) {
  if (auto fault = number_id(reading.cameras, camera.id, greatest_id, "camera")) return fault;
  reading.model.cameras.push_back(camera);
  return std::nullopt;
}

std::optional<Fault> add_image(Reading& reading, ColmapImage image, std::int64_t camera_id) {
  if (auto fault = number_id(reading.images, image.id, greatest_id, "image")) return fault;
  if (std::all_of(image.rotation.begin(), image.rotation.end(), [](double q) { return q == 0.0; })) {
    return Fault{"a quaternion of length zero", "a rotation"};
  }
  const auto camera = reading.cameras.find(camera_id);
  if (camera == reading.cameras.end()) {
    return Fault{"camera id " + std::to_string(camera_id), "an id of the cameras' file"};
  }
  image.camera = camera->second;
  reading.model.images.push_back(std::move(image));
  return std::nullopt;
}

std::optional<Fault> add_point(Reading& reading, std::int64_t id) {
  if (auto fault = number_id(reading.points, id, greatest_point_id, "point")) return fault;
  reading.model.point_ids.push_back(id);
  return std::nullopt;
}

std::optional<Fault> add_track_element(Reading& reading, std::int64_t image_id, std::int64_t keypoint) {
  ColmapModel& model = reading.model;
  const auto image = reading.images.find(image_id);
  if (image == reading.images.end()) {
    return Fault{"image id " + std::to_string(image_id), "an id of the images' file"};
  }
  const auto i = static_cast<std::size_t>(image->second);
  const std::int64_t count = model.keypoint_begin[i + 1] - model.keypoint_begin[i];
  if (keypoint < 0 || keypoint >= count) {
    return Fault{"number " + std::to_string(keypoint) + " of the 2-D points of image " + std::to_string(image_id),
                 "one of its " + std::to_string(count) + ", counted from 0"};
  }
  model.track_image.push_back(image->second);
  model.track_keypoint.push_back(keypoint);
  return std::nullopt;
}

void join(std::string_view name, Reading& reading) {
  ColmapModel& model = reading.model;
  for (std::size_t i = 0; i < model.images.size(); ++i) {
    for (std::int64_t k = model.keypoint_begin[i]; k < model.keypoint_begin[i + 1]; ++k) {
      std::int64_t& point = model.keypoint_point[static_cast<std::size_t>(k)];
      if (point == -1) continue;
      const auto position = reading.points.find(point);
      if (position == reading.points.end()) {
        throw Error(std::string(name) + ": found point id " + std::to_string(point) + " at number " +
                    std::to_string(k - model.keypoint_begin[i]) + " of the 2-D points of image " +
                    std::to_string(model.images[i].id) + ", expected an id of the points' file or -1");
      }
      point = position->second;
    }
  }
}

}  // namespace heliotrope::colmap_detail
