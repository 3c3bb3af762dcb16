// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <functional>
#include <string>

#include "catch.hpp"
#include "datasets.hpp"
#include "files.hpp"
#include "heliotrope/io/g2o.hpp"
#include "heliotrope/io/text_file.hpp"
#include "heliotrope/io/toro.hpp"
#include "same_graph.hpp"

using heliotrope::PoseGraph;
using heliotrope::read_g2o;
using heliotrope_test::same, heliotrope_test::warns_of;

namespace {

struct PublicGraph {
  const char* name;
  int dimension;
  std::int64_t poses, edges;
  bool has_vertices;
};

constexpr PublicGraph shared_graphs[] = {
    {"Bicocca25b_GT_GPS.g2o.gz", 2, 6580, 6579, true},
    {"Bicocca_B25b-lc-133-allRandom-n-1.g2o.xz", 2, 8358, 8936, true},
    {"CSAIL.g2o.gz", 2, 1045, 1172, false},
    {"M3500.g2o.gz", 2, 3500, 5453, true},
    {"M3500a.g2o.gz", 2, 3500, 5453, true},
    {"M3500b.g2o.gz", 2, 3500, 5453, true},
    {"MIT.g2o.gz", 2, 808, 827, true},
    {"city10000.g2o.xz", 2, 10000, 20687, true},
    {"eecs.g2o.gz", 3, 615, 2134, true},
    {"frontend_graphSE3.g2o.xz", 3, 452, 451, true},
    {"input_INTEL_g2o.g2o.gz", 2, 1228, 1483, true},
    {"input_csail_I_eq.g2o.gz", 2, 1045, 1172, true},
    {"input_fr079_I_eq.g2o.gz", 2, 989, 1217, true},
    {"intel.g2o.gz", 2, 1728, 2512, true},
    {"intel_vertigo.g2o.gz", 2, 943, 1837, true},
    {"kimera_ordered.g2o.gz", 3, 140, 153, true},
    {"kimera_robot_a.g2o.gz", 3, 50, 52, true},
    {"kimera_robot_b.g2o.gz", 3, 42, 43, true},
    {"kimera_unordered.g2o.gz", 3, 140, 153, true},
    {"kitti_00.g2o.gz", 2, 4541, 4677, false},
    {"kitti_05.g2o.gz", 2, 2761, 2826, false},
    {"kitti_06.g2o.gz", 2, 1101, 1150, false},
    {"kitti_07.g2o.gz", 2, 1101, 1106, false},
    {"manhattan.g2o.gz", 2, 3500, 5453, false},
    {"manhattanOlson3500.g2o.gz", 2, 3500, 5598, true},
    {"parking-garage.g2o.xz", 3, 1661, 6275, true},
    {"parking_fixed.g2o.gz", 3, 1661, 6275, true},
    {"ring.g2o.gz", 2, 434, 459, true},
    {"ring_groundtruth.g2o.gz", 2, 434, 459, true},
    {"smallGrid3D.g2o.gz", 3, 125, 297, true},
    {"sphere2500.g2o.xz", 3, 2500, 4949, true},
    {"sphere2500_outliers.g2o.xz", 3, 2500, 7449, true},
    {"sphere_bignoise_vertex3.g2o.xz", 3, 2200, 8647, true},
    {"sphere_slambook.g2o.xz", 3, 2500, 9799, true},
    {"tinyGrid3D.g2o.gz", 3, 9, 11, true},
    {"torus3D.g2o.xz", 3, 5000, 9048, true},
};

}  // namespace

TEST_CASE("g2o: every shared pose graph reads with its counts and survives writing", "[io][g2o][datasets]") {
  const auto folder = heliotrope_test::datasets() / "pose_graph";
  if (!heliotrope::has_compression() || !std::filesystem::exists(folder)) {
    WARN("skipped: no libarchive, or no data sets at " << folder);
    return;
  }
  const heliotrope_test::TemporaryFolder temporary;
  for (const PublicGraph& expected : shared_graphs) {
    INFO(expected.name);
    const PoseGraph graph = read_g2o(folder / expected.name);
    CHECK(graph.dimension == expected.dimension);
    CHECK(graph.num_poses() == expected.poses);
    CHECK(graph.num_edges() == expected.edges);
    CHECK(warns_of(graph, "no VERTEX lines") == !expected.has_vertices);
    CHECK(graph.num_landmarks() == 0);
    CHECK_FALSE(warns_of(graph, "unconnected"));
    CHECK(std::all_of(graph.sqrt_information.begin(), graph.sqrt_information.end(),
                      [](double value) { return std::isfinite(value); }));
    write_g2o(temporary / "graph.g2o", graph);
    CHECK(same(read_g2o(temporary / "graph.g2o"), graph));
  }
}

