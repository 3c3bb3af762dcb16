// SPDX-License-Identifier: Apache-2.0
#include <Eigen/Geometry>
#include <algorithm>
#include <numeric>

#include "heliotrope/io/problems.hpp"
#include "heliotrope/residuals/landmark.hpp"
#include "heliotrope/residuals/pose_graph.hpp"
#include "io/shipped_types.hpp"
#include "pose_algebra.hpp"
#include "residuals/shipped_kernels.hpp"

namespace heliotrope {

namespace {

using Pair = residuals_detail::ShippedKernels::Pair;

/// The first vertex of each vertex's connected part; landmarks are counted behind the poses.
std::vector<std::int64_t> first_of_part(const PoseGraph& graph) {
  std::vector<std::int64_t> parent(static_cast<std::size_t>(graph.num_poses() + graph.num_landmarks()));
  std::iota(parent.begin(), parent.end(), 0);
  const auto root = [&](std::int64_t i) {
    while (parent[static_cast<std::size_t>(i)] != i) {
      auto& up = parent[static_cast<std::size_t>(i)];
      up = parent[static_cast<std::size_t>(up)];
      i = up;
    }
    return i;
  };
  const auto join = [&](std::int64_t i, std::int64_t j) {
    const std::int64_t a = root(i), b = root(j);
    parent[static_cast<std::size_t>(std::max(a, b))] = std::min(a, b);
  };
  for (std::size_t k = 0; k < graph.from.size(); ++k) join(graph.from[k], graph.to[k]);
  for (std::size_t k = 0; k < graph.observer.size(); ++k) {
    join(graph.observer[k], graph.num_poses() + graph.observed[k]);
  }
  for (std::size_t i = 0; i < parent.size(); ++i) parent[i] = root(static_cast<std::int64_t>(i));
  return parent;
}

std::string fix_gauge(const PoseGraph& graph, Problem& problem) {
  const auto fix = [&](std::int64_t vertex) { problem.fix(AnyVariable(vertex)); };
  const std::vector<std::int64_t> part = first_of_part(graph);
  std::vector<bool> held(part.size());
  const auto fix_as_told = [&](std::int64_t vertex) {
    fix(vertex);
    held[static_cast<std::size_t>(part[static_cast<std::size_t>(vertex)])] = true;
  };
  for (const std::int32_t pose : graph.fixed) fix_as_told(pose);
  for (const std::int32_t landmark : graph.fixed_landmarks) fix_as_told(graph.num_poses() + landmark);
  std::int64_t added = 0;
  for (std::size_t i = 0; i < part.size(); ++i) {
    if (part[i] != static_cast<std::int64_t>(i) || held[i]) continue;
    fix(part[i]);
    ++added;
  }
  const std::string landmarks = std::to_string(graph.fixed_landmarks.size()) + " landmarks";
  if (added == 0) {
    return "the file fixes " + std::to_string(graph.fixed.size()) + " poses" +
           (graph.fixed_landmarks.empty() ? "" : " and " + landmarks);
  }
  if (added == 1 && graph.fixed.empty() && graph.fixed_landmarks.empty()) {
    return "nothing fixes the gauge: the first pose is held";
  }
  return "nothing fixes the gauge of " + std::to_string(added) + " connected part" + (added == 1 ? "" : "s") +
         ": the first vertex of each is held";
}

/// Residuals of one type at a time; they get the kernels that were chosen for this processor.
template <class R, class A, class B>
void add(Problem& problem, const std::vector<R>& residuals, ResidualOptions options, const std::vector<double>& roots,
         const Pair& kernels, const A& first, const B& second) {
  if (residuals.empty()) return;
  options.sqrt_information = roots;
  auto& groups = detail::ProblemAccess::groups(problem);
  const std::size_t before = groups.size();
  problem.add_residuals(residuals, options, first, second);
  for (std::size_t i = before; i < groups.size(); ++i) {
    groups[i].kernels.residuals = kernels.residuals;
    groups[i].kernels.autodiff = kernels.autodiff;
  }
}

/// What poses see of landmarks as if each sensor sat at its pose: with the offset (R, t) a sighting z weighted by W is
/// R z + t weighted by W R'.
void place_sensors(const PoseGraph& graph, std::vector<double>& sightings, std::vector<double>& roots) {
  using Matrix = Eigen::Matrix<double, 3, 3, Eigen::RowMajor>;
  for (std::size_t k = 0; k < graph.sensor.size(); ++k) {
    if (graph.sensor[k] < 0) continue;
    const double* const offset = &graph.offsets[7 * static_cast<std::size_t>(graph.sensor[k])];
    detail::transform(3, offset, &sightings[3 * k], &sightings[3 * k]);
    Eigen::Map<Matrix> root(&roots[9 * k]);
    root = (root * Eigen::Map<const Eigen::Quaterniond>(offset + 3).toRotationMatrix().transpose()).eval();
  }
}

template <class M, class Edge, class Sighting>
void fill(const PoseGraph& graph, const ResidualOptions& options, Problem& problem, const Pair& edge_kernels,
          const Pair& sighting_kernels, const Edge& edge, const Sighting& sighting) {
  constexpr int dimension = M::ambient_size == 3 ? 2 : 3;
  const auto poses = problem.add_variables<M>(graph.poses);
  std::vector<decltype(edge(nullptr))> edges;
  edges.reserve(graph.from.size());
  for (std::size_t k = 0; k < graph.from.size(); ++k) {
    edges.push_back(edge(graph.measurements.data() + k * M::ambient_size));
  }
  const auto at = [](const auto& variables, const std::vector<std::int32_t>& indices) {
    return variables[std::span<const std::int32_t>(indices)];
  };
  add(problem, edges, options, graph.sqrt_information, edge_kernels, at(poses, graph.from), at(poses, graph.to));
  if (graph.landmark_ids.empty()) return;

  const auto landmarks = problem.add_variables<Euclidean<dimension>>(graph.landmarks);
  std::vector<double> seen = graph.sightings, roots = graph.sighting_sqrt_information;
  if (dimension == 3) place_sensors(graph, seen, roots);
  std::vector<decltype(sighting(nullptr))> sightings;
  sightings.reserve(graph.observer.size());
  for (std::size_t k = 0; k < graph.observer.size(); ++k) sightings.push_back(sighting(seen.data() + k * dimension));
  add(problem, sightings, options, roots, sighting_kernels, at(poses, graph.observer), at(landmarks, graph.observed));
}

}  // namespace

PoseGraphProblem make_problem(const PoseGraph& graph, const ResidualOptions& options) {
  if (!options.sqrt_information.empty()) throw Error("a pose graph's residuals have the graph's own information");
  PoseGraphProblem made;
  const auto& kernels = residuals_detail::shipped_kernels();
  if (graph.dimension == 2) {
    fill<SE2>(
        graph, options, made.problem, kernels.relative_pose_se2, kernels.relative_position_se2,
        [](const double* z) {
          return RelativePoseSE2<double>{z[0], z[1], z[2]};
        },
        [](const double* z) {
          return RelativePositionSE2<double>{z[0], z[1]};
        });
  } else {
    fill<SE3>(
        graph, options, made.problem, kernels.relative_pose_se3, kernels.relative_position_se3,
        [](const double* z) { return RelativePoseSE3<double>{z[0], z[1], z[2], z[3], z[4], z[5], z[6]}; },
        [](const double* z) {
          return RelativePositionSE3<double>{z[0], z[1], z[2]};
        });
  }
  made.gauge = fix_gauge(graph, made.problem);
  return made;
}

void store_values(const PoseGraphProblem& from, PoseGraph& graph) {
  const auto values = from.problem.values();
  const auto poses = static_cast<std::ptrdiff_t>(graph.poses.size());
  graph.poses.assign(values.begin(), values.begin() + poses);
  graph.landmarks.assign(values.begin() + poses, values.end());
}

void detail::append_pose_graph_types(std::vector<ShippedType>& types) {
  using residuals_detail::shipped_kernels;
  struct PoseSe2Kernels {
    static const KernelPair& get() { return shipped_kernels().relative_pose_se2; }
  };
  struct PoseSe3Kernels {
    static const KernelPair& get() { return shipped_kernels().relative_pose_se3; }
  };
  struct PositionSe2Kernels {
    static const KernelPair& get() { return shipped_kernels().relative_position_se2; }
  };
  struct PositionSe3Kernels {
    static const KernelPair& get() { return shipped_kernels().relative_position_se3; }
  };
  types.push_back(shipped_type<RelativePoseSE2<double>, PoseSe2Kernels, SE2, SE2>("relative-pose-se2"));
  types.push_back(shipped_type<RelativePoseSE3<double>, PoseSe3Kernels, SE3, SE3>("relative-pose-se3"));
  types.push_back(
      shipped_type<RelativePositionSE2<double>, PositionSe2Kernels, SE2, Euclidean<2>>("relative-position-se2"));
  types.push_back(
      shipped_type<RelativePositionSE3<double>, PositionSe3Kernels, SE3, Euclidean<3>>("relative-position-se3"));
}

}  // namespace heliotrope
