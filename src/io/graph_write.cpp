// SPDX-License-Identifier: Apache-2.0
#include "graph_write.hpp"

#include <algorithm>
#include <vector>

#include "heliotrope/error.hpp"

namespace heliotrope::detail {
namespace {

std::size_t size_of(int count) { return static_cast<std::size_t>(count); }

bool poses_fit(const PoseGraph& graph) {
  const auto edges = graph.from.size();
  return graph.poses.size() == size_of(graph.pose_size()) * graph.ids.size() && graph.to.size() == edges &&
         graph.measurements.size() == size_of(graph.pose_size()) * edges &&
         graph.information.size() == size_of(graph.information_size()) * edges;
}

bool landmarks_fit(const PoseGraph& graph) {
  const auto sightings = graph.observer.size();
  return graph.landmarks.size() == size_of(graph.dimension) * graph.landmark_ids.size() &&
         graph.observed.size() == sightings && graph.sensor.size() == sightings &&
         graph.sightings.size() == size_of(graph.dimension) * sightings &&
         graph.sighting_information.size() == size_of(graph.point_information_size()) * sightings &&
         graph.offsets.size() == 7 * graph.offset_ids.size();
}

void check_indices(const std::string& name, const char* what, std::int64_t count, std::int32_t least,
                   const std::vector<std::int32_t>& indices) {
  const auto out_of_range = [&](std::int32_t index) { return index < least || index >= count; };
  const auto wrong = std::find_if(indices.begin(), indices.end(), out_of_range);
  if (wrong == indices.end()) return;
  throw Error(name + ": not written: found " + what + ' ' + std::to_string(*wrong) + ", expected " +
              std::to_string(least) + " to " + std::to_string(count - 1));
}

}  // namespace

void check_writable(const std::string& name, const PoseGraph& graph) {
  if (graph.dimension != 2 && graph.dimension != 3) {
    throw Error(name + ": not written: found dimension " + std::to_string(graph.dimension) + ", expected 2 or 3");
  }
  if (!poses_fit(graph)) {
    throw Error(name + ": not written: found arrays for another number of poses or edges than the " +
                std::to_string(graph.ids.size()) + " ids and " + std::to_string(graph.from.size()) +
                " edges, expected one each");
  }
  if (!landmarks_fit(graph)) {
    throw Error(name + ": not written: found arrays for another number of landmarks or sightings than the " +
                std::to_string(graph.landmark_ids.size()) + " ids and " + std::to_string(graph.observer.size()) +
                " sightings, expected one each");
  }
  for (const auto* indices : {&graph.from, &graph.to, &graph.fixed, &graph.observer}) {
    check_indices(name, "pose", graph.num_poses(), 0, *indices);
  }
  for (const auto& pair : graph.equivalences) check_indices(name, "pose", graph.num_poses(), 0, {pair[0], pair[1]});
  for (const auto* indices : {&graph.observed, &graph.fixed_landmarks}) {
    check_indices(name, "landmark", graph.num_landmarks(), 0, *indices);
  }
  check_indices(name, "offset", static_cast<std::int64_t>(graph.offset_ids.size()), -1, graph.sensor);
}

void write_fixed(OutputFile& file, const PoseGraph& graph) {
  const auto write = [&file](const std::vector<std::int64_t>& ids, const std::vector<std::int32_t>& fixed) {
    for (const std::int32_t vertex : fixed) {
      file.text("FIX");
      write_id(file, ids[static_cast<std::size_t>(vertex)]);
      file.text("\n");
    }
  };
  write(graph.ids, graph.fixed);
  write(graph.landmark_ids, graph.fixed_landmarks);
}

}  // namespace heliotrope::detail
