// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/io/g2o.hpp"

#include "graph_lines.hpp"
#include "heliotrope/io/text_file.hpp"

namespace heliotrope {
namespace {

void read_pose(detail::GraphLines& lines, int dimension) {
  lines.begin_pose(dimension);
  lines.read_pose(dimension, "pose", lines.graph().poses);
  lines.end_line();
}

void read_edge(detail::GraphLines& lines, int dimension) {
  PoseGraph& graph = lines.graph();
  lines.begin_edge(dimension);
  lines.read_pose(dimension, "measurement", graph.measurements);
  lines.read_numbers(graph.information_size(), "information", graph.information);
  lines.end_line();
}

void read_landmark(detail::GraphLines& lines, int dimension) {
  lines.begin_landmark(dimension);
  lines.read_numbers(dimension, "position", lines.graph().landmarks);
  lines.end_line();
}

void read_sighting(detail::GraphLines& lines, int dimension) {
  PoseGraph& graph = lines.graph();
  lines.begin_sighting(dimension);
  if (dimension == 3) lines.read_sensor();
  lines.read_numbers(dimension, "measurement", graph.sightings);
  lines.read_numbers(graph.point_information_size(), "information", graph.sighting_information);
  lines.end_line();
}

void read_offset(detail::GraphLines& lines) {
  lines.begin_offset();
  lines.read_pose(3, "offset", lines.graph().offsets);
  lines.end_line();
}

void read_line(detail::GraphLines& lines, std::string_view tag) {
  if (tag == "VERTEX_SE2") return read_pose(lines, 2);
  if (tag == "VERTEX_SE3:QUAT") return read_pose(lines, 3);
  if (tag == "EDGE_SE2") return read_edge(lines, 2);
  if (tag == "EDGE_SE3:QUAT") return read_edge(lines, 3);
  if (tag == "VERTEX_XY") return read_landmark(lines, 2);
  if (tag == "VERTEX_TRACKXYZ") return read_landmark(lines, 3);
  if (tag == "EDGE_SE2_XY" || tag == "LANDMARK2") return read_sighting(lines, 2);
  if (tag == "EDGE_SE3_TRACKXYZ") return read_sighting(lines, 3);
  if (tag == "PARAMS_SE3OFFSET") return read_offset(lines);
  if (tag == "FIX") return lines.read_fixed();
  lines.skip(tag);
}

}  // namespace

PoseGraph parse_g2o(std::string_view name, std::string_view text, const PoseGraphOptions& options) {
  detail::GraphLines lines(name, text, options);
  std::string_view tag;
  while (lines.next_line(tag)) read_line(lines, tag);
  return lines.join("EDGE_SE2 or EDGE_SE3:QUAT");
}

PoseGraph read_g2o(const std::filesystem::path& path, const PoseGraphOptions& options) {
  const TextFile file = read_file(path);
  return parse_g2o(file.name, file.text, options);
}

}  // namespace heliotrope
