// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/io/g2o.hpp"

#include <Eigen/Core>
#include <cmath>
#include <limits>
#include <numbers>
#include <string>

#include "catch.hpp"
#include "files.hpp"

using Catch::Matchers::Contains;
using heliotrope::parse_g2o;
using heliotrope::PoseGraph;
using heliotrope_test::error_of;
using heliotrope_test::TemporaryFolder;

namespace {

const std::string information2 = " 1 0 0 1 0 1\n";
const std::string information3 = " 1 0 0 0 0 0 1 0 0 0 0 1 0 0 0 1 0 0 1 0 1\n";

std::string g2o_error(const std::string& text, const heliotrope::PoseGraphOptions& options = {}) {
  return error_of([&] { parse_g2o("graph", text, options); });
}

}  // namespace

TEST_CASE("g2o: poses, edges, FIX, comments and blank lines in any order", "[io][g2o]") {
  const PoseGraph graph = parse_g2o("graph",
                                    "# a comment\nFIX 7 -3\n\nEDGE_SE2 -3 7 1 2 0.5 4 0 0 9 0 16 # behind\n"
                                    "VERTEX_SE2 7 0.5 -1 4\r\n  VERTEX_SE2 -3 +1 2 3\nFIX 7\n"
                                    "EDGE_SE2 -3 7 1 2 0.5 4 0 0 9 0 16");
  CHECK(graph.dimension == 2);
  CHECK(graph.ids == std::vector<std::int64_t>{7, -3});
  CHECK(graph.poses == std::vector<double>{0.5, -1, 4, 1, 2, 3});
  CHECK(graph.from == std::vector<std::int32_t>{1, 1});  // a repeated edge is kept
  CHECK(graph.to == std::vector<std::int32_t>{0, 0});
  CHECK(graph.fixed == std::vector<std::int32_t>{0, 1});
  CHECK(std::vector<double>(graph.sqrt_information.begin(), graph.sqrt_information.begin() + 9) ==
        std::vector<double>{2, 0, 0, 0, 3, 0, 0, 0, 4});
  CHECK(graph.warnings.empty());
}

TEST_CASE("g2o: unknown tags are skipped with one warning that counts them", "[io][g2o]") {
  const PoseGraph graph =
      parse_g2o("graph", "LASER_ROBOT_DATA x y\nVERTEX_SE2 0 0 0 0\nVERTEX_SE2 1 0 0 0\nEDGE_SE2 0 1 1 0 0" +
                             information2 + "PARAMS_CAMERACALIB 0 1\nLASER_ROBOT_DATA\n");
  REQUIRE(graph.warnings.size() == 1);
  CHECK(graph.warnings[0] == "graph: skipped lines with unknown tags: LASER_ROBOT_DATA (2), PARAMS_CAMERACALIB (1)");
}

TEST_CASE("g2o: quaternions are normalised", "[io][g2o]") {
  const PoseGraph graph = parse_g2o("graph",
                                    "VERTEX_SE3:QUAT 0 1 2 3 0 0 3 4\nVERTEX_SE3:QUAT 1 0 0 0 1e-200 0 0 0\n"
                                    "EDGE_SE3:QUAT 0 1 0 0 0 0 1e200 0 1e200" +
                                        information3);
  CHECK(graph.dimension == 3);
  CHECK(graph.poses[5] == Approx(0.6));
  CHECK(graph.poses[6] == Approx(0.8));
  CHECK(graph.poses[10] == Approx(1.0));
  CHECK(graph.measurements[4] == Approx(std::sqrt(0.5)));
  CHECK_THAT(g2o_error("VERTEX_SE3:QUAT 0 1 2 3 0 0 0 0\n"),
             Contains("graph:1: found a quaternion of length zero, expected a quaternion"));
}

TEST_CASE("g2o: without vertices poses start from the odometry", "[io][g2o]") {
  // Ids with gaps; the edge from 10 to 20 is told backwards; a wrong closure must not be followed.
  const PoseGraph graph =
      parse_g2o("graph", "EDGE_SE2 30 10 100 100 1" + information2 + "EDGE_SE2 20 10 -1 0 0" + information2 +
                             "EDGE_SE2 20 30 1 0 1.5707963267948966" + information2 + "EDGE_SE2 20 30 5 5 5" +
                             information2 + "EDGE_SE2 30 40 2 0 0" + information2);
  CHECK(graph.ids == std::vector<std::int64_t>{10, 20, 30, 40});
  const double expected[] = {0, 0, 0, 1, 0, 0, 2, 0, std::numbers::pi / 2, 2, 2, std::numbers::pi / 2};
  for (std::size_t i = 0; i < 12; ++i) CHECK(graph.poses[i] == Approx(expected[i]).margin(1e-15));
  REQUIRE(graph.warnings.size() == 1);
  CHECK_THAT(graph.warnings[0], Contains("no VERTEX lines; the 4 poses start from the odometry"));
}

