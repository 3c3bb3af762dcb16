// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/io/trajectory.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "graph_write.hpp"
#include "heliotrope/error.hpp"
#include "heliotrope/io/output_file.hpp"
#include "heliotrope/io/text_file.hpp"
#include "heliotrope/io/text_parser.hpp"
#include "pose_algebra.hpp"

namespace heliotrope {

Trajectory trajectory_of(const PoseGraph& graph) {
  std::vector<std::size_t> order(graph.ids.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t i, std::size_t j) { return graph.ids[i] < graph.ids[j]; });
  constexpr std::int64_t exact = std::int64_t{1} << 53;
  const bool ids_are_exact =
      std::all_of(graph.ids.begin(), graph.ids.end(), [](std::int64_t id) { return id >= -exact && id <= exact; });

  Trajectory trajectory;
  const auto size = static_cast<std::size_t>(graph.pose_size());
  for (std::size_t place = 0; place < order.size(); ++place) {
    const double* const pose = &graph.poses[size * order[place]];
    trajectory.times.push_back(
        static_cast<double>(ids_are_exact ? graph.ids[order[place]] : static_cast<std::int64_t>(place)));
    if (graph.dimension == 3) {
      trajectory.poses.insert(trajectory.poses.end(), pose, pose + 7);
      continue;
    }
    const double half = 0.5 * pose[2];
    const double lifted[7] = {pose[0], pose[1], 0.0, 0.0, 0.0, std::sin(half), std::cos(half)};
    trajectory.poses.insert(trajectory.poses.end(), lifted, lifted + 7);
  }
  return trajectory;
}

Trajectory parse_tum(std::string_view name, std::string_view text) {
  constexpr const char* parts[8] = {"time", "x", "y", "z", "qx", "qy", "qz", "qw"};
  TextParser parser(name, text);
  Trajectory trajectory;
  while (parser.next_line()) {
    const char* const line = parser.mark();
    if (parser.at_end() || *line == '#') continue;
    double values[8];
    for (std::size_t i = 0; i < 8; ++i) {
      if (!parser.number(values[i])) parser.fail("a finite number (" + std::string(parts[i]) + ")");
    }
    const char* const rest = parser.mark();
    if (!parser.at_end() && *rest != '#') parser.fail("the end of the line");
    if (!detail::normalise(values + 4)) parser.fail(line, "a quaternion of length zero", "a quaternion");
    trajectory.times.push_back(values[0]);
    trajectory.poses.insert(trajectory.poses.end(), values + 1, values + 8);
  }
  if (trajectory.times.empty()) parser.fail("at least one line: time x y z qx qy qz qw");
  return trajectory;
}

Trajectory read_tum(const std::filesystem::path& path) {
  const TextFile file = read_file(path);
  return parse_tum(file.name, file.text);
}

void write_tum(const std::filesystem::path& path, const Trajectory& trajectory) {
  if (trajectory.poses.size() != 7 * trajectory.times.size()) {
    throw Error(path.string() + ": not written: found " + std::to_string(trajectory.poses.size()) +
                " numbers of poses, expected 7 for each of " + std::to_string(trajectory.times.size()) + " times");
  }
  OutputFile file(path);
  file.text("# time x y z qx qy qz qw\n");
  for (std::size_t i = 0; i < trajectory.times.size(); ++i) {
    file.number(trajectory.times[i]);
    detail::write_numbers(file, &trajectory.poses[7 * i], 7);
    file.text("\n");
  }
  file.commit();
}

}  // namespace heliotrope
