// SPDX-License-Identifier: Apache-2.0
// The text formats of TORO and iSAM.
#include "heliotrope/io/toro.hpp"

#include <Eigen/Geometry>
#include <cmath>
#include <string>

#include "catch.hpp"
#include "files.hpp"
#include "same_graph.hpp"

using Catch::Matchers::Contains;
using heliotrope::parse_isam;
using heliotrope::parse_toro;
using heliotrope::PoseGraph;
using heliotrope_test::distance, heliotrope_test::error_of, heliotrope_test::same, heliotrope_test::warns_of;
using heliotrope_test::TemporaryFolder;

namespace {

// The upper triangle 1 2 ... 21 beside a matrix that it is the triangle of, made diagonally dominant.
const std::string triangle = " 91 2 3 4 5 6 97 8 9 10 11 92 13 14 15 96 17 18 99 20 91";

/// R with R' R = the information of edge k, in the graph's units.
Eigen::MatrixXd root(const PoseGraph& graph, std::size_t k) {
  const int n = graph.tangent_size();
  using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  return Eigen::Map<const Matrix>(graph.sqrt_information.data() + static_cast<std::size_t>(n * n) * k, n, n);
}

Eigen::Quaterniond turn(double roll, double pitch, double yaw) {
  using Eigen::AngleAxisd, Eigen::Vector3d;
  return AngleAxisd(yaw, Vector3d::UnitZ()) * AngleAxisd(pitch, Vector3d::UnitY()) *
         AngleAxisd(roll, Vector3d::UnitX());
}

}  // namespace

TEST_CASE("toro: information in the plane has its own order, and edges run backwards", "[io][toro]") {
  const PoseGraph graph = parse_toro("graph",
                                     "# made here\nVERTEX2 0 0 0 0\nVERTEX2 1 1 2 0.5 # second\nVERTEX2 5 0 0 0\n"
                                     "EDGE2 1 0 -1 0.25 4 10 1 20 30 2 3\nEDGE2 5 1 0 0 0 1 0 1 1 0 0\n");
  CHECK(graph.dimension == 2);
  CHECK(graph.ids == std::vector<std::int64_t>{0, 1, 5});
  CHECK(graph.poses == std::vector<double>{0, 0, 0, 1, 2, 0.5, 0, 0, 0});
  CHECK(graph.from == std::vector<std::int32_t>{1, 2});
  CHECK(graph.to == std::vector<std::int32_t>{0, 1});
  CHECK(graph.measurements == std::vector<double>{-1, 0.25, 4, 0, 0, 0});
  CHECK(graph.information == std::vector<double>{10, 1, 2, 20, 3, 30, 1, 0, 0, 1, 0, 1});
  CHECK(graph.warnings.empty());
}

TEST_CASE("toro: EQUIV lines are kept, written and told", "[io][toro]") {
  const TemporaryFolder folder;
  const PoseGraph graph =
      parse_toro("graph", "VERTEX2 3 0 0 0\nVERTEX2 9 1 0 0\nEDGE2 9 3 -1 0 0 1 0 1 1 0 0\nEQUIV 9 3\nFIX 9\n");
  REQUIRE(graph.equivalences.size() == 1);
  CHECK(graph.equivalences[0] == std::array<std::int32_t, 2>{1, 0});
  CHECK(graph.fixed == std::vector<std::int32_t>{1});
  CHECK(warns_of(graph, "1 EQUIV lines are kept, and not imposed"));
  write_toro(folder / "a.graph", graph);
  CHECK(same(heliotrope::read_toro(folder / "a.graph"), graph));
}

TEST_CASE("toro: rotations in space are yaw pitch roll, and their information is of the whole turn", "[io][toro]") {
  const PoseGraph graph = parse_toro(
      "graph", "VERTEX3 0 1 2 3 0.1 -0.2 0.3\nVERTEX3 1 0 0 0 0 -0 0\nEDGE3 0 1 4 5 6 2.5 0.4 -3" + triangle);
  CHECK(graph.dimension == 3);
  const auto check = [](const std::vector<double>& pose, std::size_t first, const Eigen::Quaterniond& expected) {
    CHECK(Eigen::Quaterniond(pose[first + 6], pose[first + 3], pose[first + 4], pose[first + 5])
              .angularDistance(expected) < 1e-14);
  };
  check(graph.poses, 0, turn(0.1, -0.2, 0.3));
  check(graph.poses, 7, turn(0, 0, 0));
  check(graph.measurements, 0, turn(2.5, 0.4, -3));
  CHECK(graph.measurements[2] == 6.0);
  const std::vector<double> expected = {91, 2,  3,  8,  10,       12,       97,       8,        9 * 2.0, 10 * 2.0, 22,
                                        92, 26, 28, 30, 96 * 4.0, 17 * 4.0, 18 * 4.0, 99 * 4.0, 80,      91 * 4.0};
  CHECK(graph.information == expected);
}

