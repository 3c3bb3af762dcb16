// SPDX-License-Identifier: Apache-2.0
// Residual types that the library does not ship, compiled as a user would: for this machine.
#include <span>

#include "heliotrope_solve.hpp"
#include "rig.hpp"
#include "stereo.hpp"

namespace bundle {

namespace {

using Indices = std::span<const std::int32_t>;

}  // namespace

Solve solve_heliotrope(const StereoScene& scene, const SolveOptions& options) {
  const Clock clock;
  std::vector<StereoReprojection<double>> seen(scene.point_index.size());
  for (std::size_t k = 0; k < seen.size(); ++k) {
    const double* pixel = &scene.pixels[3 * k];
    seen[k] = {pixel[0], pixel[1], pixel[2], scene.fx, scene.fy, scene.cx, scene.cy, scene.baseline};
  }
  heliotrope::Problem problem;
  const auto poses = problem.add_variables<6>(scene.poses);
  const auto points = problem.add_variables<3>(scene.points);
  problem.add_residuals(seen, poses[Indices(scene.pose_index)], points[Indices(scene.point_index)]);
  problem.fix(poses[0]);
  return minimise(problem, clock, options);
}

Solve solve_heliotrope(const RigScene& scene, const SolveOptions& options) {
  const Clock clock;
  std::vector<RigReprojection<double>> seen(scene.point_index.size());
  for (std::size_t k = 0; k < seen.size(); ++k) {
    const double* pixel = &scene.pixels[4 * k];
    seen[k] = {pixel[0], pixel[1], pixel[2], pixel[3], scene.baseline};
  }
  heliotrope::Problem problem;
  const auto heads = problem.add_variables<6>(scene.heads);
  const auto poses = problem.add_variables<6>(scene.poses);
  const auto intrinsics = problem.add_variables<4>(scene.intrinsics);
  const auto points = problem.add_variables<3>(scene.points);
  problem.add_residuals(seen, heads[Indices(scene.head_index)], poses[Indices(scene.pose_index)], intrinsics[0],
                        points[Indices(scene.point_index)]);
  problem.fix(heads[0]);
  problem.fix(poses[0]);
  return minimise(problem, clock, options);
}

}  // namespace bundle
