// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/io/generate.hpp"

#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <vector>

#include "catch.hpp"
#include "files.hpp"

using Catch::Matchers::Contains;
using heliotrope::BalGeneration;
using heliotrope::BalScene;
using heliotrope::BalStructure;
using heliotrope::generate_bal;
using heliotrope::generate_pose_graph;
using heliotrope::PoseGraph;
using heliotrope::PoseGraphGeneration;
using heliotrope::PoseGraphStructure;
using heliotrope_test::error_of;

namespace {

// The reprojection error of each observation in pixels, by the formula of the BAL format; infinite behind the camera.
std::vector<double> reprojection_errors(const BalScene& scene) {
  std::vector<double> errors;
  for (std::size_t k = 0; k < scene.camera_index.size(); ++k) {
    const double* c = &scene.cameras[9 * static_cast<std::size_t>(scene.camera_index[k])];
    const Eigen::Map<const Eigen::Vector3d> turn(c), t(c + 3);
    const Eigen::Map<const Eigen::Vector3d> point(&scene.points[3 * static_cast<std::size_t>(scene.point_index[k])]);
    const Eigen::Vector3d seen = Eigen::AngleAxisd(turn.norm(), turn.normalized()) * point + t;
    const Eigen::Vector2d q = -seen.head<2>() / seen.z();
    const double r2 = q.squaredNorm();
    const Eigen::Vector2d pixel = c[6] * (1.0 + c[7] * r2 + c[8] * r2 * r2) * q;
    const Eigen::Map<const Eigen::Vector2d> observed(&scene.observations[2 * k]);
    errors.push_back(seen.z() < 0.0 ? (pixel - observed).norm() : std::numeric_limits<double>::infinity());
  }
  return errors;
}

// How many distinct cameras every camera shares points with.
std::vector<std::size_t> camera_degrees(const BalScene& scene) {
  std::vector<std::set<int>> neighbours(static_cast<std::size_t>(scene.num_cameras()));
  std::size_t first = 0;
  for (std::size_t k = 1; k <= scene.point_index.size(); ++k) {
    if (k < scene.point_index.size() && scene.point_index[k] == scene.point_index[first]) continue;
    for (std::size_t a = first; a < k; ++a) {
      for (std::size_t b = first; b < k; ++b) {
        neighbours[static_cast<std::size_t>(scene.camera_index[a])].insert(scene.camera_index[b]);
      }
    }
    first = k;
  }
  std::vector<std::size_t> degrees;
  for (const auto& set : neighbours) degrees.push_back(set.size());
  return degrees;
}

const BalGeneration exact{.noise = 0.0, .rotation_error = 0.0, .position_error = 0.0, .point_error = 0.0};

bool same_graphs(const PoseGraph& a, const PoseGraph& b) {
  return a.poses == b.poses && a.from == b.from && a.to == b.to && a.measurements == b.measurements;
}

}  // namespace

TEST_CASE("generate: without noise and errors a scene is exact and in front of its cameras", "[io][generate]") {
  for (const BalStructure structure : {BalStructure::street, BalStructure::crowd}) {
    for (const std::int64_t num_cameras : {2, 3, 30, 200}) {
      INFO(num_cameras);
      BalGeneration options = exact;
      options.structure = structure;
      options.num_cameras = num_cameras;
      options.num_points = 2000;
      const BalScene scene = generate_bal(options);
      CHECK(scene.num_cameras() == num_cameras);
      CHECK(scene.num_points() == 2000);
      const std::vector<double> errors = reprojection_errors(scene);
      CHECK(*std::max_element(errors.begin(), errors.end()) < 1e-9);
      const double extent = std::abs(*std::max_element(scene.observations.begin(), scene.observations.end()));
      CHECK(extent < 3000.0);
      std::vector<int> seen_by(2000), sees(static_cast<std::size_t>(num_cameras));
      for (const auto p : scene.point_index) ++seen_by[static_cast<std::size_t>(p)];
      for (const auto c : scene.camera_index) ++sees[static_cast<std::size_t>(c)];
      CHECK(*std::min_element(seen_by.begin(), seen_by.end()) >= 2);
      CHECK(*std::min_element(sees.begin(), sees.end()) >= 5);
    }
  }
}

