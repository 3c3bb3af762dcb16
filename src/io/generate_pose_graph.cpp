// SPDX-License-Identifier: Apache-2.0
#include <Eigen/Geometry>
#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

#include "heliotrope/error.hpp"
#include "heliotrope/io/generate.hpp"
#include "odometry_start.hpp"
#include "pose_algebra.hpp"
#include "random.hpp"

// The constants of this file shape the graphs; all are chosen, not measured.
namespace heliotrope {
namespace {

using detail::PoseValue;
using detail::Random;
using Eigen::Matrix3d;
using Eigen::Quaterniond;
using Eigen::Vector3d;
using std::numbers::pi;
using Index = std::int64_t;

struct Walk {
  std::vector<PoseValue> poses;                   // the truth
  std::vector<std::pair<Index, Index>> closures;  // (earlier, later) pose
};

PoseValue pose_value(const Vector3d& position, const Quaterniond& q) {
  return {position.x(), position.y(), position.z(), q.x(), q.y(), q.z(), q.w()};
}

// Poses on a sphere from its lowest to its highest point, sqrt(n) to a lap; x along the way, z outward.
Walk make_sphere(Random& random, const PoseGraphGeneration& options) {
  Walk walk;
  const Index count = options.num_poses;
  const Index lap = std::max<Index>(2, std::lround(std::sqrt(static_cast<double>(count))));
  const double radius = static_cast<double>(lap) / (2.0 * pi);
  for (Index i = 0; i < count; ++i) {
    const double latitude = pi * ((static_cast<double>(i) + 0.5) / static_cast<double>(count) - 0.5);
    const double longitude = 2.0 * pi * static_cast<double>(i) / static_cast<double>(lap);
    const double c = std::cos(longitude), s = std::sin(longitude);
    const Vector3d outward(std::cos(latitude) * c, std::cos(latitude) * s, std::sin(latitude));
    const Vector3d along(-s, c, 0.0);
    Matrix3d world_from_pose;
    world_from_pose << along, outward.cross(along), outward;
    walk.poses.push_back(pose_value(radius * outward, Quaterniond(world_from_pose)));
    if (i >= lap && random.chance(options.closures)) walk.closures.push_back({i - lap, i});
  }
  return walk;
}

// All cells of a cube of n cells, row by row and layer by layer, every second one backwards; x along the way.
Walk make_grid(Random& random, const PoseGraphGeneration& options) {
  Walk walk;
  const Index count = options.num_poses;
  Index side = std::max<Index>(2, std::lround(std::cbrt(static_cast<double>(count))));
  while (side * side * side < count) ++side;
  const auto mirrored = [&](Index value, Index row) { return row % 2 == 0 ? value : side - 1 - value; };
  const auto cell = [&](Index i) {
    const Index row = i / side, layer = row / side;
    return std::array<Index, 3>{mirrored(i % side, row), mirrored(row % side, layer), layer};
  };
  const auto index = [&](Index x, Index y, Index layer) {
    const Index row = layer * side + mirrored(y, layer);
    return row * side + mirrored(x, row);
  };
  for (Index i = 0; i < count; ++i) {
    const auto [x, y, z] = cell(i);
    const auto next = cell(i + 1);
    const double yaw = std::atan2(static_cast<double>(next[1] - y), static_cast<double>(next[0] - x));
    const Vector3d position(static_cast<double>(x), static_cast<double>(y), static_cast<double>(z));
    walk.poses.push_back(pose_value(position, Quaterniond(Eigen::AngleAxisd(yaw, Vector3d::UnitZ()))));
    const std::array<Index, 2> neighbours{y == mirrored(0, z) ? -1 : index(x, z % 2 == 0 ? y - 1 : y + 1, z),
                                          z == 0 ? -1 : index(x, y, z - 1)};
    for (const Index neighbour : neighbours) {
      const bool made = random.chance(options.closures);
      if (neighbour >= 0 && neighbour < i - 1 && made) walk.closures.push_back({neighbour, i});
    }
  }
  return walk;
}

// A random walk over the crossings of a square city, which turns at every fourth crossing on average; closures are to
// the last visit of the same crossing and of the one ahead.
Walk make_manhattan(Random& random, const PoseGraphGeneration& options) {
  Walk walk;
  constexpr std::array<std::array<Index, 2>, 4> step{{{1, 0}, {0, 1}, {-1, 0}, {0, -1}}};
  const Index side = 3 + std::lround(0.8 * std::sqrt(static_cast<double>(options.num_poses)));
  std::vector<Index> last_visit(static_cast<std::size_t>(side * side), -1);
  Index x = side / 2, y = side / 2;
  std::size_t heading = 0;
  const auto inside = [&](Index u, Index v) { return u >= 0 && u < side && v >= 0 && v < side; };
  for (Index i = 0; i < options.num_poses; ++i) {
    walk.poses.push_back(
        {static_cast<double>(x), static_cast<double>(y), detail::wrap_angle(0.5 * pi * static_cast<double>(heading))});
    for (const Index ahead : {0, 1}) {
      const Index u = x + ahead * step[heading][0], v = y + ahead * step[heading][1];
      const bool made = random.chance(options.closures);
      if (!inside(u, v) || !made) continue;
      const Index earlier = last_visit[static_cast<std::size_t>(u * side + v)];
      if (earlier >= 0 && earlier < i - 1) walk.closures.push_back({earlier, i});
    }
    last_visit[static_cast<std::size_t>(x * side + y)] = i;
    const double u = random.uniform();
    heading = (heading + (u < 0.125 ? 1 : u < 0.25 ? 3 : 0)) % 4;
    while (!inside(x + step[heading][0], y + step[heading][1])) heading = (heading + (u < 0.5 ? 1 : 3)) % 4;
    x += step[heading][0];
    y += step[heading][1];
  }
  return walk;
}

void add_noise(Random& random, const PoseGraphGeneration& options, int dimension, PoseValue& pose) {
  std::array<double, 6> e;
  for (double& value : e) value = random.normal();
  if (dimension == 2) {
    pose[0] += options.translation_noise * e[0];
    pose[1] += options.translation_noise * e[1];
    pose[2] = detail::wrap_angle(pose[2] + options.rotation_noise * e[2]);
    return;
  }
  for (std::size_t i = 0; i < 3; ++i) pose[i] += options.translation_noise * e[i];
  const Vector3d turn = options.rotation_noise * Vector3d(e[3], e[4], e[5]);
  if (turn.norm() == 0.0) return;
  const Quaterniond q(Eigen::AngleAxisd(turn.norm(), turn.normalized()));
  const PoseValue rotation = pose_value(Vector3d::Zero(), q);
  detail::compose(3, pose.data(), rotation.data(), pose.data());
}

// The diagonal information matrix of the noise, as an upper triangle row by row.
std::vector<double> information_of(const PoseGraphGeneration& options, int dimension) {
  const auto inverse_square = [](double deviation) { return deviation > 0.0 ? 1.0 / (deviation * deviation) : 1.0; };
  const int size = dimension == 2 ? 3 : 6;
  const double translation = inverse_square(options.translation_noise);
  const double rotation = inverse_square(dimension == 2 ? options.rotation_noise : 0.5 * options.rotation_noise);
  std::vector<double> upper;
  for (int i = 0; i < size; ++i) {
    for (int j = i; j < size; ++j) upper.push_back(i != j ? 0.0 : i < dimension ? translation : rotation);
  }
  return upper;
}

PoseGraph measure(Random& random, const PoseGraphGeneration& options, int dimension, const Walk& walk) {
  PoseGraph graph;
  graph.dimension = dimension;
  for (Index i = 0; i < options.num_poses; ++i) graph.ids.push_back(i);
  const std::vector<double> upper = information_of(options, dimension);
  std::vector<double> root(static_cast<std::size_t>(graph.tangent_size() * graph.tangent_size()));
  sqrt_information(graph.tangent_size(), upper.data(), root.data());
  const auto truth = [&](Index i) { return walk.poses[static_cast<std::size_t>(i)].data(); };
  const auto add_edge = [&](Index from, Index to, Index seen_from, Index seen_to) {
    PoseValue measured;
    detail::relative(dimension, truth(seen_from), truth(seen_to), measured.data());
    add_noise(random, options, dimension, measured);
    graph.from.push_back(static_cast<std::int32_t>(from));
    graph.to.push_back(static_cast<std::int32_t>(to));
    graph.measurements.insert(graph.measurements.end(), measured.begin(), measured.begin() + graph.pose_size());
    graph.information.insert(graph.information.end(), upper.begin(), upper.end());
    graph.sqrt_information.insert(graph.sqrt_information.end(), root.begin(), root.end());
  };
  for (Index i = 1; i < options.num_poses; ++i) add_edge(i - 1, i, i - 1, i);
  for (const auto& [earlier, later] : walk.closures) {
    const bool outlier = random.chance(options.outliers);
    const Index a = random.below(options.num_poses), b = random.below(options.num_poses);
    add_edge(earlier, later, outlier ? a : earlier, outlier ? b : later);
  }
  graph.fixed = {0};
  return graph;
}

void check(const PoseGraphGeneration& options) {
  const auto fail = [](const char* name, const std::string& found, const char* expected) {
    throw Error("generate_pose_graph: found " + std::string(name) + " = " + found + ", expected " + expected);
  };
  if (options.num_poses < 2 || options.num_poses > 2147483647) {
    fail("num_poses", std::to_string(options.num_poses), "2 to 2^31 - 1");
  }
  const auto fraction = [&](const char* name, double value) {
    if (!(value >= 0.0 && value <= 1.0)) fail(name, std::to_string(value), "0 to 1");
  };
  const auto deviation = [&](const char* name, double value) {
    const bool usable = value == 0.0 || (value >= 1e-100 && value <= 1e100);  // its inverse square is a double
    if (!usable) fail(name, std::to_string(value), "0, or a number from 1e-100 to 1e100");
  };
  fraction("closures", options.closures);
  fraction("outliers", options.outliers);
  deviation("translation_noise", options.translation_noise);
  deviation("rotation_noise", options.rotation_noise);
}

}  // namespace

PoseGraph generate_pose_graph(const PoseGraphGeneration& options) {
  check(options);
  Random walk_random(2 * options.seed), measure_random(2 * options.seed + 1);
  const Walk walk = options.structure == PoseGraphStructure::sphere ? make_sphere(walk_random, options)
                    : options.structure == PoseGraphStructure::grid ? make_grid(walk_random, options)
                                                                    : make_manhattan(walk_random, options);
  const int dimension = options.structure == PoseGraphStructure::manhattan ? 2 : 3;
  PoseGraph graph = measure(measure_random, options, dimension, walk);
  detail::start_from_odometry(graph);
  return graph;
}

}  // namespace heliotrope
