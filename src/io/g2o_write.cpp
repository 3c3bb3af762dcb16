// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "graph_write.hpp"
#include "heliotrope/io/g2o.hpp"

namespace heliotrope {
namespace {

using detail::write_id, detail::write_numbers;

/// The lowest id from 0 that no offset has.
std::int64_t free_offset_id(const PoseGraph& graph) {
  std::vector<std::int64_t> ids = graph.offset_ids;
  std::sort(ids.begin(), ids.end());
  std::int64_t id = 0;
  for (const std::int64_t taken : ids) id += taken == id;
  return id;
}

bool needs_identity(const PoseGraph& graph) {
  return graph.dimension == 3 && std::find(graph.sensor.begin(), graph.sensor.end(), -1) != graph.sensor.end();
}

void write_offsets(OutputFile& file, const PoseGraph& graph) {
  const auto write = [&file](std::int64_t id, const double* offset) {
    file.text("PARAMS_SE3OFFSET");
    write_id(file, id);
    write_numbers(file, offset, 7);
    file.text("\n");
  };
  for (std::size_t i = 0; i < graph.offset_ids.size(); ++i) write(graph.offset_ids[i], &graph.offsets[7 * i]);
  constexpr double identity[7] = {0, 0, 0, 0, 0, 0, 1};
  if (needs_identity(graph)) write(free_offset_id(graph), identity);
}

void write_vertices(OutputFile& file, const char* tag, const std::vector<std::int64_t>& ids,
                    const std::vector<double>& values, int size) {
  for (std::size_t i = 0; i < ids.size(); ++i) {
    file.text(tag);
    write_id(file, ids[i]);
    write_numbers(file, values.data() + static_cast<std::size_t>(size) * i, size);
    file.text("\n");
  }
}

void write_edges(OutputFile& file, const PoseGraph& graph) {
  for (std::int64_t k = 0; k < graph.num_edges(); ++k) {
    file.text(graph.dimension == 2 ? "EDGE_SE2" : "EDGE_SE3:QUAT");
    write_id(file, graph.ids[static_cast<std::size_t>(graph.from[static_cast<std::size_t>(k)])]);
    write_id(file, graph.ids[static_cast<std::size_t>(graph.to[static_cast<std::size_t>(k)])]);
    write_numbers(file, graph.measurements.data() + graph.pose_size() * k, graph.pose_size());
    write_numbers(file, graph.information.data() + graph.information_size() * k, graph.information_size());
    file.text("\n");
  }
}

void write_sightings(OutputFile& file, const PoseGraph& graph) {
  const std::int64_t at_pose = free_offset_id(graph);
  for (std::int64_t k = 0; k < graph.num_sightings(); ++k) {
    const auto sighting = static_cast<std::size_t>(k);
    file.text(graph.dimension == 2 ? "EDGE_SE2_XY" : "EDGE_SE3_TRACKXYZ");
    write_id(file, graph.ids[static_cast<std::size_t>(graph.observer[sighting])]);
    write_id(file, graph.landmark_ids[static_cast<std::size_t>(graph.observed[sighting])]);
    const std::int32_t sensor = graph.sensor[sighting];
    if (graph.dimension == 3) {
      write_id(file, sensor < 0 ? at_pose : graph.offset_ids[static_cast<std::size_t>(sensor)]);
    }
    write_numbers(file, graph.sightings.data() + graph.dimension * k, graph.dimension);
    const int triangle = graph.point_information_size();
    write_numbers(file, graph.sighting_information.data() + triangle * k, triangle);
    file.text("\n");
  }
}

}  // namespace

void write_g2o(const std::filesystem::path& path, const PoseGraph& graph) {
  detail::check_writable(path.string(), graph);
  OutputFile file(path);
  const bool plane = graph.dimension == 2;
  write_offsets(file, graph);
  write_vertices(file, plane ? "VERTEX_SE2" : "VERTEX_SE3:QUAT", graph.ids, graph.poses, graph.pose_size());
  write_vertices(file, plane ? "VERTEX_XY" : "VERTEX_TRACKXYZ", graph.landmark_ids, graph.landmarks, graph.dimension);
  detail::write_fixed(file, graph);
  write_edges(file, graph);
  write_sightings(file, graph);
  file.commit();
}

}  // namespace heliotrope