TEST_CASE("generate: a scene is a function of its options", "[io][generate]") {
  for (const BalStructure structure : {BalStructure::street, BalStructure::crowd}) {
    BalGeneration options{.structure = structure, .num_points = 500, .outliers = 0.1};
    const BalScene scene = generate_bal(options);
    CHECK(scene == generate_bal(options));
    BalGeneration truth = options;
    truth.rotation_error = truth.position_error = truth.point_error = 0.0;
    CHECK(generate_bal(truth).observations == scene.observations);
    CHECK(generate_bal(truth).points != scene.points);
    options.seed = 2;
    CHECK(scene.observations != generate_bal(options).observations);
  }
}

TEST_CASE("generate: noise, outliers and tracks have the size that was asked for", "[io][generate]") {
  BalGeneration options = exact;
  options.num_points = 20000;
  options.noise = 2.0;
  for (const BalStructure structure : {BalStructure::street, BalStructure::crowd}) {
    options.structure = structure;
    const BalScene scene = generate_bal(options);
    double sum = 0.0;
    for (const double error : reprojection_errors(scene)) sum += error * error;
    CHECK(std::sqrt(sum / (2.0 * static_cast<double>(scene.num_observations()))) == Approx(2.0).epsilon(0.02));
    const double track = static_cast<double>(scene.num_observations()) / 20000.0;
    CHECK(track == Approx(5.0).epsilon(0.1));
  }
  options.outliers = 0.2;
  const std::vector<double> errors = reprojection_errors(generate_bal(options));
  const auto far = std::count_if(errors.begin(), errors.end(), [](double error) { return error > 12.0; });
  CHECK(static_cast<double>(far) / static_cast<double>(errors.size()) == Approx(0.2).epsilon(0.05));
}

TEST_CASE("generate: tracks have the mean asked for in crowds of many small landmarks", "[io][generate]") {
  const BalGeneration options{
      .structure = BalStructure::crowd, .num_cameras = 4000, .num_points = 50000, .mean_track = 6.5};
  const double track = static_cast<double>(generate_bal(options).num_observations()) / 50000.0;
  CHECK(track == Approx(6.5).epsilon(0.01));
  const BalScene all = generate_bal({.num_cameras = 5, .num_points = 100, .mean_track = 1e300});
  CHECK(all.num_observations() == 500);
}

TEST_CASE("generate: a street is banded, a crowd heavy-tailed and in one piece", "[io][generate]") {
  BalGeneration options{.num_cameras = 400, .num_points = 20000};
  const std::vector<std::size_t> street = camera_degrees(generate_bal(options));
  CHECK(*std::max_element(street.begin(), street.end()) < 100);

  options.structure = BalStructure::crowd;
  const BalScene scene = generate_bal(options);
  std::vector<std::size_t> crowd = camera_degrees(scene);
  std::sort(crowd.begin(), crowd.end());
  CHECK(crowd.back() > 4 * crowd[crowd.size() / 4]);

  // Joining the cameras of each track leaves one set.
  std::vector<std::size_t> parent(400);
  for (std::size_t c = 0; c < 400; ++c) parent[c] = c;
  const auto root = [&](std::size_t c) {
    while (parent[c] != c) c = parent[c];
    return c;
  };
  for (std::size_t k = 1; k < scene.point_index.size(); ++k) {
    if (scene.point_index[k] != scene.point_index[k - 1]) continue;
    parent[root(static_cast<std::size_t>(scene.camera_index[k]))] =
        root(static_cast<std::size_t>(scene.camera_index[k - 1]));
  }
  for (std::size_t c = 0; c < 400; ++c) CHECK(root(c) == root(0));
}

