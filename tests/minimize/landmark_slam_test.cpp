// SPDX-License-Identifier: Apache-2.0
// Graphs with landmarks as problems: their cost, their gauge, their minimum and its elimination.
#include <Eigen/Geometry>
#include <cmath>
#include <string>
#include <vector>

#include "catch.hpp"
#include "heliotrope/io/problems.hpp"
#include "heliotrope/minimize/minimize.hpp"
#include "io/same_graph.hpp"

namespace {

using namespace heliotrope;
using Eigen::Isometry3d, Eigen::Quaterniond, Eigen::Vector3d;
using heliotrope_test::distance;

/// Numbers in [-1, 1] that look random.
double noise(int i) { return std::sin(12.9898 * i + 78.233 * std::sin(1.7 * i)); }

Isometry3d isometry(int dimension, const double* pose) {
  Isometry3d t = Isometry3d::Identity();
  if (dimension == 2) {
    t.translation() = Vector3d(pose[0], pose[1], 0);
    t.linear() = Eigen::AngleAxisd(pose[2], Vector3d::UnitZ()).toRotationMatrix();
  } else {
    t.translation() = Vector3d(pose[0], pose[1], pose[2]);
    t.linear() = Quaterniond(pose[6], pose[3], pose[4], pose[5]).toRotationMatrix();
  }
  return t;
}

void append(std::vector<double>& values, int dimension, const Isometry3d& t) {
  const Vector3d p = t.translation();
  const Quaterniond q(t.linear());
  if (dimension == 2) {
    values.insert(values.end(), {p.x(), p.y(), std::remainder(2.0 * std::atan2(q.z(), q.w()), 4.0 * std::acos(0.0))});
  } else {
    values.insert(values.end(), {p.x(), p.y(), p.z(), q.x(), q.y(), q.z(), q.w()});
  }
}

Isometry3d offset_of(const PoseGraph& graph, std::size_t sighting) {
  const std::int32_t sensor = graph.sensor[sighting];
  return sensor < 0 ? Isometry3d::Identity() : isometry(3, &graph.offsets[7 * static_cast<std::size_t>(sensor)]);
}

/// A walk on a circle among landmarks; odometry, and sightings of every second landmark by three sensors in turn.
PoseGraph make_walk(int dimension, int num_poses, double measurement_noise) {
  PoseGraph graph;
  graph.dimension = dimension;
  std::vector<Isometry3d> truth;
  for (int i = 0; i < num_poses; ++i) {
    const double angle = 4.0 * i / num_poses;
    Isometry3d t = Isometry3d::Identity();
    t.translation() = Vector3d(5 * std::cos(angle), 5 * std::sin(angle), dimension == 2 ? 0.0 : 0.2 * i);
    t.linear() = (Eigen::AngleAxisd(angle + 1.5, Vector3d::UnitZ()) *
                  Eigen::AngleAxisd(dimension == 2 ? 0.0 : 0.3 * noise(i), Vector3d::UnitY()))
                     .toRotationMatrix();
    truth.push_back(t);
    graph.ids.push_back(2 * i);
    append(graph.poses, dimension, t);
  }
  const std::vector<double> odometry = dimension == 2 ? std::vector<double>{50, 1, 0, 40, 2, 90} : [] {
    std::vector<double> upper(21, 0.0);
    for (int i = 0, k = 0; i < 6; k += 6 - i++) upper[static_cast<std::size_t>(k)] = 40.0 + i;
    return upper;
  }();
  for (int i = 1; i < num_poses; ++i) {
    graph.from.push_back(i - 1);
    graph.to.push_back(i);
    append(graph.measurements, dimension, truth[i - 1].inverse() * truth[i]);
    graph.information.insert(graph.information.end(), odometry.begin(), odometry.end());
  }
  if (dimension == 3) {
    graph.offset_ids = {3, 8};
    graph.offsets = {0.1, 0.2, -0.3, 0.5, 0.5, -0.5, 0.5, 0, 0, 1, 0, 0, 0.6, 0.8};
  }
  for (int j = 0; j < num_poses; ++j) {
    const Vector3d p(8 * noise(3 * j), 8 * noise(3 * j + 1), dimension == 2 ? 0.0 : 4 * noise(3 * j + 2));
    graph.landmark_ids.push_back(2 * j + 1);
    graph.landmarks.insert(graph.landmarks.end(), p.data(), p.data() + dimension);
    for (int i = j % 2; i < num_poses; i += 2) {
      graph.observer.push_back(i);
      graph.observed.push_back(j);
      graph.sensor.push_back(dimension == 2 ? -1 : (i + j) % 3 - 1);
      const Isometry3d sensor = truth[static_cast<std::size_t>(i)] * offset_of(graph, graph.observer.size() - 1);
      Vector3d z = sensor.inverse() * p;
      for (int k = 0; k < dimension; ++k) z[k] += measurement_noise * noise(100 * i + 10 * j + k);
      graph.sightings.insert(graph.sightings.end(), z.data(), z.data() + dimension);
      const std::vector<double> weight =
          dimension == 2 ? std::vector<double>{4, 1, 9} : std::vector<double>{4, 1, 0, 9, 2, 6};
      graph.sighting_information.insert(graph.sighting_information.end(), weight.begin(), weight.end());
    }
  }
  const auto factor = [](int size, const std::vector<double>& information, std::vector<double>& roots) {
    const auto triangle = static_cast<std::size_t>(size * (size + 1) / 2),
               square = static_cast<std::size_t>(size * size);
    roots.resize(information.size() / triangle * square);
    for (std::size_t k = 0; k < information.size() / triangle; ++k)
      sqrt_information(size, &information[triangle * k], &roots[square * k]);
  };
  factor(graph.tangent_size(), graph.information, graph.sqrt_information);
  factor(dimension, graph.sighting_information, graph.sighting_sqrt_information);
  return graph;
}

/// 1/2 sum e' I e over the sightings, e as g2o writes it: the landmark in the sensor's frame less the measurement.
double cost_of_sightings(const PoseGraph& graph) {
  const auto d = static_cast<std::size_t>(graph.dimension), n = static_cast<std::size_t>(graph.pose_size());
  double sum = 0.0;
  for (std::size_t k = 0; k < graph.observer.size(); ++k) {
    Vector3d p = Vector3d::Zero(), z = Vector3d::Zero();
    for (std::size_t i = 0; i < d; ++i)
      p[static_cast<int>(i)] = graph.landmarks[d * static_cast<std::size_t>(graph.observed[k]) + i];
    for (std::size_t i = 0; i < d; ++i) z[static_cast<int>(i)] = graph.sightings[d * k + i];
    const Isometry3d pose = isometry(graph.dimension, &graph.poses[n * static_cast<std::size_t>(graph.observer[k])]);
    const Vector3d e = (pose * offset_of(graph, k)).inverse() * p - z;
    const double* upper = &graph.sighting_information[d * (d + 1) / 2 * k];
    for (int i = 0; i < graph.dimension; ++i) {
      for (int j = i; j < graph.dimension; ++j) sum += (i == j ? 0.5 : 1.0) * e[i] * e[j] * *upper++;
    }
  }
  return sum;
}

void shake(PoseGraph& graph) {
  const auto n = static_cast<std::size_t>(graph.pose_size());
  for (std::size_t i = n; i < graph.poses.size(); ++i) {
    if (i % n < static_cast<std::size_t>(graph.dimension)) graph.poses[i] += 0.2 * noise(static_cast<int>(i));
  }
  for (std::size_t i = 0; i < graph.landmarks.size(); ++i) graph.landmarks[i] += 0.4 * noise(static_cast<int>(7 * i));
}

}  // namespace