TEST_CASE("toro: edges without information have the identity, with one warning", "[io][toro]") {
  const PoseGraph space = parse_toro("graph", "EDGE3 0 1 1 0 0 0 0 0\nEDGE3 1 2 1 0 0 0 0 0 # bare\n");
  CHECK(warns_of(space, "2 of 2 edges have no information; it is taken as the identity"));
  CHECK(root(space, 1).isApprox(Eigen::VectorXd{{1, 1, 1, 2, 2, 2}}.asDiagonal().toDenseMatrix(), 1e-15));
  const PoseGraph plane = parse_toro("graph", "EDGE2 0 1 1 0 0\nEDGE2 1 2 1 0 0 4 0 4 4 0 0\n");
  CHECK(warns_of(plane, "1 of 2 edges have no information"));
  CHECK(plane.information == std::vector<double>{1, 0, 0, 1, 0, 1, 4, 0, 0, 4, 0, 4});
  CHECK(parse_isam("graph", "EDGE3 0 1 1 0 0 0 0 0\n").information ==
        parse_toro("graph", "EDGE3 0 1 1 0 0 0 0 0\n").information);
}

TEST_CASE("isam: what stands behind a pose is a square root", "[io][toro]") {
  const PoseGraph plane = parse_isam("graph", "EDGE2 0 1 1 0 0 2 1 0 3 0.5 5\nEDGE2 1 2 1 0 1 2 0 0 2 0 2\n");
  CHECK(plane.ids == std::vector<std::int64_t>{0, 1, 2});
  CHECK(plane.poses == std::vector<double>{0, 0, 0, 1, 0, 0, 2, 0, 1});  // no VERTEX lines: from the odometry
  CHECK(warns_of(plane, "no VERTEX lines"));
  Eigen::Matrix3d r;
  r << 2, 1, 0, 0, 3, 0.5, 0, 0, 5;
  CHECK(root(plane, 0) == r);
  CHECK(plane.information == std::vector<double>{4, 2, 0, 10, 1.5, 25.25, 4, 0, 0, 4, 0, 4});

  const PoseGraph space = parse_isam("graph", "EDGE3 0 1 4 5 6 0.1 0.2 0.3" + triangle);
  Eigen::MatrixXd expected = Eigen::MatrixXd::Zero(6, 6);
  const double upper[] = {91, 2, 3, 4, 5, 6, 97, 8, 9, 10, 11, 92, 13, 14, 15, 96, 17, 18, 99, 20, 91};
  for (int i = 0, k = 0; i < 6; ++i) {
    for (int j = i; j < 6; ++j) expected(i, j) = (j < 3 ? 1.0 : 2.0) * upper[k++];
  }
  CHECK(root(space, 0) == expected);
  const Eigen::MatrixXd information = expected.transpose() * expected;
  for (int i = 0, k = 0; i < 6; ++i) {
    for (int j = i; j < 6; ++j) CHECK(space.information[static_cast<std::size_t>(k++)] == Approx(information(i, j)));
  }
}

TEST_CASE("toro, isam: writing and reading gives back the bits that the format carries", "[io][toro]") {
  const TemporaryFolder folder;
  const std::string plane = "VERTEX2 7 0.1 0.7 9.5\nVERTEX2 -2 1 3 0\nEDGE2 7 -2 1 0.3 7 0.1 0.01 0.2 0.3 0.02 0.03\n";
  const PoseGraph planar = parse_toro("graph", plane), planar_root = parse_isam("graph", plane);
  write_toro(folder / "a.graph", planar);
  CHECK(same(heliotrope::read_toro(folder / "a.graph"), planar));
  write_isam(folder / "a.txt", planar_root);
  CHECK(same(heliotrope::read_isam(folder / "a.txt"), planar_root));

  const std::string space =
      "VERTEX3 7 0.1 0.7 9.5 3 1.5 -3\nVERTEX3 -2 1 3 0 0.1 0.2 0.3\nEDGE3 7 -2 1 0.3 7 1 2 3" + triangle;
  PoseGraph spatial = parse_toro("graph", space), spatial_root = parse_isam("graph", space);
  write_toro(folder / "b.graph", spatial);
  write_isam(folder / "b.txt", spatial_root);
  PoseGraph back = heliotrope::read_toro(folder / "b.graph"), back_root = heliotrope::read_isam(folder / "b.txt");
  for (auto [one, other] : {std::pair(&spatial, &back), std::pair(&spatial_root, &back_root)}) {
    CHECK(distance(one->poses, other->poses) < 1e-15);
    CHECK(distance(one->measurements, other->measurements) < 1e-15);
    other->poses = one->poses;
    other->measurements = one->measurements;
    CHECK(same(*one, *other));
  }
}