TEST_CASE("generate: pose graphs have the asked structure and start from odometry", "[io][generate]") {
  PoseGraphGeneration options{.num_poses = 2500, .closures = 1.0};
  const PoseGraph sphere = generate_pose_graph(options);
  CHECK(sphere.dimension == 3);
  CHECK(sphere.num_edges() == 2499 + 2450);
  options = {.structure = PoseGraphStructure::grid, .num_poses = 1000, .closures = 1.0};
  const PoseGraph grid = generate_pose_graph(options);
  CHECK(grid.num_edges() == 3 * 10 * 10 * 9);  // the edges of a 10 x 10 x 10 lattice
  options = {.structure = PoseGraphStructure::manhattan, .num_poses = 3500};
  const PoseGraph manhattan = generate_pose_graph(options);
  CHECK(manhattan.dimension == 2);
  CHECK(manhattan.num_edges() > 4000);
  for (const PoseGraph* graph : {&sphere, &grid, &manhattan}) {
    CHECK(graph->fixed == std::vector<std::int32_t>{0});
    for (std::int64_t k = 0; k < graph->num_edges(); ++k) {
      const auto i = static_cast<std::size_t>(k);
      CHECK((k < graph->num_poses() - 1 ? graph->from[i] == k && graph->to[i] == k + 1
                                        : graph->to[i] - graph->from[i] > 1));
    }
  }
}

TEST_CASE("generate: without noise every closure agrees with the start", "[io][generate]") {
  for (const auto structure : {PoseGraphStructure::sphere, PoseGraphStructure::grid, PoseGraphStructure::manhattan}) {
    PoseGraphGeneration options{
        .structure = structure, .num_poses = 600, .translation_noise = 0.0, .rotation_noise = 0.0};
    const PoseGraph graph = generate_pose_graph(options);
    const auto size = static_cast<std::size_t>(graph.pose_size());
    double worst = 0.0;
    for (std::size_t k = 0; k < graph.from.size(); ++k) {
      const double* a = &graph.poses[size * static_cast<std::size_t>(graph.from[k])];
      const double* b = &graph.poses[size * static_cast<std::size_t>(graph.to[k])];
      const double* z = &graph.measurements[size * k];
      if (graph.dimension == 2) {
        const Eigen::Vector2d t = Eigen::Rotation2Dd(a[2]) * Eigen::Vector2d(z[0], z[1]);
        worst = std::max({worst, std::abs(a[0] + t[0] - b[0]), std::abs(a[1] + t[1] - b[1]),
                          std::abs(std::sin(0.5 * (a[2] + z[2] - b[2])))});
      } else {
        const Eigen::Map<const Eigen::Quaterniond> qa(a + 3), qb(b + 3), qz(z + 3);
        const Eigen::Map<const Eigen::Vector3d> ta(a), tb(b), tz(z);
        worst = std::max({worst, (ta + qa * tz - tb).norm(), (qa * qz).angularDistance(qb)});
      }
    }
    CHECK(worst < 1e-6);
  }
}

TEST_CASE("generate: pose graphs are a function of their options and survive writing", "[io][generate][g2o]") {
  const heliotrope_test::TemporaryFolder folder;
  for (const auto structure : {PoseGraphStructure::sphere, PoseGraphStructure::grid, PoseGraphStructure::manhattan}) {
    PoseGraphGeneration options{.structure = structure, .num_poses = 300, .outliers = 0.2};
    const PoseGraph graph = generate_pose_graph(options);
    CHECK(same_graphs(graph, generate_pose_graph(options)));
    write_g2o(folder / "graph.g2o", graph);
    const PoseGraph again = heliotrope::read_g2o(folder / "graph.g2o");
    CHECK(same_graphs(graph, again));
    CHECK(graph.sqrt_information == again.sqrt_information);
    CHECK(again.warnings.empty());
    options.seed = 2;
    CHECK_FALSE(same_graphs(graph, generate_pose_graph(options)));
  }
}

TEST_CASE("generate: options out of range are refused", "[io][generate][fault]") {
  CHECK_THAT(error_of([] { generate_bal({.num_cameras = 1}); }), Contains("found num_cameras = 1, expected 2 to"));
  CHECK_THAT(error_of([] { generate_bal({.mean_track = 1.5}); }), Contains("mean_track"));
  CHECK_THAT(error_of([] { generate_bal({.noise = std::nan("")}); }), Contains("noise = nan"));
  CHECK_THAT(error_of([] { generate_bal({.outliers = 2.0}); }), Contains("outliers"));
  CHECK_THAT(error_of([] { generate_pose_graph({.num_poses = 1}); }), Contains("num_poses = 1"));
  CHECK_THAT(error_of([] { generate_pose_graph({.closures = -0.1}); }), Contains("closures"));
  CHECK_THAT(error_of([] { generate_pose_graph({.rotation_noise = -1.0}); }), Contains("rotation_noise"));
}
