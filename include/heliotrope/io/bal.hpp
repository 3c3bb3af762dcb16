// SPDX-License-Identifier: Apache-2.0
// Bundle adjustment scenes in the text format of "Bundle Adjustment in the Large" [Agarwal2010].
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>
#include <vector>

namespace heliotrope {

/// Cameras, points, and the pixels at which cameras saw points.
///
/// Observation k: camera c = camera_index[k] saw point p = point_index[k] at observations[2 k], observations[2 k + 1]
/// (pixels from the principal point, y up). Camera c is cameras[9 c ...]: angle-axis rotation, translation, focal
/// length, k1, k2. Point p is points[3 p ...]. The model: P = R X + t, q = -P.xy / P.z,
/// pixel = f (1 + k1 |q|^2 + k2 |q|^4) q; the camera looks along -z.
/// Cameras and points without observations are allowed.
struct BalScene {
  std::vector<std::int32_t> camera_index;  // [observation]
  std::vector<std::int32_t> point_index;   // [observation]
  std::vector<double> observations;        // [observation][2]
  std::vector<double> cameras;             // [camera][9]
  std::vector<double> points;              // [point][3]

  std::int64_t num_cameras() const { return static_cast<std::int64_t>(cameras.size() / 9); }
  std::int64_t num_points() const { return static_cast<std::int64_t>(points.size() / 3); }
  std::int64_t num_observations() const { return static_cast<std::int64_t>(camera_index.size()); }
  bool operator==(const BalScene&) const = default;
};

/// Reads a scene from text: a line "cameras points observations", then per observation "camera point x y", then 9
/// numbers per camera and 3 per point; any white space separates.
///
/// Errors, as "name:line: found ..., expected ...": not a number, not finite, index out of range, text that ends early
/// or goes on after the last point, counts that a text of this size cannot hold, more than 2^31 - 1 cameras or points.
/// Cost: about 10 ns a number. Memory: the scene, 24 bytes an observation, 24 a point and 72 a camera.
BalScene parse_bal(std::string_view name, std::string_view text);

/// Reads a scene from a file, plain or compressed: read_file, then parse_bal.
/// Memory: the text and the scene; the text is freed.
BalScene read_bal(const std::filesystem::path& path);

/// Writes a scene so that read_bal gives back the same bits; the file appears whole or not at all (OutputFile).
/// Errors: array lengths that do not fit each other, an index out of range, a number that is not finite.
void write_bal(const std::filesystem::path& path, const BalScene& scene);

}  // namespace heliotrope