TEST_CASE("toro: angles of any rotation read back, also where roll and yaw turn about one axis", "[io][toro]") {
  const TemporaryFolder folder;
  const double quarter = std::acos(0.0);
  PoseGraph graph;
  graph.dimension = 3;
  for (const double pitch : {0.0, 0.7, quarter, -quarter, quarter - 1e-9, 1e-9 - quarter, 2.0, 3.0}) {
    for (const double roll : {0.0, 1.0, -2.5, 2.0 * quarter}) {
      const Eigen::Quaterniond q = turn(roll, pitch, 0.3 - roll);
      graph.ids.push_back(graph.num_poses());
      graph.poses.insert(graph.poses.end(), {1, 2, 3, q.x(), q.y(), q.z(), q.w()});
    }
  }
  graph.from = {0}, graph.to = {1};
  graph.measurements.assign(graph.poses.begin(), graph.poses.begin() + 7);
  graph.information.assign(21, 0.0);
  write_toro(folder / "a.graph", graph);
  const PoseGraph back = heliotrope::read_toro(folder / "a.graph");
  for (std::size_t i = 0; i < graph.ids.size(); ++i) {
    const Eigen::Map<const Eigen::Quaterniond> before(&graph.poses[7 * i + 3]), after(&back.poses[7 * i + 3]);
    INFO(before.coeffs().transpose() << " became " << after.coeffs().transpose());
    CHECK(std::min((before.coeffs() - after.coeffs()).norm(), (before.coeffs() + after.coeffs()).norm()) < 1e-15);
  }
}

TEST_CASE("isam: a clipped square root becomes triangular when written", "[io][toro]") {
  const TemporaryFolder folder;
  const std::string indefinite = "EDGE2 0 1 1 0 0 1 2 1 1 0 0\n";
  const PoseGraph graph = parse_toro("graph", indefinite);
  CHECK(warns_of(graph, "1 of 1 information matrices are indefinite"));
  CHECK_THAT(error_of([&] { parse_toro("graph", indefinite, {.strict = true}); }),
             Contains("graph:1: found an indefinite"));
  write_isam(folder / "a.txt", graph);
  const PoseGraph back = heliotrope::read_isam(folder / "a.txt");
  CHECK(root(back, 0).isUpperTriangular());
  const Eigen::MatrixXd a = root(graph, 0), b = root(back, 0);
  CHECK((a.transpose() * a - b.transpose() * b).norm() < 1e-14);
}

TEST_CASE("isam: told from TORO by a comment or by having no vertices", "[io][toro]") {
  CHECK(heliotrope::is_isam("\nEDGE2 0 1 1 0 0 1 0 0 1 0 1\nEDGE2 1 2\n"));
  CHECK_FALSE(heliotrope::is_isam("EDGE2 0 1 1 0 0 1 0 1 1 0 0\n VERTEX2 0 0 0 0\n"));
  CHECK_FALSE(heliotrope::is_isam("EDGE2 0 1 1 0 0 1 0 1 1 0 0\nEQUIV 0 1\n"));
  CHECK(heliotrope::is_isam("# for iSAM\nVERTEX2 0 0 0 0\n"));
  CHECK_FALSE(heliotrope::is_isam("VERTEX2 0 0 0 0\n# not iSAM\n"));
}

TEST_CASE("toro: malformed lines are told", "[io][toro][fault]") {
  const auto error_in = [](const std::string& text) { return error_of([&] { parse_toro("graph", text); }); };
  CHECK(error_in("VERTEX2 0 0 0 0\n") ==
        "graph:1: found the end of the file, expected at least one line EDGE2 or EDGE3");
  CHECK_THAT(error_in("EDGE2 0 1 1 0 0 1 0 1\n"),
             Contains("graph:1: found the end of the file, expected a finite number (information, 4 of 6)"));
  CHECK_THAT(error_in("EDGE2 0 1 1 0\n"), Contains("expected a finite number (measurement, 3 of 3)"));
  CHECK_THAT(error_in("EDGE3 0 1 1 0 0 0 0 inf\n"),
             Contains("found 'inf', expected a finite number (measurement, 6 of 6)"));
  CHECK_THAT(error_in("EDGE2 0 1 1 0 0 1 0 1 1 0 0 0\n"), Contains("expected the end of the line"));
  CHECK_THAT(error_in("VERTEX3 0 0 0 0 0 0 0\nEDGE2 0 1 1 0 0\n"),
             Contains("graph:2: found 'EDGE2', expected only lines in space"));
  CHECK_THAT(error_in("EDGE2 0 1 1 0 0\nEQUIV 0 4\n"), Contains("graph:2: found an EQUIV line that names vertex 4"));
  CHECK_THAT(error_in("EDGE2 0 1 1 0 0\nEQUIV 0\n"), Contains("graph:2: found the end of the file"));
  CHECK_THAT(error_of([] { parse_isam("graph", "EDGE2 0 1 1 0 0 1e200 0 0 1 0 1\n"); }),
             Contains("graph:1: found information that overflows"));
  const PoseGraph skipped = parse_toro("graph", "EDGE2 0 1 1 0 0\nLANDMARK 1 2 3\n");
  CHECK(warns_of(skipped, "skipped lines with unknown tags: LANDMARK (1)"));
  const TemporaryFolder folder;
  PoseGraph seen = parse_toro("graph", "EDGE2 0 1 1 0 0\n");
  seen.sqrt_information.clear();
  CHECK_THAT(error_of([&] { write_isam(folder / "a.txt", seen); }), Contains("found 0 numbers of sqrt_information"));
  seen.landmark_ids = {7};
  seen.landmarks = {0, 0};
  CHECK_THAT(error_of([&] { write_toro(folder / "a.graph", seen); }), Contains("found 1 landmarks, expected none"));
}
