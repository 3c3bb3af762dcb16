// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/io/dlr.hpp"

#include <cmath>
#include <string>

#include "catch.hpp"
#include "datasets.hpp"
#include "files.hpp"
#include "heliotrope/io/text_file.hpp"

using Catch::Matchers::Contains;
using heliotrope::parse_dlr_edges;
using heliotrope::PoseGraph;
using heliotrope_test::error_of;

namespace {

const std::string edges = "P,0,7,1,0,0.5,4,1,2,1,9,3,2,3,16\nL,7,2,3,-1,4,0.5,0.5,9\nP,7,8,1,0,0,1,0,0,0,1,0,0,0,1\n";

std::string dlr_error(const std::string& text) {
  return error_of([&] { parse_dlr_edges("edges", text); });
}

std::string state_error(const std::string& table, const std::string& state) {
  PoseGraph graph = parse_dlr_edges("edges", edges);
  return error_of([&] { set_dlr_state("table", table, "state", state, graph); });
}

}  // namespace

TEST_CASE("dlr: edges, landmarks and whole matrices", "[io][dlr]") {
  const PoseGraph graph = parse_dlr_edges("edges", edges);
  CHECK(graph.ids == std::vector<std::int64_t>{0, 7, 8});
  CHECK(graph.landmark_ids == std::vector<std::int64_t>{2});
  CHECK(std::vector<double>(graph.information.begin(), graph.information.begin() + 6) ==
        std::vector<double>{4, 1, 2, 9, 3, 16});
  CHECK(graph.sighting_information == std::vector<double>{4, 0.5, 9});
  CHECK(graph.sightings == std::vector<double>{3, -1});
  CHECK(graph.landmarks[0] == Approx(1 + 3 * std::cos(0.5) + std::sin(0.5)));
  CHECK(graph.warnings.size() == 2);
}

TEST_CASE("dlr: the state is read by the table of places", "[io][dlr]") {
  PoseGraph graph = parse_dlr_edges("edges", edges);
  set_dlr_state("table", "7,2,3\n2,0,2\n8,5,3\n0,8,3\n", "state", "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n", graph);
  CHECK(graph.poses == std::vector<double>{9, 10, 11, 3, 4, 5, 6, 7, 8});
  CHECK(graph.landmarks == std::vector<double>{1, 2});
  CHECK(graph.warnings.empty());
}

TEST_CASE("dlr: malformed files are told", "[io][dlr][fault]") {
  CHECK_THAT(dlr_error("# none\n"), Contains("edges:1: found ") && Contains("expected at least one line P or L"));
  CHECK_THAT(dlr_error("P,0,7,1,0,0.5,4,1,2,1,9,3,2,3\n"), Contains("expected a finite number (information, 9 of 9)"));
  CHECK_THAT(dlr_error("P,0,7,1,0,0.5,4,1,2,1,9,3,2,4,16\n"),
             Contains("edges:1: found an information matrix that is not"));
  CHECK_THAT(dlr_error("L,0,2,1,0,1,0,0,1,5\n"), Contains("edges:1: found '5', expected the end of the line"));
  CHECK_THAT(dlr_error(edges + "L,0,7,1,0,1,0,0,1\n"), Contains("found vertex 7 as a pose and as a landmark"));
  const std::string state = "1 2 3 4 5 6 7 8 9 10 11", table = "0,0,3\n7,3,3\n8,6,3\n2,9,2\n";
  CHECK(state_error(table, state) == "no error");
  CHECK_THAT(state_error(table + "9,0,3\n", state),
             Contains("table:5: found vertex 9, expected a pose that an edge names"));
  CHECK_THAT(state_error(table + "7,0,2\n", state), Contains("table:5: found vertex 7, expected a landmark"));
  CHECK_THAT(state_error(table + "7,0,3\n", state), Contains("table:5: found vertex 7 again"));
  CHECK_THAT(state_error("0,9,3\n", state), Contains("table:1: found place 9, expected one in a state of 11"));
  CHECK_THAT(state_error("0,-1,3\n", state), Contains("found '-1', expected a place in the state"));
  CHECK_THAT(state_error("0,9223372036854775807,3\n", state), Contains("found place 9223372036854775807"));
  CHECK_THAT(state_error("0,0,4\n", state), Contains("found '4', expected the size 3 (pose) or 2 (landmark)"));
  CHECK_THAT(state_error("0,0,3\n", state), Contains("expected a line for each of 4 vertices, of which 1 have one"));
  CHECK_THAT(state_error(table, "1 2 nan"), Contains("state:1: found 'nan', expected a finite number"));
}

TEST_CASE("dlr: the shared files", "[io][dlr][datasets]") {
  const auto folder = heliotrope_test::datasets() / "pose_graph";
  if (!heliotrope::has_compression() || !std::filesystem::exists(folder)) {
    WARN("skipped: no libarchive, or no data sets at " << folder);
    return;
  }
  const PoseGraph graph = heliotrope::read_dlr(folder / "dlr_edges.txt.xz", folder / "dlr_vertices.txt.gz",
                                               folder / "dlr_initial_state.txt.gz");
  CHECK(graph.num_poses() == 3297);
  CHECK(graph.num_edges() == 3296);
  CHECK(graph.num_landmarks() == 576);
  CHECK(graph.num_sightings() == 14309);
  CHECK(graph.poses[0] == 0.00088);
}
