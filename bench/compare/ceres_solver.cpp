// SPDX-License-Identifier: Apache-2.0
// Ceres on the same data with the same functor, compiled as Ceres' users do: -O3 -DNDEBUG, no -march.
#include <ceres/ceres.h>
#include <ceres/rotation.h>

#include <algorithm>
#include <cstdio>

#include "compare.hpp"
#include "timing.hpp"

namespace ceres {
/// What Heliotrope's rotation asks of a scalar beyond what Ceres' jets have.
template <class T, int N>
inline void sincos(const Jet<T, N>& x, Jet<T, N>& sine, Jet<T, N>& cosine) {
  const T s = std::sin(x.a), c = std::cos(x.a);
  sine = Jet<T, N>(s, c * x.v);
  cosine = Jet<T, N>(c, -s * x.v);
}
}  // namespace ceres

#include "heliotrope/residuals/snavely.hpp"

namespace compare {

namespace {

using SameFunctor = heliotrope::SnavelyReprojection<double>;

/// As in Ceres' own bundle adjuster.
struct CeresRotation {
  double u, v;

  template <class T>
  bool operator()(const T* camera, const T* point, T* residual) const {
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
    return true;
  }
};

template <class Functor>
struct Returning : Functor {
  template <class T>
  bool operator()(const T* camera, const T* point, T* residual) const {
    Functor::operator()(camera, point, residual);
    return true;
  }
};

/// Values are copied: a scene serves many solves.
struct Built {
  std::vector<double> cameras, points;
  std::unique_ptr<ceres::Problem> problem;
};

template <class Functor>
Built build(const heliotrope::BalScene& scene) {
  ceres::Problem::Options options;
  options.disable_all_safety_checks = true;
  Built built{scene.cameras, scene.points, std::make_unique<ceres::Problem>(options)};
  for (std::size_t k = 0; k < scene.camera_index.size(); ++k) {
    auto* functor = new Returning<Functor>{{scene.observations[2 * k], scene.observations[2 * k + 1]}};
    built.problem->AddResidualBlock(new ceres::AutoDiffCostFunction<Returning<Functor>, 2, 9, 3>(functor), nullptr,
                                    built.cameras.data() + 9 * static_cast<std::ptrdiff_t>(scene.camera_index[k]),
                                    built.points.data() + 3 * static_cast<std::ptrdiff_t>(scene.point_index[k]));
  }
  return built;
}

/// Points in the first elimination group, cameras in the second.
std::shared_ptr<ceres::ParameterBlockOrdering> points_first(Built& built) {
  auto ordering = std::make_shared<ceres::ParameterBlockOrdering>();
  for (std::size_t p = 0; p < built.points.size(); p += 3) ordering->AddElementToGroup(built.points.data() + p, 0);
  for (std::size_t c = 0; c < built.cameras.size(); c += 9) ordering->AddElementToGroup(built.cameras.data() + c, 1);
  return ordering;
}

Solve solve(const heliotrope::BalScene& scene, ceres::LinearSolverType type, int threads) {
  const Clock clock;
  Built built = build<CeresRotation>(scene);  // the faster of the two functors
  ceres::Solver::Options options;
  options.linear_solver_type = type;
  options.sparse_linear_algebra_library_type = ceres::SUITE_SPARSE;
  options.dense_linear_algebra_library_type = ceres::LAPACK;
  if (type == ceres::DENSE_SCHUR) options.linear_solver_ordering = points_first(built);
  options.num_threads = threads;
  options.max_num_iterations = 200;
  options.logging_type = ceres::SILENT;
  const double start = clock.seconds();
  ceres::Solver::Summary summary;
  ceres::Solve(options, built.problem.get(), &summary);
  Solve result{.trace = {},
               .seconds = clock.seconds(),
               .iterations = static_cast<int>(summary.iterations.size()) - 1,
               .converged = summary.termination_type == ceres::CONVERGENCE,
               .stages = {}};
  for (const ceres::IterationSummary& iteration : summary.iterations) {
    const bool better = iteration.iteration == 0 || (iteration.step_is_successful && iteration.cost < result.cost());
    result.trace.push_back({start + iteration.cumulative_time_in_seconds, better ? iteration.cost : result.cost()});
  }
  char text[200];
  std::snprintf(text, sizeof text, "problem %.3f, set-up %.3f, residuals %.3f, Jacobian %.3f, linear %.3f", start,
                summary.preprocessor_time_in_seconds, summary.residual_evaluation_time_in_seconds,
                summary.jacobian_evaluation_time_in_seconds, summary.linear_solver_time_in_seconds);
  result.stages = text;
  return result;
}

template <class Functor>
Evaluations evaluate(const heliotrope::BalScene& scene, int repeats) {
  Built built = build<Functor>(scene);
  double cost = 0.0;
  std::vector<double> residuals;
  ceres::CRSMatrix jacobian;
  return time_calls(repeats, [&] { built.problem->Evaluate({}, &cost, &residuals, nullptr, &jacobian); });
}

}  // namespace

std::string ceres_version() { return CERES_VERSION_STRING; }

Solve solve_ceres_sparse(const heliotrope::BalScene& scene, int threads) {
  return solve(scene, ceres::SPARSE_NORMAL_CHOLESKY, threads);
}
Solve solve_ceres_schur(const heliotrope::BalScene& scene, int threads) {
  return solve(scene, ceres::DENSE_SCHUR, threads);
}
Evaluations evaluate_ceres(const heliotrope::BalScene& scene, int repeats) {
  return evaluate<SameFunctor>(scene, repeats);
}
Evaluations evaluate_ceres_rotation(const heliotrope::BalScene& scene, int repeats) {
  return evaluate<CeresRotation>(scene, repeats);
}

}  // namespace compare
