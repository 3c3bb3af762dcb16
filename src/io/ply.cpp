// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/io/ply.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <string>

#include "heliotrope/error.hpp"
#include "heliotrope/io/output_file.hpp"

namespace heliotrope {
namespace {

void check(const std::string& name, const PlyCloud& cloud) {
  const auto refuse = [&](const std::string& found, const std::string& expected) {
    throw Error(name + ": not written: found " + found + ", expected " + expected);
  };
  const auto count = static_cast<std::size_t>(cloud.num_vertices());
  if (cloud.vertices.size() != 3 * count || cloud.colors.size() != 3 * count || cloud.edges.size() % 2 != 0) {
    refuse("arrays that do not fit each other", "3 numbers and 3 colours a vertex, 2 an edge");
  }
  const auto wrong =
      std::find_if(cloud.vertices.begin(), cloud.vertices.end(), [](double x) { return !std::isfinite(x); });
  if (wrong != cloud.vertices.end()) {
    refuse("a position of vertex " + std::to_string((wrong - cloud.vertices.begin()) / 3) + " that is not finite",
           "finite numbers");
  }
  const std::int64_t limit = std::min(cloud.num_vertices(), std::int64_t{1} << 31);  // a PLY int
  for (const std::int64_t vertex : cloud.edges) {
    if (vertex < 0 || vertex >= limit) {
      refuse("an edge of vertex " + std::to_string(vertex), "one below " + std::to_string(limit));
    }
  }
}

void write_header(OutputFile& file, const PlyCloud& cloud, PlyEncoding encoding) {
  file.text(encoding == PlyEncoding::ascii ? "ply\nformat ascii 1.0\n" : "ply\nformat binary_little_endian 1.0\n");
  file.text("element vertex ");
  file.integer(cloud.num_vertices());
  file.text(
      "\nproperty double x\nproperty double y\nproperty double z\n"
      "property uchar red\nproperty uchar green\nproperty uchar blue\n");
  if (!cloud.edges.empty()) {
    file.text("element edge ");
    file.integer(static_cast<std::int64_t>(cloud.edges.size() / 2));
    file.text("\nproperty int vertex1\nproperty int vertex2\n");
  }
  file.text("end_header\n");
}

void write_ascii(OutputFile& file, const PlyCloud& cloud) {
  for (std::size_t v = 0; v < cloud.vertices.size(); v += 3) {
    for (std::size_t k = 0; k < 3; ++k) {
      file.number(cloud.vertices[v + k]);
      file.text(" ");
    }
    for (std::size_t k = 0; k < 3; ++k) {
      file.integer(cloud.colors[v + k]);
      file.text(k < 2 ? " " : "\n");
    }
  }
  for (std::size_t e = 0; e < cloud.edges.size(); ++e) {
    file.integer(cloud.edges[e]);
    file.text(e % 2 == 0 ? " " : "\n");
  }
}

void write_bytes(OutputFile& file, std::uint64_t value, std::size_t size) {
  char bytes[8];
  for (std::size_t k = 0; k < size; ++k) bytes[k] = static_cast<char>((value >> (8 * k)) & 0xFF);
  file.text({bytes, size});
}

void write_binary(OutputFile& file, const PlyCloud& cloud) {
  for (std::size_t v = 0; v < cloud.vertices.size(); v += 3) {
    for (std::size_t k = 0; k < 3; ++k) write_bytes(file, std::bit_cast<std::uint64_t>(cloud.vertices[v + k]), 8);
    for (std::size_t k = 0; k < 3; ++k) write_bytes(file, cloud.colors[v + k], 1);
  }
  for (const std::int64_t vertex : cloud.edges) write_bytes(file, static_cast<std::uint64_t>(vertex), 4);
}

}  // namespace

void PlyCloud::add_points(std::span<const double> positions, PlyColor color) {
  vertices.insert(vertices.end(), positions.begin(), positions.end());
  for (std::size_t v = 0; v < positions.size() / 3; ++v) colors.insert(colors.end(), color.begin(), color.end());
}

void PlyCloud::add_points(std::span<const double> positions, std::span<const std::uint8_t> own_colors) {
  vertices.insert(vertices.end(), positions.begin(), positions.end());
  colors.insert(colors.end(), own_colors.begin(), own_colors.end());
}

void PlyCloud::add_trajectory(std::span<const double> positions, PlyColor color) {
  const std::int64_t first = num_vertices();
  add_points(positions, color);
  for (std::int64_t v = first; v + 1 < num_vertices(); ++v) edges.insert(edges.end(), {v, v + 1});
}

void write_ply(const std::filesystem::path& path, const PlyCloud& cloud, PlyEncoding encoding) {
  check(path.string(), cloud);
  OutputFile file(path);
  write_header(file, cloud, encoding);
  (encoding == PlyEncoding::ascii ? write_ascii : write_binary)(file, cloud);
  file.commit();
}

}  // namespace heliotrope