TEST_CASE("g2o: a gap in the odometry is crossed by other edges, a gap in the graph is told", "[io][g2o]") {
  const PoseGraph crossed = parse_g2o("graph", "EDGE_SE2 0 1 1 0 0" + information2 + "EDGE_SE2 3 2 -1 0 0" +
                                                   information2 + "EDGE_SE2 1 3 0 7 0" + information2);
  CHECK(crossed.poses == std::vector<double>{0, 0, 0, 1, 0, 0, 0, 7, 0, 1, 7, 0});
  const PoseGraph loose = parse_g2o("graph", "EDGE_SE2 0 1 1 0 0" + information2 + "EDGE_SE2 5 9 1 0 0" + information2);
  CHECK(loose.poses == std::vector<double>{0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0});
  CHECK_THAT(loose.warnings[0], Contains("in 2 unconnected parts"));
}

TEST_CASE("g2o: in space the odometry composes rotations and inverts backward edges", "[io][g2o]") {
  // A quarter turn about z and a step of 1 along x, four times, told forwards and backwards, is the identity.
  const std::string q = " 0 0 0.70710678118654752 0.70710678118654752",
                    back = " 0 0 -0.70710678118654752 0.70710678118654752";
  const PoseGraph graph = parse_g2o("graph", "EDGE_SE3:QUAT 0 1 1 0 0" + q + information3 + "EDGE_SE3:QUAT 2 1 0 1 0" +
                                                 back + information3 + "EDGE_SE3:QUAT 2 3 1 0 0" + q + information3 +
                                                 "EDGE_SE3:QUAT 4 3 0 1 0" + back + information3);
  const double last[] = {0, 0, 0, 0, 0, 0, -1};
  for (std::size_t i = 0; i < 7; ++i) CHECK(std::abs(graph.poses[28 + i]) == Approx(std::abs(last[i])).margin(1e-15));
  CHECK(graph.poses[14] == Approx(1.0));
  CHECK(graph.poses[15] == Approx(1.0));
}

TEST_CASE("g2o: malformed graphs are told by line", "[io][g2o][fault]") {
  const std::string two = "VERTEX_SE2 0 0 0 0\nVERTEX_SE2 1 1 0 0\n";
  const std::string edge = "EDGE_SE2 0 1 1 0 0";
  CHECK_THAT(g2o_error(""), Contains("graph:1: found the end of the file, expected at least one line EDGE_SE2"));
  CHECK_THAT(g2o_error(two), Contains("graph:2: found the end of the file, expected at least one line EDGE_SE2"));
  CHECK_THAT(g2o_error(two + edge + " 1 0\n# x"),
             Contains("graph:3: found the end of the line, expected a finite number (information, 3 of 6)"));
  CHECK_THAT(g2o_error("VERTEX_SE2 0 0 0\nVERTEX_SE2 1"),
             Contains("graph:1: found the end of the line, expected a finite number (pose, 3 of 3)"));
  CHECK_THAT(g2o_error(two + edge + " 1 0 0 1 0 1 7\n"), Contains("graph:3: found '7', expected the end of the line"));
  CHECK_THAT(g2o_error(two + "EDGE_SE2 0 1 1 zero 0" + information2),
             Contains("graph:3: found 'zero', expected a finite number (measurement, 2 of 3)"));
  CHECK_THAT(g2o_error(two + "EDGE_SE2 0 1 1 nan 0" + information2),
             Contains("graph:3: found 'nan', expected a finite"));
  CHECK_THAT(g2o_error(two + "EDGE_SE2 0 1.5 1 0 0" + information2),
             Contains("graph:3: found '1.5', expected the id of the edge's second vertex"));
  CHECK_THAT(g2o_error("VERTEX_SE2 9223372036854775808 0 0 0\n"), Contains("expected a vertex id (64-bit integer)"));
  CHECK_THAT(g2o_error(two + "VERTEX_SE2 1 0 0 0\n" + edge + information2),
             Contains("graph:3: found vertex 1 again, expected each vertex once"));
  CHECK_THAT(
      g2o_error(two + edge + information2 + "EDGE_SE2 1 2 1 0 0" + information2 + "EDGE_SE2 2 1 1 0 0" + information2),
      Contains("graph:4: found an edge that names vertex 2, expected a vertex that the file defines"));
  CHECK_THAT(g2o_error(two + edge + information2 + "FIX 0\nFIX 1 5\n"),
             Contains("graph:5: found a FIX line that names vertex 5"));
  CHECK_THAT(g2o_error(two + "FIX\n" + edge + information2),
             Contains("graph:3: found the end of the line, expected the id of a vertex to fix"));
  CHECK_THAT(g2o_error(two + "EDGE_SE2 1 1 1 0 0" + information2),
             Contains("graph:3: found '1', expected the id of another vertex"));
  CHECK_THAT(g2o_error(two + "EDGE_SE3:QUAT 0 1 0 0 0 0 0 0 1" + information3),
             Contains("graph:3: found 'EDGE_SE3:QUAT', expected only lines in the plane"));
  CHECK_THAT(g2o_error(two + edge + " 1e308 1e308 0 1e308 0 1\n"), !Contains("nan"));
  CHECK_THAT(g2o_error("EDGE_SE2 0 1 1e308 0 0" + information2 + "EDGE_SE2 1 2 1e308 0 0" + information2),
             Contains("measurements that overflow"));
}

