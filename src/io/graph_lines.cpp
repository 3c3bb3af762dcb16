// SPDX-License-Identifier: Apache-2.0
#include "graph_lines.hpp"

#include <algorithm>
#include <cmath>

#include "pose_algebra.hpp"

namespace heliotrope::detail {
namespace {

constexpr std::size_t max_count = 2147483647;

}  // namespace

bool GraphLines::next_line(std::string_view& tag) {
  while (parser_.next_line()) {
    line_ = parser_.mark();
    tag = parser_.word();
    if (!tag.empty() && tag.front() != '#') return true;
  }
  return false;
}

bool GraphLines::is_line_read() {
  const char* const mark = parser_.mark();
  return parser_.at_end() || *mark == '#';
}

void GraphLines::end_line() {
  if (!is_line_read()) parser_.fail("the end of the line");
}

void GraphLines::set_dimension(int dimension) {
  if (!std::exchange(has_dimension_, true)) graph_.dimension = dimension;
  if (graph_.dimension == dimension) return;
  parser_.fail(line_, graph_.dimension == 2 ? "only lines in the plane, as those before"
                                            : "only lines in space, as those before");
}

std::int64_t GraphLines::read_id(const char* expected) {
  std::int64_t id = 0;
  if (!parser_.integer(id)) parser_.fail(expected);
  return id;
}

void GraphLines::begin_pose(int dimension) {
  set_dimension(dimension);
  pose_lines_.push_back(line_);
  graph_.ids.push_back(read_id("a vertex id (64-bit integer)"));
  if (graph_.ids.size() > max_count) parser_.fail(line_, "at most 2^31 - 1 poses");
}

void GraphLines::begin_landmark(int dimension) {
  set_dimension(dimension);
  landmark_lines_.push_back(line_);
  graph_.landmark_ids.push_back(read_id("a vertex id (64-bit integer)"));
  if (graph_.landmark_ids.size() > max_count) parser_.fail(line_, "at most 2^31 - 1 landmarks");
}

void GraphLines::begin_edge(int dimension) {
  set_dimension(dimension);
  const std::int64_t from = read_id("the id of the edge's first vertex (64-bit integer)");
  const char* const second = parser_.mark();
  const std::int64_t to = read_id("the id of the edge's second vertex (64-bit integer)");
  if (from == to) parser_.fail(second, "the id of another vertex than the first");
  edge_ids_.push_back({from, to});
  edge_lines_.push_back(line_);
}

void GraphLines::begin_sighting(int dimension) {
  set_dimension(dimension);
  const std::int64_t pose = read_id("the id of the pose that sees the landmark (64-bit integer)");
  const std::int64_t landmark = read_id("the id of the landmark (64-bit integer)");
  sighting_ids_.push_back({pose, landmark});
  sighting_lines_.push_back(line_);
}

void GraphLines::begin_offset() {
  offset_lines_.push_back(line_);
  graph_.offset_ids.push_back(read_id("the id of an offset (64-bit integer)"));
  if (graph_.offset_ids.size() > max_count) parser_.fail(line_, "at most 2^31 - 1 offsets");
}

void GraphLines::read_numbers(int count, const char* what, std::vector<double>& values) {
  for (int i = 0; i < count; ++i) {
    double value = 0.0;
    if (!parser_.number(value)) {
      parser_.fail("a finite number (" + std::string(what) + ", " + std::to_string(i + 1) + " of " +
                   std::to_string(count) + ")");
    }
    values.push_back(value);
  }
}

void GraphLines::read_pose(int dimension, const char* what, std::vector<double>& values) {
  const char* const first = parser_.mark();
  read_numbers(dimension == 2 ? 3 : 7, what, values);
  if (dimension == 3 && !normalise(&values[values.size() - 4])) {
    parser_.fail(first, "a quaternion of length zero", "a quaternion");
  }
}

void GraphLines::read_sensor() { sensor_ids_.push_back(read_id("the id of the sensor's offset (64-bit integer)")); }

void GraphLines::read_fixed() {
  do {
    const char* const mark = parser_.mark();
    fixed_.push_back({read_id("the id of a vertex to fix (64-bit integer)"), mark});
  } while (!is_line_read());
}

void GraphLines::read_equivalence() {
  std::array<IdAt, 2> pair{};
  for (IdAt& named : pair) {
    const char* const mark = parser_.mark();
    named = {read_id("the id of a vertex (64-bit integer)"), mark};
  }
  equivalences_.push_back(pair);
  end_line();
}

}  // namespace heliotrope::detail
