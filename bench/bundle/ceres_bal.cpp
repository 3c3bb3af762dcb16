// SPDX-License-Identifier: Apache-2.0
#include "ceres_problem.hpp"
#include "heliotrope/residuals/snavely.hpp"

namespace bundle {

namespace {

using SameFunctor = heliotrope::SnavelyReprojection<double>;

/// As in Ceres' own bundle adjuster: the faster of the two functors.
struct CeresSnavely {
  double u, v;

  template <class T>
  void operator()(const T* camera, const T* point, T* residual) const {
    T p[3];
    ceres::AngleAxisRotatePoint(camera, point, p);
    p[0] += camera[3];
    p[1] += camera[4];
    p[2] += camera[5];
    const T x = -p[0] / p[2], y = -p[1] / p[2];
    const T square = x * x + y * y;
    const T focal = camera[6] * (1.0 + square * (camera[7] + camera[8] * square));
    residual[0] = focal * x - u;
    residual[1] = focal * y - v;
  }
};

template <class R>
void build(const heliotrope::BalScene& scene, CeresProblem& problem) {
  const bool cameras_first = eliminates_cameras(scene);
  const int points = problem.add_variables(scene.points, 3, cameras_first ? 1 : 0);
  const int cameras = problem.add_variables(scene.cameras, 9, cameras_first ? 0 : 1);
  for (std::size_t k = 0; k < scene.camera_index.size(); ++k) {
    const R residual{scene.observations[2 * k], scene.observations[2 * k + 1]};
    problem.add_residual<R, 2, 9, 3>(residual, problem.variable(cameras, scene.camera_index[k]),
                                     problem.variable(points, scene.point_index[k]));
  }
}

template <class R>
Evaluations evaluate(const heliotrope::BalScene& scene, int repeats) {
  CeresProblem problem;
  build<R>(scene, problem);
  double cost = 0.0;
  std::vector<double> residuals;
  ceres::CRSMatrix jacobian;
  return time_calls(repeats, [&] { problem.problem().Evaluate({}, &cost, &residuals, nullptr, &jacobian); });
}

}  // namespace

Solve solve_ceres(const heliotrope::BalScene& scene, CeresSolver solver, const SolveOptions& options) {
  const Clock clock;
  CeresProblem problem;
  build<CeresSnavely>(scene, problem);
  return minimise(problem, clock, solver, options);
}

Evaluations evaluate_ceres(const heliotrope::BalScene& scene, int repeats) {
  return evaluate<SameFunctor>(scene, repeats);
}
Evaluations evaluate_ceres_rotation(const heliotrope::BalScene& scene, int repeats) {
  return evaluate<CeresSnavely>(scene, repeats);
}

}  // namespace bundle
