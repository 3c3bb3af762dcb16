// SPDX-License-Identifier: Apache-2.0
#include "ceres_problem.hpp"
#include "rig.hpp"
#include "stereo.hpp"

namespace bundle {

Solve solve_ceres(const StereoScene& scene, CeresSolver solver, const SolveOptions& options) {
  const Clock clock;
  CeresProblem problem;
  const int points = problem.add_variables(scene.points, 3, 0), poses = problem.add_variables(scene.poses, 6, 1);
  using Seen = StereoReprojection<double, CeresRotation>;  // the faster of the two rotations
  for (std::size_t k = 0; k < scene.point_index.size(); ++k) {
    const double* pixel = &scene.pixels[3 * k];
    const Seen seen{pixel[0], pixel[1], pixel[2], scene.fx, scene.fy, scene.cx, scene.cy, scene.baseline};
    problem.add_residual<Seen, 3, 6, 3>(seen, problem.variable(poses, scene.pose_index[k]),
                                        problem.variable(points, scene.point_index[k]));
  }
  problem.fix(problem.variable(poses, 0));
  return minimise(problem, clock, solver, options);
}

Solve solve_ceres(const RigScene& scene, CeresSolver solver, const SolveOptions& options) {
  const Clock clock;
  CeresProblem problem;
  const int points = problem.add_variables(scene.points, 3, 0), heads = problem.add_variables(scene.heads, 6, 1);
  const int poses = problem.add_variables(scene.poses, 6, 1);
  const int intrinsics = problem.add_variables(scene.intrinsics, 4, 1);
  using Seen = RigReprojection<double, CeresRotation>;
  for (std::size_t k = 0; k < scene.point_index.size(); ++k) {
    const double* pixel = &scene.pixels[4 * k];
    const Seen seen{pixel[0], pixel[1], pixel[2], pixel[3], scene.baseline};
    problem.add_residual<Seen, 4, 6, 6, 4, 3>(
        seen, problem.variable(heads, scene.head_index[k]), problem.variable(poses, scene.pose_index[k]),
        problem.variable(intrinsics, 0), problem.variable(points, scene.point_index[k]));
  }
  problem.fix(problem.variable(heads, 0));
  problem.fix(problem.variable(poses, 0));
  return minimise(problem, clock, solver, options);
}

}  // namespace bundle
