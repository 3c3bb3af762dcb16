// SPDX-License-Identifier: Apache-2.0
// Small COLMAP models for tests.
#pragma once

#include <string>

#include "datasets.hpp"
#include "heliotrope/io/colmap.hpp"

namespace heliotrope_test {

/// A model of every camera model, two images that share a camera, keypoints with and without a point, an image without
/// keypoints, and a point without a track.
inline const std::string colmap_cameras =
    "# a comment\n"
    "3 SIMPLE_PINHOLE 640 480 500 320 240\n"
    "1 PINHOLE 640 480 500 510.5 320 240\n"
    "\n"
    "7 SIMPLE_RADIAL 640 480 500 320 240 -0.01\n"
    "8 RADIAL 640 480 500 320 240 -0.01 1e-3\n"
    "9 OPENCV 640 480 500 510.5 320 240 -0.01 1e-3 2e-4 -3e-4\n";
inline const std::string colmap_images =
    "5 1 0 0 0 0.1 0.2 0.3 3 first image.jpg\n"
    "10 20 -1 30.5 40.25 44 50 60 17\n"
    "2 0.5 0.5 -0.5 0.5 1 2 3 3 b/second.png\n"
    "\n"
    "6 0.9 0.1 0 0 -1 0 2 9 third\n"
    "1.5 2.5 44\n";
inline const std::string colmap_points =
    "44 1 2 3 255 0 128 0.75 5 1 6 0\n"
    "17 0.1 -0.2 1e-3 1 2 3 1.5 5 2\n"
    "99 7 8 9 0 0 0 -1\n";

inline heliotrope::ColmapModel small_colmap() {
  return heliotrope::parse_colmap({"cameras", colmap_cameras}, {"images", colmap_images}, {"points", colmap_points});
}

/// COLMAP's model of the crane among the public data.
inline heliotrope::ColmapFiles crane_files() {
  const auto folder = datasets() / "bal";
  return {folder / "colmap_crane_cameras.txt.gz", folder / "colmap_crane_images.txt.xz",
          folder / "colmap_crane_points3D.txt.gz"};
}

}  // namespace heliotrope_test
