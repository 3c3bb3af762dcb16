// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/io/ply.hpp"

#include <cmath>
#include <cstring>
#include <string>

#include "catch.hpp"
#include "colmap_files.hpp"
#include "files.hpp"

using Catch::Matchers::Contains;
using namespace heliotrope;
using namespace heliotrope_test;

namespace {

PlyCloud small_cloud() {
  PlyCloud cloud;
  const double point[3] = {0.1, -2, 1e300}, path[9] = {0, 0, 0, 1, 0, 0, 1, 1, 0};
  const std::uint8_t color[3] = {1, 2, 255};
  cloud.add_points(point, color);
  cloud.add_trajectory(path, {9, 8, 7});
  return cloud;
}

const std::string elements =
    "element vertex 4\nproperty double x\nproperty double y\nproperty double z\n"
    "property uchar red\nproperty uchar green\nproperty uchar blue\n"
    "element edge 2\nproperty int vertex1\nproperty int vertex2\nend_header\n";

}  // namespace

TEST_CASE("ply: the same cloud as text and as bytes", "[io][ply]") {
  const TemporaryFolder folder;
  const PlyCloud cloud = small_cloud();
  write_ply(folder / "a.ply", cloud, PlyEncoding::ascii);
  CHECK(read_bytes(folder / "a.ply") == "ply\nformat ascii 1.0\n" + elements +
                                            "0.1 -2 1e+300 1 2 255\n0 0 0 9 8 7\n1 0 0 9 8 7\n1 1 0 9 8 7\n1 2\n2 3\n");
  write_ply(folder / "b.ply", cloud);
  const std::string bytes = read_bytes(folder / "b.ply"), header = "ply\nformat binary_little_endian 1.0\n" + elements;
  REQUIRE(bytes.size() == header.size() + 4 * 27 + 2 * 8);
  CHECK(bytes.substr(0, header.size()) == header);
  const char* const data = bytes.data() + header.size();
  CHECK(std::string(data + 8, 8) == std::string("\0\0\0\0\0\0\0\xC0", 8));  // -2
  CHECK(std::string(data + 24, 3) == "\1\2\xFF");
  CHECK(std::string(data + 4 * 27, 16) == std::string("\1\0\0\0\2\0\0\0\2\0\0\0\3\0\0\0", 16));

  write_ply(folder / "points.ply", to_ply(BalScene{}), PlyEncoding::ascii);
  CHECK_FALSE(read_bytes(folder / "points.ply").find("element edge") != std::string::npos);
}

TEST_CASE("ply: writing refuses what does not fit", "[io][ply][fault]") {
  const TemporaryFolder folder;
  const auto error = [&](auto&& damage) {
    PlyCloud bad = small_cloud();
    damage(bad);
    return error_of([&] { write_ply(folder / "a.ply", bad); });
  };
  CHECK_THAT(error([](PlyCloud& c) { c.colors.pop_back(); }), Contains("not written: found arrays that do not fit"));
  CHECK_THAT(error([](PlyCloud& c) { c.edges[1] = 4; }), Contains("found an edge of vertex 4, expected one below 4"));
  CHECK_THAT(error([](PlyCloud& c) { c.edges[0] = -1; }), Contains("found an edge of vertex -1"));
  CHECK_THAT(error([](PlyCloud& c) { c.vertices[4] = NAN; }), Contains("a position of vertex 1 that is not finite"));
  CHECK_FALSE(std::filesystem::exists(folder / "a.ply"));
}

TEST_CASE("ply: scenes show points and the centres of cameras", "[io][ply]") {
  const ColmapModel model = small_colmap();
  const PlyCloud cloud = to_ply(model);
  CHECK(cloud.num_vertices() == 3 + 3);
  CHECK(std::vector<double>(cloud.vertices.begin(), cloud.vertices.begin() + 9) == model.points);
  CHECK(std::vector<std::uint8_t>(cloud.colors.begin(), cloud.colors.begin() + 9) == model.colors);
  const double* const first = cloud.vertices.data() + 9;  // of a camera that is not turned
  CHECK(std::vector<double>(first, first + 3) == std::vector<double>{-0.1, -0.2, -0.3});
  // The quaternion w x y z = (1, 1, -1, 1) / 2 takes x to z, y to -x, z to -y.
  const double* const second = first + 3;
  CHECK(second[0] == Approx(-3));
  CHECK(second[1] == Approx(1));
  CHECK(second[2] == Approx(2));

  BalScene bal;
  bal.cameras = {0, 0, std::acos(-1.0) / 2, 1, 2, 3, 500, 0, 0};  // a quarter turn about z: x to y
  bal.points = {4, 5, 6};
  const PlyCloud scene = to_ply(bal);
  REQUIRE(scene.num_vertices() == 2);
  CHECK(scene.vertices[3] == Approx(-2));
  CHECK(scene.vertices[4] == Approx(1));
  CHECK(scene.vertices[5] == Approx(-3));

  const PlyCloud graph = to_ply(parse_g2o("graph",
                                          "VERTEX_SE2 0 1 2 0\nVERTEX_SE2 1 3 4 0\nVERTEX_SE2 2 5 6 0\n"
                                          "EDGE_SE2 0 1 1 0 0 1 0 0 1 0 1\nEDGE_SE2 2 0 1 0 0 1 0 0 1 0 1\n"));
  CHECK(graph.vertices == std::vector<double>{1, 2, 0, 3, 4, 0, 5, 6, 0});
  CHECK(graph.edges == std::vector<std::int64_t>{0, 1, 1, 2, 2, 0});
}
