// SPDX-License-Identifier: Apache-2.0
// Landmarks in g2o files.
#include <cmath>
#include <string>

#include "catch.hpp"
#include "files.hpp"
#include "heliotrope/io/g2o.hpp"
#include "same_graph.hpp"

using Catch::Matchers::Contains;
using heliotrope::parse_g2o;
using heliotrope::PoseGraph;
using heliotrope_test::error_of, heliotrope_test::same, heliotrope_test::warns_of;
using heliotrope_test::TemporaryFolder;

namespace {

const std::string weight2 = " 1 0 1\n", weight3 = " 1 0 0 1 0 1\n";
const std::string edge2 = "EDGE_SE2 0 1 1 0 0 1 0 0 1 0 1\n";

const std::string planar = "VERTEX_SE2 0 0 0 0\nVERTEX_SE2 1 1 0 0\nVERTEX_XY 7 2 3\nVERTEX_XY 5 -1 4\n" + edge2 +
                           "EDGE_SE2_XY 0 5 -1 4 4 0 9\nLANDMARK2 1 7 1 3 1 0.5 2\nEDGE_SE2_XY 1 5 -2 4" + weight2 +
                           "FIX 5 0\n";
const std::string spatial =
    "VERTEX_SE3:QUAT 0 0 0 0 0 0 0 1\nVERTEX_TRACKXYZ 3 1 2 3\nPARAMS_SE3OFFSET 4 0 0 0 0 0 0 1\n"
    "EDGE_SE3_TRACKXYZ 0 3 -2 1 2 3" +
    weight3 + "PARAMS_SE3OFFSET -2 0.5 0 0 0 0 3 4\nEDGE_SE3_TRACKXYZ 0 3 4 1 2 3 4 1 0 9 0 16\n";

std::string landmark_error(const std::string& text) {
  return error_of([&] { parse_g2o("graph", text); });
}

}  // namespace

TEST_CASE("landmarks: vertices and sightings in the plane", "[io][g2o]") {
  const PoseGraph graph = parse_g2o("graph", planar);
  CHECK(graph.landmark_ids == std::vector<std::int64_t>{7, 5});
  CHECK(graph.landmarks == std::vector<double>{2, 3, -1, 4});
  CHECK(graph.observer == std::vector<std::int32_t>{0, 1, 1});
  CHECK(graph.observed == std::vector<std::int32_t>{1, 0, 1});
  CHECK(graph.sensor == std::vector<std::int32_t>{-1, -1, -1});
  CHECK(graph.sightings == std::vector<double>{-1, 4, 1, 3, -2, 4});
  CHECK(graph.sighting_information == std::vector<double>{4, 0, 9, 1, 0.5, 2, 1, 0, 1});
  CHECK(std::vector<double>(graph.sighting_sqrt_information.begin(), graph.sighting_sqrt_information.begin() + 4) ==
        std::vector<double>{2, 0, 0, 3});
  CHECK(graph.fixed == std::vector<std::int32_t>{0});
  CHECK(graph.fixed_landmarks == std::vector<std::int32_t>{1});
  CHECK(graph.warnings.empty());
}

TEST_CASE("landmarks: sightings in space name the offset of their sensor", "[io][g2o]") {
  const PoseGraph graph = parse_g2o("graph", spatial);
  CHECK(graph.num_edges() == 0);
  CHECK(graph.offset_ids == std::vector<std::int64_t>{4, -2});
  CHECK(graph.offsets[7] == 0.5);
  CHECK(graph.offsets[12] == Approx(0.6));
  CHECK(graph.sensor == std::vector<std::int32_t>{1, 0});
  CHECK(graph.sighting_information[7] == 1.0);
  CHECK(graph.landmarks == std::vector<double>{1, 2, 3});
}

TEST_CASE("landmarks: writing and reading is the identity", "[io][g2o]") {
  const TemporaryFolder folder;
  for (const std::string& text : {planar, spatial}) {
    const PoseGraph graph = parse_g2o("graph", text);
    write_g2o(folder / "a.g2o", graph);
    CHECK(same(heliotrope::read_g2o(folder / "a.g2o"), graph));
  }
  // A sensor at the pose itself becomes an offset of its own, with the lowest free id.
  PoseGraph graph = parse_g2o("graph", spatial);
  graph.offset_ids = {0, 2};
  graph.sensor = {-1, 1};
  write_g2o(folder / "a.g2o", graph);
  const PoseGraph back = heliotrope::read_g2o(folder / "a.g2o");
  CHECK(back.offset_ids == std::vector<std::int64_t>{0, 2, 1});
  CHECK(back.sensor == std::vector<std::int32_t>{2, 1});
}

TEST_CASE("landmarks: LANDMARK2 without any vertex line starts from odometry and first sighting", "[io][g2o]") {
  // Ids of poses have gaps where landmarks took numbers; the second sighting of 2 disagrees and is not followed.
  const PoseGraph graph = parse_g2o("graph", "EDGE_SE2 0 1 1 0 1.5707963267948966 1 0 0 1 0 1\nLANDMARK2 1 2 3 1" +
                                                 weight2 + "EDGE_SE2 1 3 1 0 0 1 0 0 1 0 1\nLANDMARK2 3 2 100 100" +
                                                 weight2 + "LANDMARK2 3 4 0 -1" + weight2);
  CHECK(graph.ids == std::vector<std::int64_t>{0, 1, 3});
  CHECK(graph.landmark_ids == std::vector<std::int64_t>{2, 4});
  const double expected[] = {0, 3, 2, 1};
  for (std::size_t i = 0; i < 4; ++i) CHECK(graph.landmarks[i] == Approx(expected[i]).margin(1e-15));
  REQUIRE(graph.warnings.size() == 2);
  CHECK(warns_of(graph, "no VERTEX lines; the 3 poses start from the odometry"));
  CHECK(warns_of(graph, "no lines of landmarks; the 2 landmarks start where they are first seen"));
}

