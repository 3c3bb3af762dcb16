// SPDX-License-Identifier: Apache-2.0
#include "odometry_start.hpp"

#include <cstdlib>
#include <deque>
#include <utility>
#include <vector>

namespace heliotrope::detail {
namespace {

// The edges at each pose in file order, as prefix sums.
struct Incidence {
  std::vector<std::size_t> begin;
  std::vector<std::size_t> edge;

  explicit Incidence(const PoseGraph& graph) : begin(graph.ids.size() + 1, 0), edge(2 * graph.from.size()) {
    for (std::size_t k = 0; k < graph.from.size(); ++k) {
      ++begin[static_cast<std::size_t>(graph.from[k]) + 1];
      ++begin[static_cast<std::size_t>(graph.to[k]) + 1];
    }
    for (std::size_t i = 1; i < begin.size(); ++i) begin[i] += begin[i - 1];
    std::vector<std::size_t> next(begin.begin(), begin.end() - 1);
    for (std::size_t k = 0; k < graph.from.size(); ++k) {
      edge[next[static_cast<std::size_t>(graph.from[k])]++] = k;
      edge[next[static_cast<std::size_t>(graph.to[k])]++] = k;
    }
  }
};

}  // namespace

std::int64_t start_from_odometry(PoseGraph& graph) {
  const Incidence incidence(graph);
  const int dimension = graph.dimension;
  const auto size = static_cast<std::size_t>(graph.pose_size());
  std::vector<char> known(graph.ids.size(), 0);
  std::deque<std::size_t> follow;  // edges with at least one known end
  graph.poses.assign(size * graph.ids.size(), 0.0);

  const auto reach = [&](std::size_t pose) {
    known[pose] = 1;
    const auto is_odometry = [&](std::size_t k) { return std::abs(graph.from[k] - graph.to[k]) == 1; };
    for (std::size_t i = incidence.begin[pose]; i < incidence.begin[pose + 1]; ++i) {
      if (!is_odometry(incidence.edge[i])) follow.push_back(incidence.edge[i]);
    }
    for (std::size_t i = incidence.begin[pose + 1]; i-- > incidence.begin[pose];) {  // the first in the file in front
      if (is_odometry(incidence.edge[i])) follow.push_front(incidence.edge[i]);
    }
  };

  std::int64_t num_parts = 0;
  for (std::size_t root = 0; root < known.size(); ++root) {
    if (known[root]) continue;
    ++num_parts;
    identity(dimension, &graph.poses[size * root]);
    reach(root);
    while (!follow.empty()) {
      const std::size_t k = follow.front();
      follow.pop_front();
      const auto from = static_cast<std::size_t>(graph.from[k]), to = static_cast<std::size_t>(graph.to[k]);
      if (known[from] && known[to]) continue;
      PoseValue measured;
      for (std::size_t i = 0; i < size; ++i) measured[i] = graph.measurements[size * k + i];
      const std::size_t source = known[from] ? from : to, target = known[from] ? to : from;
      if (source == to) invert(dimension, measured.data(), measured.data());
      compose(dimension, &graph.poses[size * source], measured.data(), &graph.poses[size * target]);
      reach(target);
    }
  }
  return num_parts;
}

PoseValue sensor_pose(const PoseGraph& graph, std::size_t sighting) {
  const auto size = static_cast<std::size_t>(graph.pose_size());
  const auto observer = static_cast<std::size_t>(graph.observer[sighting]);
  PoseValue pose;
  for (std::size_t i = 0; i < size; ++i) pose[i] = graph.poses[size * observer + i];
  const std::int32_t sensor = graph.sensor[sighting];
  if (sensor >= 0) compose(3, pose.data(), &graph.offsets[7 * static_cast<std::size_t>(sensor)], pose.data());
  return pose;
}

void start_from_first_sightings(PoseGraph& graph) {
  const auto size = static_cast<std::size_t>(graph.dimension);
  graph.landmarks.assign(size * graph.landmark_ids.size(), 0.0);
  std::vector<char> known(graph.landmark_ids.size(), 0);
  for (std::size_t k = 0; k < graph.observed.size(); ++k) {
    const auto landmark = static_cast<std::size_t>(graph.observed[k]);
    if (std::exchange(known[landmark], 1)) continue;
    const PoseValue from = sensor_pose(graph, k);
    transform(graph.dimension, from.data(), &graph.sightings[size * k], &graph.landmarks[size * landmark]);
  }
}

}  // namespace heliotrope::detail
