// SPDX-License-Identifier: Apache-2.0
// Bundle adjustment with a camera that somebody else compiled: a function of doubles (compiled_camera/camera.cpp),
// which nothing can differentiate but by calling it. It is differenced pack by pack while points are eliminated, and
// ends where the same camera in source ends with exact derivatives.
#include <cmath>
#include <heliotrope/heliotrope.hpp>
#include <heliotrope/io/generate.hpp>
#include <heliotrope/io/problems.hpp>
#include <iostream>

extern "C" void camera_project(const double* camera, const double* point, double* pixel);

namespace {

struct CompiledReprojection {
  static constexpr int residuals = 2;
  double u, v;
  void operator()(const double* camera, const double* point, double* r) const {
    camera_project(camera, point, r);
    r[0] -= u, r[1] -= v;
  }
};

}  // namespace

int main() {
  using namespace heliotrope;
  const BalScene scene = generate_bal({.num_cameras = 30, .num_points = 3000});
  BalProblem source = make_problem(scene);
  const Summary exact = minimize(source.problem);

  Problem problem;
  const BalProblem start = make_problem(scene);
  const auto cameras = problem.add_variables<9>(start.problem.values(start.cameras));
  const auto points = problem.add_variables<3>(start.problem.values(start.points));
  std::vector<CompiledReprojection> data;
  for (std::int64_t k = 0; k < scene.num_observations(); ++k) {
    data.push_back({scene.observations[2 * k], scene.observations[2 * k + 1]});
  }
  problem.add_residuals(data, cameras[scene.camera_index], points[scene.point_index]);
  const Summary compiled = minimize(problem);

  std::cout << "source:   " << exact << "compiled: " << compiled << compiled.derivatives << "; "
            << compiled.linear_solver << "\n";
  return compiled.converged() && std::abs(compiled.final_cost / exact.final_cost - 1.0) < 1e-6 ? 0 : 1;
}
