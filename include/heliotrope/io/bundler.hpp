// SPDX-License-Identifier: Apache-2.0
// Scenes as Bundler writes them, bundle.out of version 0.3 [Snavely2006].
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>
#include <vector>

#include "heliotrope/io/bal.hpp"

namespace heliotrope {

/// Cameras, points, and the views of each point, in the order of the file.
///
/// Camera c is cameras[15 c ...]: focal length f, k1, k2, the rotation matrix R row by row, translation t. The model is
/// BalScene's: P = R X + t, q = -P.xy / P.z, pixel = f (1 + k1 |q|^2 + k2 |q|^4) q, from the middle of the image, y up.
/// A camera with f = 0 is one that Bundler could not place: it keeps its number and has no pose.
struct BundlerScene {
  std::vector<double> cameras;                 // [camera][15]
  std::vector<double> points;                  // [point][3]
  std::vector<std::uint8_t> colors;            // [point][3], red green blue
  std::vector<std::int64_t> view_begin = {0};  // [point + 1]
  std::vector<std::int32_t> view_camera;       // [view]
  std::vector<std::int64_t> view_key;          // [view], number of the feature among the camera's
  std::vector<double> view_pixels;             // [view][2]

  std::int64_t num_cameras() const { return static_cast<std::int64_t>(cameras.size() / 15); }
  std::int64_t num_points() const { return static_cast<std::int64_t>(points.size() / 3); }
  std::int64_t num_views() const { return static_cast<std::int64_t>(view_camera.size()); }
  bool is_registered(std::int64_t camera) const { return cameras[static_cast<std::size_t>(15 * camera)] != 0.0; }
  bool operator==(const BundlerScene&) const = default;
};

/// Reads a scene: a line "# Bundle file v0.3", the numbers of cameras and points, five lines a camera, three a point.
///
/// Errors, as "name:line: found ..., expected ...": another first line, not a number, not finite, a camera or colour
/// out of range, a registered camera whose R is no rotation (to 1e-3), text that ends early or goes on, counts that a
/// text of this size cannot hold. Memory: the scene, 28 bytes a view.
BundlerScene parse_bundler(std::string_view name, std::string_view text);
BundlerScene read_bundler(const std::filesystem::path& path);

/// Writes a scene so that read_bundler gives back the same bits; the file appears whole or not at all (OutputFile).
/// Errors: arrays that do not fit each other, a camera out of range, a number that is not finite.
void write_bundler(const std::filesystem::path& path, const BundlerScene& scene);

/// The registered cameras, all points and the views by registered cameras, as a BAL scene; camera_of[c] is the Bundler
/// number of its camera c. Rotations become angle-axis vectors of what is nearest to R among rotations, up to rounding.
struct BundlerAsBal {
  BalScene scene;
  std::vector<std::int64_t> camera_of;
};
BundlerAsBal to_bal(const BundlerScene& scene);

/// Takes cameras and points over from a BAL scene that to_bal made, and that was then solved.
void store_values(const BundlerAsBal& from, BundlerScene& scene);

}  // namespace heliotrope
