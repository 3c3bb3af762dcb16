// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <vector>

#include "euler_angles.hpp"
#include "graph_write.hpp"
#include "heliotrope/error.hpp"
#include "heliotrope/io/toro.hpp"
#include "toro_information.hpp"

namespace heliotrope {
namespace {

using detail::write_id, detail::write_numbers;

void write_pose(OutputFile& file, int dimension, const double* pose) {
  write_numbers(file, pose, 3);
  if (dimension == 2) return;
  double angles[3];
  detail::angles_of_quaternion(pose + 3, angles);
  write_numbers(file, angles, 3);
}

std::vector<double> information_of(const PoseGraph& graph, std::size_t edge, bool square_root) {
  if (square_root) {
    const auto size = static_cast<std::size_t>(graph.tangent_size());
    return detail::upper_root(graph.dimension, &graph.sqrt_information[size * size * edge]);
  }
  const auto triangle = static_cast<std::size_t>(graph.information_size());
  const double* const first = &graph.information[triangle * edge];
  if (graph.dimension == 2) return detail::permuted(detail::toro_from_rows, first);
  std::vector<double> upper(first, first + triangle);
  detail::scale_turns(0.5, upper.data());
  return upper;
}

void check(const std::string& name, const PoseGraph& graph, bool square_root) {
  detail::check_writable(name, graph);
  if (graph.num_landmarks() > 0) {
    throw Error(name + ": not written: found " + std::to_string(graph.num_landmarks()) +
                " landmarks, expected none: the format has no lines for them");
  }
  const auto size = static_cast<std::size_t>(graph.tangent_size());
  if (square_root && graph.sqrt_information.size() != size * size * graph.from.size()) {
    throw Error(name + ": not written: found " + std::to_string(graph.sqrt_information.size()) +
                " numbers of sqrt_information, expected " + std::to_string(size * size) + " an edge");
  }
}

void write(const std::filesystem::path& path, const PoseGraph& graph, bool square_root) {
  check(path.string(), graph, square_root);
  OutputFile file(path);
  const auto size = static_cast<std::size_t>(graph.pose_size());
  const auto id = [&](std::int32_t pose) { write_id(file, graph.ids[static_cast<std::size_t>(pose)]); };
  if (square_root) file.text("# square-root information, as in iSAM\n");
  for (std::size_t i = 0; i < graph.ids.size(); ++i) {
    file.text(graph.dimension == 2 ? "VERTEX2" : "VERTEX3");
    write_id(file, graph.ids[i]);
    write_pose(file, graph.dimension, &graph.poses[size * i]);
    file.text("\n");
  }
  detail::write_fixed(file, graph);
  for (std::size_t k = 0; k < graph.from.size(); ++k) {
    file.text(graph.dimension == 2 ? "EDGE2" : "EDGE3");
    id(graph.from[k]);
    id(graph.to[k]);
    write_pose(file, graph.dimension, &graph.measurements[size * k]);
    const std::vector<double> upper = information_of(graph, k, square_root);
    write_numbers(file, upper.data(), static_cast<int>(upper.size()));
    file.text("\n");
  }
  for (const auto& pair : graph.equivalences) {
    file.text("EQUIV");
    id(pair[0]);
    id(pair[1]);
    file.text("\n");
  }
  file.commit();
}

}  // namespace

void write_toro(const std::filesystem::path& path, const PoseGraph& graph) { write(path, graph, false); }

void write_isam(const std::filesystem::path& path, const PoseGraph& graph) { write(path, graph, true); }

}  // namespace heliotrope