TEST_CASE("g2o: the quirks of the shared pose graphs", "[io][g2o][datasets]") {
  const auto folder = heliotrope_test::datasets() / "pose_graph";
  if (!heliotrope::has_compression() || !std::filesystem::exists(folder)) {
    WARN("skipped: no libarchive, or no data sets at " << folder);
    return;
  }
  const PoseGraph frontend = read_g2o(folder / "frontend_graphSE3.g2o.xz");
  CHECK(frontend.fixed.size() == 1);
  CHECK(warns_of(frontend, "LASER_ROBOT_DATA (452)"));
  CHECK(warns_of(frontend, "RGBD_DATA (450)"));

  CHECK(frontend.offset_ids == std::vector<std::int64_t>{1});

  const PoseGraph victoria = read_g2o(folder / "victoriaPark.g2o.gz");
  CHECK(victoria.num_poses() == 6969);
  CHECK(victoria.num_edges() == 6968);
  CHECK(victoria.num_landmarks() == 151);
  CHECK(victoria.num_sightings() == 3640);
  CHECK(warns_of(victoria, "no VERTEX lines; the 6969 poses start from the odometry"));
  CHECK(warns_of(victoria, "no lines of landmarks; the 151 landmarks start where they are first seen"));
  CHECK(victoria.warnings.size() == 2);

  const PoseGraph kimera = read_g2o(folder / "kimera_ordered.g2o.gz");
  CHECK(*std::max_element(kimera.ids.begin(), kimera.ids.end()) > 4000000000000000000);

  const PoseGraph bicocca = read_g2o(folder / "Bicocca_B25b-lc-133-allRandom-n-1.g2o.xz");
  CHECK(warns_of(bicocca, "information matrices are indefinite"));
  CHECK_THROWS_AS(read_g2o(folder / "Bicocca_B25b-lc-133-allRandom-n-1.g2o.xz", {.strict = true}), heliotrope::Error);
}

TEST_CASE("toro, isam: the quirks of the shared pose graphs", "[io][toro][datasets]") {
  const auto folder = heliotrope_test::datasets() / "pose_graph";
  if (!heliotrope::has_compression() || !std::filesystem::exists(folder)) {
    WARN("skipped: no libarchive, or no data sets at " << folder);
    return;
  }
  const PoseGraph w100 = heliotrope::read_toro(folder / "w100.graph.gz");
  CHECK(w100.num_poses() == 100);
  CHECK(w100.num_edges() == 300);
  CHECK(w100.equivalences.size() == 40);
  CHECK(std::equal(w100.from.begin(), w100.from.end(), w100.to.begin(), std::greater<>()));  // newer to older
  CHECK(std::vector<double>(w100.information.begin(), w100.information.begin() + 6) ==
        std::vector<double>{1, 0, 0, 1, 0, 1});

  const PoseGraph w20000 = heliotrope::read_isam(folder / "w20000.txt.xz");
  CHECK(w20000.num_poses() == 20061);
  CHECK(w20000.num_edges() == 26831);
  CHECK(w20000.information[0] == Approx(10.0).epsilon(1e-5));
  CHECK(w20000.information[5] == 25.0);
  CHECK(w20000.warnings.size() == 1);

  const PoseGraph sphere = heliotrope::read_isam(folder / "sphere2500_groundtruth.txt.gz");
  CHECK(sphere.num_poses() == 2500);
  CHECK(sphere.num_edges() == 4949);
  CHECK(sphere.information[0] == 100.0);
  CHECK(sphere.information[15] == 4.0 * 10000.0);  // of half the turn about x
  CHECK(sphere.information[20] == 4.0 * 625.0);

  const PoseGraph small = heliotrope::read_toro(folder / "sphere_smallnoise.graph.gz");
  CHECK(small.num_poses() == 2200);
  CHECK(small.num_edges() == 8647);
  CHECK(warns_of(small, "8647 of 8647 edges have no information"));
}