TEST_CASE("landmark SLAM: the cost is half of g2o's chi2, offsets included", "[minimize][landmark]") {
  for (const int dimension : {2, 3}) {
    PoseGraph graph = make_walk(dimension, 9, 0.3);
    PoseGraphProblem made = make_problem(graph);
    const Summary summary = minimize(made.problem, {.max_iterations = 0});
    // Odometry is exact at the truth; only sightings cost.
    CHECK(summary.initial_cost == Approx(cost_of_sightings(graph)).epsilon(1e-12));
    CHECK(summary.initial_cost > 1.0);
  }
}

TEST_CASE("landmark SLAM: exact measurements lead back to the truth", "[minimize][landmark]") {
  for (const int dimension : {2, 3}) {
    const PoseGraph truth = make_walk(dimension, 12, 0.0);
    PoseGraph graph = truth;
    shake(graph);
    PoseGraphProblem made = make_problem(graph);
    CHECK(made.gauge == "nothing fixes the gauge: the first pose is held");
    const Summary summary = minimize(made.problem);
    CHECK(summary.converged());
    CHECK(summary.final_cost < 1e-16);
    store_values(made, graph);
    CHECK(distance(graph.poses, truth.poses) < 1e-8);
    CHECK(distance(graph.landmarks, truth.landmarks) < 1e-8);
  }
}

