// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "heliotrope/io/problems.hpp"
#include "heliotrope/large_vector.hpp"
#include "heliotrope/residuals/snavely.hpp"
#include "io/all_finite.hpp"
#include "io/shipped_types.hpp"
#include "residuals/shipped_kernels.hpp"

namespace heliotrope {

namespace {

using detail::all_finite;

void add_variables(const BalScene& scene, const BalProblemOptions& options, BalProblem& made) {
  if (options.normalise) made.normalisation = find_normalisation(scene.points);
  if (!made.normalisation.is_identity()) {
    std::vector<double> cameras = scene.cameras, points = scene.points;
    normalise(made.normalisation, cameras, points);
    if (all_finite(cameras) && all_finite(points)) {
      made.cameras = made.problem.add_variables<9>(cameras);
      made.points = made.problem.add_variables<3>(points);
      return;
    }
    made.normalisation = {};
  }
  made.cameras = made.problem.add_variables<9>(scene.cameras);
  made.points = made.problem.add_variables<3>(scene.points);
}

}  // namespace

BalProblem make_problem(const BalScene& scene, const ResidualOptions& options, const BalProblemOptions& bal_options) {
  BalProblem made;
  add_variables(scene, bal_options, made);
  std::vector<SnavelyReprojection<double>> pixels;
  detail::reserve_huge(pixels, scene.camera_index.size());
  for (std::size_t k = 0; k < scene.camera_index.size(); ++k)
    pixels.push_back({scene.observations[2 * k], scene.observations[2 * k + 1]});
  made.observations =
      made.problem.add_residuals(pixels, options, made.cameras[std::span<const std::int32_t>(scene.camera_index)],
                                 made.points[std::span<const std::int32_t>(scene.point_index)]);
  for (detail::ResidualGroup& group : detail::ProblemAccess::groups(made.problem)) {
    group.kernels.residuals = residuals_detail::shipped_kernels().snavely.residuals;
    group.kernels.autodiff = residuals_detail::shipped_kernels().snavely.autodiff;
  }
  return made;
}

void store_values(const BalProblem& from, BalScene& scene) {
  const auto cameras = from.problem.values(from.cameras), points = from.problem.values(from.points);
  scene.cameras.assign(cameras.begin(), cameras.end());
  scene.points.assign(points.begin(), points.end());
  if (!from.normalisation.is_identity()) denormalise(from.normalisation, scene.cameras, scene.points);
}

void detail::append_bal_types(std::vector<ShippedType>& types) {
  struct SnavelyKernels {
    static const KernelPair& get() { return residuals_detail::shipped_kernels().snavely; }
  };
  types.push_back(shipped_type<SnavelyReprojection<double>, SnavelyKernels, Euclidean<9>, Euclidean<3>>("snavely"));
}

}  // namespace heliotrope
