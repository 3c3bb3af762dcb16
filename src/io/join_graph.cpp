// SPDX-License-Identifier: Apache-2.0
// Looks up the ids of a pose graph's lines, factors its information and composes what has no start.
#include <algorithm>
#include <cmath>

#include "graph_lines.hpp"
#include "heliotrope/error.hpp"
#include "odometry_start.hpp"

namespace heliotrope::detail {
namespace {

constexpr const char* no_poses = ": no VERTEX lines; the ";
constexpr const char* no_landmarks = ": no lines of landmarks; the ";

}  // namespace

bool is_of_start(const std::string& warning) {
  return warning.find(no_poses) != std::string::npos || warning.find(no_landmarks) != std::string::npos;
}

PoseGraph GraphLines::join(const char* edges) {
  if (edge_ids_.empty() && sighting_ids_.empty()) parser_.fail("at least one line " + std::string(edges));
  const bool has_poses = !graph_.ids.empty(), has_landmarks = !graph_.landmark_ids.empty();
  take_missing_ids();
  index_ids();
  join_edges();
  join_sightings();
  join_others();
  if (graph_.sqrt_information.empty())
    factor(graph_.tangent_size(), edge_lines_, graph_.information, graph_.sqrt_information);
  factor(graph_.dimension, sighting_lines_, graph_.sighting_information, graph_.sighting_sqrt_information);
  warn_of_clipped();
  compose_start(!has_poses, !has_landmarks);
  warn_of_skipped();
  return std::move(graph_);
}

void GraphLines::take_ids(const std::vector<std::int64_t>& named, std::vector<std::int64_t>& ids) {
  ids = named;
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  if (ids.size() > 2147483647u) throw Error(name_ + ": found 2^31 or more vertices, expected fewer");
}

void GraphLines::take_missing_ids() {
  std::vector<std::int64_t> named;
  if (graph_.ids.empty()) {
    for (const auto& ids : edge_ids_) named.insert(named.end(), ids.begin(), ids.end());
    for (const auto& ids : sighting_ids_) named.push_back(ids[0]);
    take_ids(named, graph_.ids);
  }
  if (graph_.landmark_ids.empty()) {
    named.clear();
    for (const auto& ids : sighting_ids_) named.push_back(ids[1]);
    take_ids(named, graph_.landmark_ids);
  }
}

void GraphLines::index_ids() {
  const auto index = [this](Index& into, const auto& ids, const auto& lines, const char* what) {
    into.build(ids);
    const std::int32_t again = into.repeated();
    if (again < 0) return;
    const auto position = static_cast<std::size_t>(again);
    parser_.fail(lines[position], what + (' ' + std::to_string(ids[position])) + " again",
                 std::string("each ") + what + " once");
  };
  index(pose_index_, graph_.ids, pose_lines_, "vertex");
  index(landmark_index_, graph_.landmark_ids, landmark_lines_, "vertex");
  index(offset_index_, graph_.offset_ids, offset_lines_, "offset");
  const auto check = [this](std::int64_t id, const char* line) {
    if (pose_index_.find(id) < 0) return;
    parser_.fail(line, "vertex " + std::to_string(id) + " as a pose and as a landmark", "each vertex as one of them");
  };
  for (std::size_t i = 0; i < landmark_lines_.size(); ++i) check(graph_.landmark_ids[i], landmark_lines_[i]);
  for (std::size_t k = 0; k < sighting_ids_.size(); ++k) check(sighting_ids_[k][1], sighting_lines_[k]);
}

void GraphLines::join_edges() {
  for (std::size_t k = 0; k < edge_ids_.size(); ++k) {
    graph_.from.push_back(find_pose({edge_ids_[k][0], edge_lines_[k]}, "an edge"));
    graph_.to.push_back(find_pose({edge_ids_[k][1], edge_lines_[k]}, "an edge"));
  }
}

void GraphLines::join_sightings() {
  for (std::size_t k = 0; k < sighting_ids_.size(); ++k) {
    const IdAt landmark{sighting_ids_[k][1], sighting_lines_[k]};
    graph_.observer.push_back(find_pose({sighting_ids_[k][0], sighting_lines_[k]}, "a sighting"));
    graph_.observed.push_back(landmark_index_.find(landmark.id));
    if (graph_.observed.back() < 0) fail_missing(landmark, "a sighting");
    graph_.sensor.push_back(sensor_ids_.empty() ? -1 : offset_index_.find(sensor_ids_[k]));
    if (sensor_ids_.empty() || graph_.sensor.back() >= 0) continue;
    parser_.fail(sighting_lines_[k], "a sighting that names offset " + std::to_string(sensor_ids_[k]),
                 "an offset that the file defines");
  }
}

void GraphLines::join_others() {
  std::vector<char> seen(graph_.ids.size(), 0), seen_landmark(graph_.landmark_ids.size(), 0);
  for (const IdAt& named : fixed_) {
    const std::int32_t pose = pose_index_.find(named.id), landmark = landmark_index_.find(named.id);
    if (pose < 0 && landmark < 0) fail_missing(named, "a FIX line");
    if (pose >= 0) {
      if (!std::exchange(seen[static_cast<std::size_t>(pose)], 1)) graph_.fixed.push_back(pose);
    } else if (!std::exchange(seen_landmark[static_cast<std::size_t>(landmark)], 1)) {
      graph_.fixed_landmarks.push_back(landmark);
    }
  }
  for (const auto& [a, b] : equivalences_) {
    graph_.equivalences.push_back({find_pose(a, "an EQUIV line"), find_pose(b, "an EQUIV line")});
  }
}

std::int32_t GraphLines::find_pose(const IdAt& named, const char* what) const {
  const std::int32_t pose = pose_index_.find(named.id);
  if (pose < 0) fail_missing(named, what);
  return pose;
}

void GraphLines::fail_missing(const IdAt& named, const char* what) const {
  parser_.fail(named.position, std::string(what) + " that names vertex " + std::to_string(named.id),
               "a vertex that the file defines");
}

void GraphLines::Index::build(const std::vector<std::int64_t>& ids) {
  for (std::size_t i = 0; i < ids.size(); ++i) sorted_.push_back({ids[i], static_cast<std::int32_t>(i)});
  std::sort(sorted_.begin(), sorted_.end());
}

std::int32_t GraphLines::Index::repeated() const {
  const auto same = [](const auto& a, const auto& b) { return a.first == b.first; };
  const auto at = std::adjacent_find(sorted_.begin(), sorted_.end(), same);
  return at == sorted_.end() ? -1 : (at + 1)->second;
}

std::int32_t GraphLines::Index::find(std::int64_t id) const {
  if (sorted_.empty()) return -1;
  const auto offset = static_cast<std::uint64_t>(id) - static_cast<std::uint64_t>(sorted_.front().first);
  if (offset < sorted_.size() && sorted_[offset].first == id) return sorted_[offset].second;  // ids without gaps
  const auto at = std::lower_bound(sorted_.begin(), sorted_.end(), std::pair<std::int64_t, std::int32_t>(id, -1));
  return at != sorted_.end() && at->first == id ? at->second : -1;
}

void GraphLines::factor(int size, const std::vector<const char*>& lines, const std::vector<double>& information,
                        std::vector<double>& roots) {
  const auto triangle = static_cast<std::size_t>(size * (size + 1) / 2), square = static_cast<std::size_t>(size * size);
  roots.resize(square * lines.size());
  for (std::size_t k = 0; k < lines.size(); ++k) {
    bool semidefinite = true;
    try {
      semidefinite = sqrt_information(size, &information[triangle * k], &roots[square * k]);
    } catch (const Error&) {
      parser_.fail(lines[k], "an information matrix without a finite square root", "entries below 1e300");
    }
    if (semidefinite) continue;
    if (options_.strict) parser_.fail(lines[k], "an indefinite information matrix", "a positive semidefinite one");
    if (num_clipped_++ == 0) first_clipped_ = lines[k];
  }
}

void GraphLines::warn_of_clipped() {
  if (num_clipped_ == 0) return;
  graph_.warnings.push_back(
      name_ + ": " + std::to_string(num_clipped_) + " of " + std::to_string(edge_ids_.size() + sighting_ids_.size()) +
      " information matrices are indefinite (the first at line " + std::to_string(parser_.line_of(first_clipped_)) +
      "); their negative eigenvalues are taken as zero");
}

void GraphLines::compose_start(bool poses, bool landmarks) {
  const auto check = [this](const std::vector<double>& values) {
    if (std::all_of(values.begin(), values.end(), [](double value) { return std::isfinite(value); })) return;
    throw Error(name_ + ": found measurements that overflow when composed, expected finite poses");
  };
  if (poses) {
    const std::int64_t num_parts = start_from_odometry(graph_);
    check(graph_.poses);
    graph_.warnings.push_back(name_ + no_poses + std::to_string(graph_.ids.size()) + " poses start from the odometry" +
                              (num_parts > 1 ? " in " + std::to_string(num_parts) + " unconnected parts" : ""));
  }
  if (landmarks && !graph_.landmark_ids.empty()) {
    start_from_first_sightings(graph_);
    check(graph_.landmarks);
    graph_.warnings.push_back(name_ + no_landmarks + std::to_string(graph_.landmark_ids.size()) +
                              " landmarks start where they are first seen");
  }
}

void GraphLines::warn_of_skipped() {
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

}  // namespace heliotrope::detail
