// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <numeric>

#include "heliotrope/io/problems.hpp"
#include "heliotrope/residuals/pose_graph.hpp"
#include "residuals/shipped_kernels.hpp"

namespace heliotrope {

namespace {

/// The first pose of each pose's connected part.
std::vector<std::int32_t> first_of_part(const PoseGraph& graph) {
  std::vector<std::int32_t> parent(static_cast<std::size_t>(graph.num_poses()));
  std::iota(parent.begin(), parent.end(), 0);
  const auto root = [&](std::int32_t i) {
    while (parent[static_cast<std::size_t>(i)] != i) {
      auto& up = parent[static_cast<std::size_t>(i)];
      up = parent[static_cast<std::size_t>(up)];
      i = up;
    }
    return i;
  };
  for (std::size_t k = 0; k < graph.from.size(); ++k) {
    const std::int32_t a = root(graph.from[k]), b = root(graph.to[k]);
    parent[static_cast<std::size_t>(std::max(a, b))] = std::min(a, b);
  }
  for (std::size_t i = 0; i < parent.size(); ++i) parent[i] = root(static_cast<std::int32_t>(i));
  return parent;
}

std::string fix_gauge(const PoseGraph& graph, Problem& problem, std::int64_t first_variable) {
  const auto fix = [&](std::int32_t pose) { problem.fix(AnyVariable(first_variable + pose)); };
  const std::vector<std::int32_t> part = first_of_part(graph);
  std::vector<bool> held(part.size());
  for (std::int32_t pose : graph.fixed) {
    fix(pose);
    held[static_cast<std::size_t>(part[static_cast<std::size_t>(pose)])] = true;
  }
  std::int64_t added = 0;
  for (std::size_t i = 0; i < part.size(); ++i) {
    if (part[i] != static_cast<std::int32_t>(i) || held[i]) continue;
    fix(static_cast<std::int32_t>(i));
    ++added;
  }
  if (added == 0) return "the file fixes " + std::to_string(graph.fixed.size()) + " poses";
  if (added == 1 && graph.fixed.empty()) return "nothing fixes the gauge: the first pose is held";
  return "nothing fixes the gauge of " + std::to_string(added) + " connected part" + (added == 1 ? "" : "s") +
         ": the first pose of each is held";
}

template <class M, class R, class Make>
std::int64_t fill(const PoseGraph& graph, ResidualOptions options, Problem& problem, const Make& make,
                  const residuals_detail::ShippedKernels::Pair& kernels) {
  const auto poses = problem.add_variables<M>(graph.poses);
  std::vector<R> edges;
  edges.reserve(graph.from.size());
  for (std::size_t k = 0; k < graph.from.size(); ++k)
    edges.push_back(make(graph.measurements.data() + k * M::ambient_size));
  options.sqrt_information = graph.sqrt_information;
  problem.add_residuals(edges, options, poses[std::span<const std::int32_t>(graph.from)],
                        poses[std::span<const std::int32_t>(graph.to)]);
  for (detail::ResidualGroup& group : detail::ProblemAccess::groups(problem)) {
    group.kernels.residuals = kernels.residuals;
    group.kernels.autodiff = kernels.autodiff;
  }
  return poses.first();
}

}  // namespace

PoseGraphProblem make_problem(const PoseGraph& graph, const ResidualOptions& options) {
  if (!options.sqrt_information.empty()) throw Error("a pose graph's residuals have the graph's own information");
  PoseGraphProblem made;
  const auto& kernels = residuals_detail::shipped_kernels();
  const std::int64_t first =
      graph.dimension == 2
          ? fill<SE2, RelativePoseSE2<double>>(
                graph, options, made.problem,
                [](const double* z) {
                  return RelativePoseSE2<double>{z[0], z[1], z[2]};
                },
                kernels.relative_pose_se2)
          : fill<SE3, RelativePoseSE3<double>>(
                graph, options, made.problem,
                [](const double* z) { return RelativePoseSE3<double>{z[0], z[1], z[2], z[3], z[4], z[5], z[6]}; },
                kernels.relative_pose_se3);
  made.gauge = fix_gauge(graph, made.problem, first);
  return made;
}

void store_values(const PoseGraphProblem& from, PoseGraph& graph) {
  graph.poses.assign(from.problem.values().begin(), from.problem.values().end());
}

}  // namespace heliotrope