TEST_CASE("landmarks: in space the first sighting is placed behind pose and offset", "[io][g2o]") {
  // The pose is turned a quarter about z, its sensor another quarter: what is ahead of the sensor is at -x.
  const std::string quarter = " 0 0 0.70710678118654752 0.70710678118654752\n";
  const PoseGraph graph = parse_g2o("graph", "VERTEX_SE3:QUAT 0 10 0 0" + quarter + "PARAMS_SE3OFFSET 0 1 0 0" +
                                                 quarter + "EDGE_SE3_TRACKXYZ 0 9 0 5 0 7" + weight3);
  const double expected[] = {5, 1, 7};
  for (std::size_t i = 0; i < 3; ++i) CHECK(graph.landmarks[i] == Approx(expected[i]).margin(1e-14));
}

TEST_CASE("landmarks: malformed lines are told", "[io][g2o][fault]") {
  CHECK_THAT(landmark_error(planar + "VERTEX_XY 7 0 0\n"),
             Contains("graph:10: found vertex 7 again, expected each vertex once"));
  CHECK_THAT(landmark_error(planar + "VERTEX_XY 1 0 0\n"),
             Contains("graph:10: found vertex 1 as a pose and as a landmark, expected each vertex as one of them"));
  CHECK_THAT(landmark_error(edge2 + "LANDMARK2 0 1 2 3" + weight2),
             Contains("graph:2: found vertex 1 as a pose and as a"));
  CHECK_THAT(landmark_error(planar + "LANDMARK2 7 5 0 0" + weight2),
             Contains("graph:10: found a sighting that names vertex 7"));
  CHECK_THAT(landmark_error(planar + "LANDMARK2 0 6 0 0" + weight2),
             Contains("graph:10: found a sighting that names vertex 6"));
  CHECK_THAT(landmark_error(planar + "EDGE_SE2 0 7 1 0 0 1 0 0 1 0 1"),
             Contains("graph:10: found an edge that names vertex 7"));
  CHECK_THAT(landmark_error(planar + "LANDMARK2 0 5 0 0 1 0\n"),
             Contains("graph:10: found the end of the file, expected a finite number (information, 3 of 3)"));
  CHECK_THAT(landmark_error(planar + "LANDMARK2 0 5 0 nan" + weight2),
             Contains("graph:10: found 'nan', expected a finite"));
  CHECK_THAT(landmark_error(planar + "VERTEX_TRACKXYZ 8 0 0 0\n"), Contains("expected only lines in the plane"));
  CHECK_THAT(landmark_error(spatial + "EDGE_SE3_TRACKXYZ 0 3 5 1 2 3" + weight3),
             Contains("graph:7: found a sighting that names offset 5, expected an offset that the file defines"));
  CHECK_THAT(landmark_error(spatial + "PARAMS_SE3OFFSET 4 0 0 0 0 0 0 1\n"), Contains("graph:7: found offset 4 again"));
  CHECK_THAT(landmark_error(spatial + "PARAMS_SE3OFFSET 5 0 0 0 0 0 0 0\n"), Contains("a quaternion of length zero"));
  CHECK_THAT(landmark_error(spatial + "VERTEX_XY 8 0 0\n"), Contains("expected only lines in space"));
  CHECK_THAT(landmark_error("EDGE_SE2 0 1 1e308 0 0 1 0 0 1 0 1\nLANDMARK2 1 2 1e308 0" + weight2),
             Contains("measurements that overflow"));
  CHECK(landmark_error("VERTEX_XY 1 0 0\n") ==
        "graph:1: found the end of the file, expected at least one line EDGE_SE2 or EDGE_SE3:QUAT");
  CHECK_THAT(error_of([] { parse_g2o("graph", planar + "LANDMARK2 0 5 0 0 1 2 1\n", {.strict = true}); }),
             Contains("graph:10: found an indefinite information matrix"));
}

TEST_CASE("landmarks: writing refuses what does not fit", "[io][g2o][fault]") {
  const TemporaryFolder folder;
  const PoseGraph good = parse_g2o("graph", planar);
  const auto refused = [&](auto&& spoil, const std::string& message) {
    PoseGraph bad = good;
    spoil(bad);
    CHECK_THAT(error_of([&] { write_g2o(folder / "a.g2o", bad); }), Contains(message));
  };
  refused([](PoseGraph& g) { g.observed[0] = 2; }, "not written: found landmark 2, expected 0 to 1");
  refused([](PoseGraph& g) { g.observer[0] = -1; }, "not written: found pose -1, expected 0 to 1");
  refused([](PoseGraph& g) { g.sensor[1] = 0; }, "not written: found offset 0, expected -1 to -1");
  refused([](PoseGraph& g) { g.sightings.pop_back(); }, "another number of landmarks or sightings");
  refused([](PoseGraph& g) { g.landmarks[0] = std::nan(""); }, "a number that is not finite");
  CHECK_FALSE(std::filesystem::exists(folder / "a.g2o"));
}
