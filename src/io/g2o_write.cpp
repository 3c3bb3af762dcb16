// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>

#include "heliotrope/error.hpp"
#include "heliotrope/io/g2o.hpp"
#include "heliotrope/io/output_file.hpp"

namespace heliotrope {
namespace {

void check(const std::string& name, const PoseGraph& graph) {
  const auto edges = graph.from.size();
  const auto size = [](int count) { return static_cast<std::size_t>(count); };
  if (graph.dimension != 2 && graph.dimension != 3) {
    throw Error(name + ": not written: found dimension " + std::to_string(graph.dimension) + ", expected 2 or 3");
  }
  if (graph.poses.size() != size(graph.pose_size()) * graph.ids.size() || graph.to.size() != edges ||
      graph.measurements.size() != size(graph.pose_size()) * edges ||
      graph.information.size() != size(graph.information_size()) * edges) {
    throw Error(name + ": not written: found arrays for another number of poses or edges than the " +
                std::to_string(graph.ids.size()) + " ids and " + std::to_string(edges) + " edges, expected one each");
  }
  for (const auto* indices : {&graph.from, &graph.to, &graph.fixed}) {
    const auto out_of_range = [&](std::int32_t index) { return index < 0 || index >= graph.num_poses(); };
    const auto wrong = std::find_if(indices->begin(), indices->end(), out_of_range);
    if (wrong != indices->end()) {
      throw Error(name + ": not written: found pose " + std::to_string(*wrong) + ", expected 0 to " +
                  std::to_string(graph.num_poses() - 1));
    }
  }
}

void write_numbers(OutputFile& file, const double* values, int count) {
  for (int i = 0; i < count; ++i) {
    file.text(" ");
    file.number(values[i]);
  }
}

}  // namespace

void write_g2o(const std::filesystem::path& path, const PoseGraph& graph) {
  check(path.string(), graph);
  OutputFile file(path);
  const auto id = [&](std::int32_t pose) {
    file.text(" ");
    file.integer(graph.ids[static_cast<std::size_t>(pose)]);
  };
  for (std::int64_t i = 0; i < graph.num_poses(); ++i) {
    file.text(graph.dimension == 2 ? "VERTEX_SE2" : "VERTEX_SE3:QUAT");
    id(static_cast<std::int32_t>(i));
    write_numbers(file, graph.poses.data() + graph.pose_size() * i, graph.pose_size());
    file.text("\n");
  }
  for (const std::int32_t pose : graph.fixed) {
    file.text("FIX");
    id(pose);
    file.text("\n");
  }
  for (std::int64_t k = 0; k < graph.num_edges(); ++k) {
    file.text(graph.dimension == 2 ? "EDGE_SE2" : "EDGE_SE3:QUAT");
    id(graph.from[static_cast<std::size_t>(k)]);
    id(graph.to[static_cast<std::size_t>(k)]);
    write_numbers(file, graph.measurements.data() + graph.pose_size() * k, graph.pose_size());
    write_numbers(file, graph.information.data() + graph.information_size() * k, graph.information_size());
    file.text("\n");
  }
  file.commit();
}

}  // namespace heliotrope