TEST_CASE("g2o: indefinite information is clipped with one warning, or refused", "[io][g2o]") {
  const std::string text = "VERTEX_SE2 0 0 0 0\nVERTEX_SE2 1 1 0 0\nEDGE_SE2 0 1 1 0 0" + information2 +
                           "EDGE_SE2 0 1 1 0 0 4 0 0 -9 0 16\nEDGE_SE2 1 0 1 0 0 1 2 0 1 0 1\n";
  const PoseGraph graph = parse_g2o("graph", text);
  REQUIRE(graph.warnings.size() == 1);
  CHECK(graph.warnings[0] ==
        "graph: 2 of 3 information matrices are indefinite (the first at line 4); their negative eigenvalues are taken "
        "as zero");
  CHECK(graph.information[9] == -9.0);
  const Eigen::Map<const Eigen::Matrix<double, 3, 3, Eigen::RowMajor>> w1(&graph.sqrt_information[9]);
  const Eigen::Matrix3d first = w1.transpose() * w1;
  CHECK((first - Eigen::Vector3d(4, 0, 16).asDiagonal().toDenseMatrix()).norm() < 1e-14);
  // Eigenvalues 3 and -1 of [1 2; 2 1]: clipped to 3/2 [1 1; 1 1].
  const Eigen::Map<const Eigen::Matrix<double, 3, 3, Eigen::RowMajor>> w2(&graph.sqrt_information[18]);
  Eigen::Matrix3d expected = Eigen::Matrix3d::Identity();
  expected.topLeftCorner<2, 2>().setConstant(1.5);
  CHECK((w2.transpose() * w2 - expected).norm() < 1e-14);
  CHECK(g2o_error(text, {.strict = true}) ==
        "graph:4: found an indefinite information matrix, expected a positive semidefinite one");
}

TEST_CASE("g2o: semidefinite information is not reported, whatever its units", "[io][g2o]") {
  double root[36];
  const double zero[6] = {}, rank_one[6] = {1, 1, 1, 1, 1, 1}, rounded[6] = {1e8, 1.000001e4, 0, 1, 0, 1e-8};
  CHECK(heliotrope::sqrt_information(3, zero, root));
  CHECK(heliotrope::sqrt_information(3, rank_one, root));
  CHECK(heliotrope::sqrt_information(3, rounded, root));
  const double small_negative[6] = {1e8, 0, 0, 1, 0, -1e-8};
  CHECK_FALSE(heliotrope::sqrt_information(3, small_negative, root));
  CHECK_THAT(error_of([&] { heliotrope::sqrt_information(4, zero, root); }), Contains("found size 4"));
}

TEST_CASE("g2o: the square root reproduces random matrices", "[io][g2o]") {
  std::srand(7);
  for (int repeat = 0; repeat < 200; ++repeat) {
    using Matrix6 = Eigen::Matrix<double, 6, 6>;
    const int rank = 1 + repeat % 6;
    const Eigen::Matrix<double, 6, Eigen::Dynamic> factor = Eigen::MatrixXd::Random(6, rank);
    const Matrix6 information = factor * factor.transpose();
    double upper[21], root[36];
    for (int i = 0, k = 0; i < 6; ++i) {
      for (int j = i; j < 6; ++j) upper[k++] = information(i, j);
    }
    CHECK(heliotrope::sqrt_information(6, upper, root));
    const Eigen::Map<Eigen::Matrix<double, 6, 6, Eigen::RowMajor>> w(root);
    CHECK((w.transpose() * w - information).norm() < 1e-13 * information.norm());
  }
}

TEST_CASE("g2o: writing refuses what does not fit", "[io][g2o][fault]") {
  const TemporaryFolder folder;
  const PoseGraph good = parse_g2o("graph", "EDGE_SE2 0 1 1 0 0" + information2);
  PoseGraph bad = good;
  bad.to[0] = 2;
  CHECK_THAT(error_of([&] { write_g2o(folder / "a.g2o", bad); }),
             Contains("not written: found pose 2, expected 0 to 1"));
  bad = good;
  bad.information.pop_back();
  CHECK_THAT(error_of([&] { write_g2o(folder / "a.g2o", bad); }), Contains("arrays for another number"));
  bad = good;
  bad.dimension = 4;
  CHECK_THAT(error_of([&] { write_g2o(folder / "a.g2o", bad); }), Contains("found dimension 4"));
  CHECK_FALSE(std::filesystem::exists(folder / "a.g2o"));
}