TEST_CASE("landmark SLAM: every linear solver and elimination ends at the same minimum",
          "[minimize][landmark][schur]") {
  for (const int dimension : {2, 3}) {
    PoseGraph graph = make_walk(dimension, 12, 0.1);
    shake(graph);
    const auto solve = [&](LinearSolverType linear, bool by_name) {
      PoseGraphProblem made = make_problem(graph);
      MinimizeOptions options{.linear = linear, .cost_tolerance = 1e-12};
      if (by_name) {
        VariableRange landmarks;
        landmarks.first = graph.num_poses();
        landmarks.count = graph.num_landmarks();
        options.eliminate = {landmarks};
      }
      return minimize(made.problem, options).final_cost;
    };
    const double expected = solve(LinearSolverType::dense_cholesky, false);
    CHECK(expected > 0.1);
    for (const auto linear : {LinearSolverType::automatic, LinearSolverType::cholesky, LinearSolverType::schur_cholesky,
                              LinearSolverType::schur_dense, LinearSolverType::schur_pcg}) {
      INFO("dimension " << dimension << ", type " << static_cast<int>(linear));
      CHECK(solve(linear, false) == Approx(expected).epsilon(1e-9));
    }
    CHECK(solve(LinearSolverType::schur_cholesky, true) == Approx(expected).epsilon(1e-9));
  }
}

TEST_CASE("landmark SLAM: what is fixed", "[minimize][landmark]") {
  const auto fixed = [](const PoseGraph& graph) {
    const PoseGraphProblem made = make_problem(graph);
    std::vector<std::int64_t> vertices;
    for (std::int64_t i = 0; i < made.problem.num_variables(); ++i) {
      if (made.problem.is_fixed(AnyVariable(i))) vertices.push_back(i);
    }
    return std::pair(vertices, made.gauge);
  };
  using Vertices = std::vector<std::int64_t>;
  PoseGraph graph = make_walk(2, 4, 0.0);  // vertices 0 to 3 are poses, 4 to 7 landmarks
  CHECK(fixed(graph) == std::pair(Vertices{0}, std::string("nothing fixes the gauge: the first pose is held")));
  graph.fixed = {2};
  CHECK(fixed(graph) == std::pair(Vertices{2}, std::string("the file fixes 1 poses")));
  graph.fixed = {};
  graph.fixed_landmarks = {1, 3};
  CHECK(fixed(graph) == std::pair(Vertices{5, 7}, std::string("the file fixes 0 poses and 2 landmarks")));
  // A sighting joins parts that no edge joins; a vertex that nothing names is a part of its own.
  graph.fixed_landmarks = {};
  graph.from.resize(1), graph.to.resize(1), graph.measurements.resize(3);
  graph.information.resize(6), graph.sqrt_information.resize(9);
  CHECK(fixed(graph).first == Vertices{0});
  graph.landmark_ids.push_back(99);
  graph.landmarks.insert(graph.landmarks.end(), {1, 1});
  CHECK(fixed(graph) == std::pair(Vertices{0, 8}, std::string("nothing fixes the gauge of 2 connected parts: the first "
                                                              "vertex of each is held")));
}
