// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/io/g2o.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <utility>

#include "heliotrope/error.hpp"
#include "heliotrope/io/text_file.hpp"
#include "heliotrope/io/text_parser.hpp"
#include "odometry_start.hpp"

namespace heliotrope {
namespace {

constexpr std::size_t max_poses = 2147483647;

// Reads the lines of a file one by one, then joins them into a graph.
class G2oReader final {
 public:
  G2oReader(std::string_view name, std::string_view text, const G2oOptions& options)
      : name_(name), parser_(name, text), options_(options) {}

  PoseGraph read() {
    read_lines();
    if (edge_ids_.empty()) parser_.fail("at least one line EDGE_SE2 or EDGE_SE3:QUAT");
    const bool has_vertices = !graph_.ids.empty();
    if (!has_vertices) take_ids_from_edges();
    index_ids();
    join_edges();
    join_fixed();
    factor_information();
    if (!has_vertices) compose_start();
    warn_of_skipped();
    return std::move(graph_);
  }

 private:
  using IdAt = std::pair<std::int64_t, const char*>;  // an id and where the text names it

  void read_lines() {
    while (parser_.next_line()) {
      const char* const line = parser_.mark();
      const std::string_view tag = parser_.word();
      if (tag.empty() || tag.front() == '#') continue;
      if (tag == "VERTEX_SE2")
        read_vertex(line, 2);
      else if (tag == "VERTEX_SE3:QUAT")
        read_vertex(line, 3);
      else if (tag == "EDGE_SE2")
        read_edge(line, 2);
      else if (tag == "EDGE_SE3:QUAT")
        read_edge(line, 3);
      else if (tag == "FIX")
        read_fixed();
      else
        ++skipped_[std::string(tag)];
    }
  }

  void set_dimension(const char* line, int dimension) {
    if (graph_.ids.empty() && edge_ids_.empty()) graph_.dimension = dimension;
    if (graph_.dimension != dimension) {
      parser_.fail(line, graph_.dimension == 2 ? "only SE2 poses and edges, as in the lines before"
                                               : "only SE3:QUAT poses and edges, as in the lines before");
    }
  }

  std::int64_t read_id(const char* expected) {
    std::int64_t id = 0;
    if (!parser_.integer(id)) parser_.fail(expected);
    return id;
  }

  void read_numbers(int count, const char* what, std::vector<double>& values) {
    for (int i = 0; i < count; ++i) {
      double value = 0.0;
      if (!parser_.number(value)) {
        parser_.fail("a finite number (" + std::string(what) + ", " + std::to_string(i + 1) + " of " +
                     std::to_string(count) + ")");
      }
      values.push_back(value);
    }
  }

  void read_pose(const char* what, std::vector<double>& values) {
    const char* const first = parser_.mark();
    read_numbers(graph_.pose_size(), what, values);
    if (graph_.dimension == 2) return;
    double* const q = &values[values.size() - 4];
    const double greatest = std::max({std::abs(q[0]), std::abs(q[1]), std::abs(q[2]), std::abs(q[3])});
    if (greatest == 0.0) parser_.fail(first, "a quaternion of length zero", "a quaternion");
    double squared = 0.0;
    for (int i = 0; i < 4; ++i) squared += (q[i] / greatest) * (q[i] / greatest);
    const double length = greatest * std::sqrt(squared);
    // A quaternion that is normal to the last bits stays as it is, so that writing and reading is the identity.
    if (std::abs(length - 1.0) <= 1e-14) return;
    for (int i = 0; i < 4; ++i) q[i] = (q[i] / greatest) / std::sqrt(squared);
  }

  void end_line() {
    const char* const mark = parser_.mark();
    if (!parser_.at_end() && *mark != '#') parser_.fail("the end of the line");
  }

  void read_vertex(const char* line, int dimension) {
    set_dimension(line, dimension);
    vertex_lines_.push_back(line);
    graph_.ids.push_back(read_id("a vertex id (64-bit integer)"));
    read_pose("pose", graph_.poses);
    end_line();
    if (graph_.ids.size() > max_poses) parser_.fail(line, "at most 2^31 - 1 vertices");
  }

  void read_edge(const char* line, int dimension) {
    set_dimension(line, dimension);
    const std::int64_t from = read_id("the id of the edge's first vertex (64-bit integer)");
    const char* const second = parser_.mark();
    const std::int64_t to = read_id("the id of the edge's second vertex (64-bit integer)");
    if (from == to) parser_.fail(second, "the id of another vertex than the first");
    edge_ids_.push_back({from, to});
    edge_lines_.push_back(line);
    read_pose("measurement", graph_.measurements);
    read_numbers(graph_.information_size(), "information", graph_.information);
    end_line();
  }

  void read_fixed() {
    do {
      const char* const mark = parser_.mark();
      fixed_.push_back({read_id("the id of a vertex to fix (64-bit integer)"), mark});
      const char* const next = parser_.mark();
      if (!parser_.at_end() && *next == '#') return;
    } while (!parser_.at_end());
  }

  void take_ids_from_edges() {
    for (const auto& ids : edge_ids_) graph_.ids.insert(graph_.ids.end(), ids.begin(), ids.end());
    std::sort(graph_.ids.begin(), graph_.ids.end());
    graph_.ids.erase(std::unique(graph_.ids.begin(), graph_.ids.end()), graph_.ids.end());
    if (graph_.ids.size() > max_poses) parser_.fail(edge_lines_.front(), "edges between at most 2^31 - 1 vertices");
  }

