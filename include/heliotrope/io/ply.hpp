// SPDX-License-Identifier: Apache-2.0
// Clouds of points for viewers, in the format PLY [Turk1994].
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "heliotrope/io/bal.hpp"
#include "heliotrope/io/bundler.hpp"
#include "heliotrope/io/colmap.hpp"
#include "heliotrope/io/g2o.hpp"

namespace heliotrope {

using PlyColor = std::array<std::uint8_t, 3>;  // red green blue

/// Vertices in their colours, and edges between them.
struct PlyCloud {
  std::vector<double> vertices;      // [vertex][3]
  std::vector<std::uint8_t> colors;  // [vertex][3]
  std::vector<std::int64_t> edges;   // [edge][2], vertices below 2^31

  std::int64_t num_vertices() const { return static_cast<std::int64_t>(vertices.size() / 3); }

  /// positions: [n][3].
  void add_points(std::span<const double> positions, PlyColor color);
  /// The same with a colour each: [n][3].
  void add_points(std::span<const double> positions, std::span<const std::uint8_t> colors);
  /// Points that are joined one after another.
  void add_trajectory(std::span<const double> positions, PlyColor color);
};

/// The points of a scene, in their colours where it knows them and else grey, and the centres of its cameras in red, in
/// the scene's axes and unit; Bundler's without those that are not registered.
PlyCloud to_ply(const BalScene& scene);
PlyCloud to_ply(const BundlerScene& scene);
PlyCloud to_ply(const ColmapModel& model);
/// The positions of the poses in blue, joined in the order of the file, and its other edges (graphs in the plane at z =
/// 0).
PlyCloud to_ply(const PoseGraph& graph);

enum class PlyEncoding { ascii, binary };

/// Writes a cloud: element vertex (double x y z, uchar red green blue), element edge (int vertex1 vertex2) if there are
/// any; binary is little-endian. The file appears whole or not at all (OutputFile).
/// Errors: arrays that do not fit each other, an edge to no vertex, a position that is not finite.
void write_ply(const std::filesystem::path& path, const PlyCloud& cloud, PlyEncoding encoding = PlyEncoding::binary);

}  // namespace heliotrope
