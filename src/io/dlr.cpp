// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/io/dlr.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "graph_lines.hpp"
#include "heliotrope/io/text_file.hpp"
#include "heliotrope/io/text_parser.hpp"

namespace heliotrope {
namespace {

std::string without_commas(std::string_view text) {
  std::string blank(text);
  std::replace(blank.begin(), blank.end(), ',', ' ');
  return blank;
}

/// Appends the upper triangle of a whole matrix.
void read_matrix(detail::GraphLines& lines, int size, std::vector<double>& upper) {
  std::vector<double> m;
  lines.read_numbers(size * size, "information", m);
  const auto at = [&](int i, int j) { return m[static_cast<std::size_t>(size * i + j)]; };
  for (int i = 0; i < size; ++i) {
    for (int j = i; j < size; ++j) {
      // A tenth of it is what numbers printed with six digits can differ by.
      if (std::abs(at(i, j) - at(j, i)) > 1e-5 * (std::abs(at(i, i)) + std::abs(at(j, j)))) {
        lines.parser().fail(lines.line(), "an information matrix that is not symmetric", "a symmetric one");
      }
      upper.push_back(at(i, j));
    }
  }
}

/// The graph's numbers of one id: of a pose where size is 3, of a landmark where it is 2; nullptr: there is none.
double* find(PoseGraph& graph, std::int64_t id, std::int64_t size, std::size_t& vertex) {
  const auto& ids = size == 3 ? graph.ids : graph.landmark_ids;
  const auto at = std::lower_bound(ids.begin(), ids.end(), id);
  if (at == ids.end() || *at != id) return nullptr;
  const auto place = static_cast<std::size_t>(at - ids.begin());
  vertex = size == 3 ? place : graph.ids.size() + place;
  return (size == 3 ? graph.poses.data() : graph.landmarks.data()) + static_cast<std::size_t>(size) * place;
}

}  // namespace

PoseGraph parse_dlr_edges(std::string_view name, std::string_view text, const PoseGraphOptions& options) {
  const std::string blank = without_commas(text);
  detail::GraphLines lines(name, blank, options);
  PoseGraph& graph = lines.graph();
  std::string_view tag;
  while (lines.next_line(tag)) {
    if (tag == "P") {
      lines.begin_edge(2);
      lines.read_pose(2, "measurement", graph.measurements);
      read_matrix(lines, 3, graph.information);
      lines.end_line();
    } else if (tag == "L") {
      lines.begin_sighting(2);
      lines.read_numbers(2, "measurement", graph.sightings);
      read_matrix(lines, 2, graph.sighting_information);
      lines.end_line();
    } else {
      lines.skip(tag);
    }
  }
  return lines.join("P or L");
}

void set_dlr_state(std::string_view table_name, std::string_view table, std::string_view state_name,
                   std::string_view state, PoseGraph& graph) {
  TextParser numbers(state_name, state);
  std::vector<double> values;
  while (!numbers.at_end()) {
    double value = 0.0;
    if (!numbers.number(value)) numbers.fail("a finite number");
    values.push_back(value);
  }
  const std::string blank = without_commas(table);
  TextParser parser(table_name, blank);
  std::vector<char> known(graph.ids.size() + graph.landmark_ids.size(), 0);
  std::size_t num_known = 0;
  while (parser.next_line()) {
    const char* const line = parser.mark();
    if (parser.at_end()) continue;
    std::int64_t id = 0, first = 0, size = 0;
    if (!parser.integer(id)) parser.fail("the id of a vertex");
    const char* const second = parser.mark();
    if (!parser.integer(first) || first < 0) parser.fail(second, "a place in the state");
    const char* const third = parser.mark();
    if (!parser.integer(size) || (size != 2 && size != 3)) parser.fail(third, "the size 3 (pose) or 2 (landmark)");
    if (!parser.at_end()) parser.fail("the end of the line");
    std::size_t vertex = 0;
    double* const target = find(graph, id, size, vertex);
    if (target == nullptr) {
      parser.fail(line, "vertex " + std::to_string(id),
                  std::string("a ") + (size == 3 ? "pose" : "landmark") + " that an edge names");
    }
    if (std::exchange(known[vertex], 1)) parser.fail(line, "vertex " + std::to_string(id) + " again", "each once");
    if (first > static_cast<std::int64_t>(values.size()) - size) {
      parser.fail(line, "place " + std::to_string(first), "one in a state of " + std::to_string(values.size()));
    }
    std::copy_n(values.begin() + first, size, target);
    ++num_known;
  }
  if (num_known != known.size()) {
    parser.fail("a line for each of " + std::to_string(known.size()) + " vertices, of which " +
                std::to_string(num_known) + " have one");
  }
  std::erase_if(graph.warnings, detail::is_of_start);
}

PoseGraph read_dlr(const std::filesystem::path& edges, const std::filesystem::path& vertices,
                   const std::filesystem::path& state, const PoseGraphOptions& options) {
  const TextFile edge_file = read_file(edges), table = read_file(vertices), values = read_file(state);
  PoseGraph graph = parse_dlr_edges(edge_file.name, edge_file.text, options);
  set_dlr_state(table.name, table.text, values.name, values.text, graph);
  return graph;
}

}  // namespace heliotrope