  void index_ids() {
    for (std::size_t i = 0; i < graph_.ids.size(); ++i) {
      index_.push_back({graph_.ids[i], static_cast<std::int32_t>(i)});
    }
    std::sort(index_.begin(), index_.end());
    for (std::size_t i = 1; i < index_.size(); ++i) {
      if (index_[i].first != index_[i - 1].first) continue;
      parser_.fail(vertex_lines_[static_cast<std::size_t>(index_[i].second)],
                   "vertex " + std::to_string(index_[i].first) + " again", "each vertex once");
    }
  }

  std::int32_t find(std::int64_t id) const {  // -1: missing
    const auto offset = static_cast<std::uint64_t>(id) - static_cast<std::uint64_t>(index_.front().first);
    if (offset < index_.size() && index_[offset].first == id) return index_[offset].second;  // ids without gaps
    const auto at = std::lower_bound(index_.begin(), index_.end(), std::pair<std::int64_t, std::int32_t>(id, -1));
    return at != index_.end() && at->first == id ? at->second : -1;
  }

  void join_edges() {
    for (std::size_t k = 0; k < edge_ids_.size(); ++k) {
      for (const std::int64_t id : edge_ids_[k]) {
        if (find(id) < 0) fail_missing(edge_lines_[k], "an edge", id);
      }
      graph_.from.push_back(find(edge_ids_[k][0]));
      graph_.to.push_back(find(edge_ids_[k][1]));
    }
  }

  void join_fixed() {
    std::vector<char> seen(graph_.ids.size(), 0);
    for (const auto& [id, position] : fixed_) {
      const std::int32_t pose = find(id);
      if (pose < 0) fail_missing(position, "a FIX line", id);
      if (!std::exchange(seen[static_cast<std::size_t>(pose)], 1)) graph_.fixed.push_back(pose);
    }
  }

  [[noreturn]] void fail_missing(const char* position, const char* what, std::int64_t id) const {
    parser_.fail(position, std::string(what) + " that names vertex " + std::to_string(id),
                 "a vertex that the file defines");
  }

  void factor_information() {
    const auto triangle = static_cast<std::size_t>(graph_.information_size());
    const auto size = static_cast<std::size_t>(graph_.tangent_size());
    graph_.sqrt_information.resize(size * size * edge_ids_.size());
    std::int64_t num_clipped = 0;
    const char* first_clipped = nullptr;
    for (std::size_t k = 0; k < edge_ids_.size(); ++k) {
      bool semidefinite = true;
      try {
        semidefinite = sqrt_information(static_cast<int>(size), &graph_.information[triangle * k],
                                        &graph_.sqrt_information[size * size * k]);
      } catch (const Error&) {
        parser_.fail(edge_lines_[k], "an information matrix without a finite square root", "entries below 1e300");
      }
      if (semidefinite) continue;
      if (options_.strict) {
        parser_.fail(edge_lines_[k], "an indefinite information matrix", "a positive semidefinite one");
      }
      if (num_clipped++ == 0) first_clipped = edge_lines_[k];
    }
    if (num_clipped == 0) return;
    graph_.warnings.push_back(name_ + ": " + std::to_string(num_clipped) + " of " + std::to_string(edge_ids_.size()) +
                              " information matrices are indefinite (the first at line " +
                              std::to_string(parser_.line_of(first_clipped)) +
                              "); their negative eigenvalues are taken as zero");
  }

  void compose_start() {
    const std::int64_t num_parts = detail::start_from_odometry(graph_);
    if (!std::all_of(graph_.poses.begin(), graph_.poses.end(), [](double value) { return std::isfinite(value); })) {
      throw Error(name_ + ": found measurements that overflow when composed, expected finite poses");
    }
    graph_.warnings.push_back(name_ + ": no VERTEX lines; the " + std::to_string(graph_.ids.size()) +
                              " poses start from the odometry" +
                              (num_parts > 1 ? " in " + std::to_string(num_parts) + " unconnected parts" : ""));
  }

  void warn_of_skipped() {
    if (skipped_.empty()) return;
    std::string warning = name_ + ": skipped lines with unknown tags:";
    std::size_t num_told = 0;
    for (const auto& [tag, count] : skipped_) {
      if (num_told++ == 10) {
        warning += " and " + std::to_string(skipped_.size() - 10) + " more tags,";
        break;
      }
      warning += ' ' + (tag.size() > 40 ? tag.substr(0, 40) + "..." : tag) + " (" + std::to_string(count) + "),";
    }
    warning.pop_back();
    graph_.warnings.push_back(std::move(warning));
  }

  std::string name_;
  TextParser parser_;
  G2oOptions options_;
  PoseGraph graph_;
  std::vector<std::array<std::int64_t, 2>> edge_ids_;
  std::vector<const char*> edge_lines_, vertex_lines_;
  std::vector<IdAt> fixed_;
  std::vector<std::pair<std::int64_t, std::int32_t>> index_;  // (id, pose), sorted
  std::map<std::string, std::int64_t> skipped_;               // tag -> lines
};

}  // namespace

PoseGraph parse_g2o(std::string_view name, std::string_view text, const G2oOptions& options) {
  return G2oReader(name, text, options).read();
}

PoseGraph read_g2o(const std::filesystem::path& path, const G2oOptions& options) {
  const TextFile file = read_file(path);
  return parse_g2o(file.name, file.text, options);
}

}  // namespace heliotrope
