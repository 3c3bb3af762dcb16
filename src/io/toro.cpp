// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/io/toro.hpp"

#include <array>
#include <cmath>

#include "euler_angles.hpp"
#include "graph_lines.hpp"
#include "heliotrope/io/text_file.hpp"
#include "toro_information.hpp"

namespace heliotrope {
namespace {

/// TORO's and iSAM's lines; `square_root`: what stands behind an edge's pose is iSAM's.
class ToroReader final {
 public:
  ToroReader(std::string_view name, std::string_view text, const PoseGraphOptions& options, bool square_root)
      : name_(name), lines_(name, text, options), graph_(lines_.graph()), square_root_(square_root) {}

  PoseGraph read() {
    std::string_view tag;
    while (lines_.next_line(tag)) read_line(tag);
    PoseGraph graph = lines_.join("EDGE2 or EDGE3");
    if (num_bare_ > 0) {
      graph.warnings.push_back(name_ + ": " + std::to_string(num_bare_) + " of " + std::to_string(graph.num_edges()) +
                               " edges have no information; it is taken as the identity");
    }
    if (!graph.equivalences.empty()) {
      graph.warnings.push_back(name_ + ": " + std::to_string(graph.equivalences.size()) +
                               " EQUIV lines are kept, and not imposed: the edges between equivalent poses keep their "
                               "weight");
    }
    return graph;
  }

 private:
  void read_line(std::string_view tag) {
    if (tag == "VERTEX2") return read_pose(2);
    if (tag == "VERTEX3") return read_pose(3);
    if (tag == "EDGE2") return read_edge(2);
    if (tag == "EDGE3") return read_edge(3);
    if (tag == "EQUIV") return lines_.read_equivalence();
    if (tag == "FIX") return lines_.read_fixed();
    lines_.skip(tag);
  }

  void read_pose(int dimension) {
    lines_.begin_pose(dimension);
    read_pose_numbers(dimension, "pose", graph_.poses);
    lines_.end_line();
  }

  void read_pose_numbers(int dimension, const char* what, std::vector<double>& values) {
    if (dimension == 2) return lines_.read_pose(2, what, values);
    numbers_.clear();
    lines_.read_numbers(6, what, numbers_);
    double q[4];
    detail::quaternion_of_angles(&numbers_[3], q);
    values.insert(values.end(), numbers_.begin(), numbers_.begin() + 3);
    values.insert(values.end(), q, q + 4);
  }

  void read_edge(int dimension) {
    lines_.begin_edge(dimension);
    read_pose_numbers(dimension, "measurement", graph_.measurements);
    const int triangle = graph_.information_size();
    numbers_.clear();
    if (lines_.is_line_read()) {
      ++num_bare_;
      for (int i = 0; i < graph_.tangent_size(); ++i) {
        for (int j = i; j < graph_.tangent_size(); ++j) numbers_.push_back(i == j ? 1.0 : 0.0);
      }
    } else {
      lines_.read_numbers(triangle, square_root_ ? "square-root information" : "information", numbers_);
      if (dimension == 2 && !square_root_) numbers_ = detail::permuted(detail::rows_from_toro, numbers_.data());
      lines_.end_line();
    }
    const auto last = graph_.information.size();
    if (square_root_) {
      detail::append_root(dimension, numbers_.data(), graph_.sqrt_information, graph_.information);
    } else {
      graph_.information.insert(graph_.information.end(), numbers_.begin(), numbers_.end());
      if (dimension == 3) detail::scale_turns(2.0, &graph_.information[last]);
    }
    for (std::size_t i = last; i < graph_.information.size(); ++i) {
      if (std::isfinite(graph_.information[i])) continue;
      lines_.parser().fail(lines_.line(), "information that overflows", "entries below 1e150");
    }
  }

  std::string name_;
  detail::GraphLines lines_;
  PoseGraph& graph_;
  bool square_root_;
  std::vector<double> numbers_;  // of the present line
  std::int64_t num_bare_ = 0;
};

}  // namespace

PoseGraph parse_toro(std::string_view name, std::string_view text, const PoseGraphOptions& options) {
  return ToroReader(name, text, options, false).read();
}

PoseGraph parse_isam(std::string_view name, std::string_view text, const PoseGraphOptions& options) {
  return ToroReader(name, text, options, true).read();
}

PoseGraph read_toro(const std::filesystem::path& path, const PoseGraphOptions& options) {
  const TextFile file = read_file(path);
  return parse_toro(file.name, file.text, options);
}

PoseGraph read_isam(const std::filesystem::path& path, const PoseGraphOptions& options) {
  const TextFile file = read_file(path);
  return parse_isam(file.name, file.text, options);
}

bool is_isam(std::string_view text) {
  TextParser parser("", text);
  bool in_head = true;
  while (parser.next_line()) {
    const std::string_view tag = parser.word();
    if (tag.empty()) continue;
    if (tag.front() == '#') {
      if (in_head && (tag.find("iSAM") != tag.npos || parser.rest().find("iSAM") != tag.npos)) return true;
      continue;
    }
    in_head = false;
    if (tag == "VERTEX2" || tag == "VERTEX3" || tag == "EQUIV") return false;
  }
  return true;
}

}  // namespace heliotrope
