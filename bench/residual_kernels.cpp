// SPDX-License-Identifier: Apache-2.0
// Snavely's reprojection error through a typed group, nanoseconds an observation ("per_observation"): in cache, and
// stored to memory on a problem of the size of problem-16-22106 (83,718 observations).
#include <benchmark/benchmark.h>

#include <span>
#include <vector>

#include "heliotrope/io/generate.hpp"
#include "heliotrope/problem/evaluator.hpp"
#include "heliotrope/residuals/snavely.hpp"

namespace {

using Residual = heliotrope::SnavelyReprojection<double>;

heliotrope::BalScene in_cache() { return heliotrope::generate_bal({.num_cameras = 4, .num_points = 128}); }
heliotrope::BalScene in_memory() {
  return heliotrope::generate_bal({.num_cameras = 16, .num_points = 22106, .mean_track = 3.787});
}

/// The scene as a user states it, so that the kernels are those of this program.
heliotrope::Problem make_problem(const heliotrope::BalScene& scene) {
  heliotrope::Problem problem;
  const auto cameras = problem.add_variables<9>(scene.cameras);
  const auto points = problem.add_variables<3>(scene.points);
  std::vector<Residual> pixels(scene.camera_index.size());
  for (std::size_t k = 0; k < pixels.size(); ++k)
    pixels[k] = {scene.observations[2 * k], scene.observations[2 * k + 1]};
  problem.add_residuals(pixels, cameras[std::span(scene.camera_index)], points[std::span(scene.point_index)]);
  return problem;
}

void report(benchmark::State& state, const heliotrope::BalScene& scene) {
  state.counters["per_observation"] =
      benchmark::Counter(static_cast<double>(state.iterations()) * static_cast<double>(scene.num_observations()),
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void residuals(benchmark::State& state, heliotrope::BalScene (*make)()) {
  const heliotrope::BalScene scene = make();
  const heliotrope::Problem problem = make_problem(scene);
  heliotrope::Evaluator evaluator(problem, {.jacobian = false});
  for (auto _ : state) benchmark::DoNotOptimize(evaluator.residuals(problem, problem.values()));
  report(state, scene);
}
BENCHMARK_CAPTURE(residuals, in_cache, in_cache);
BENCHMARK_CAPTURE(residuals, in_memory, in_memory);

void jacobian(benchmark::State& state, heliotrope::BalScene (*make)(), heliotrope::Derivatives derivatives) {
  const heliotrope::BalScene scene = make();
  const heliotrope::Problem problem = make_problem(scene);
  heliotrope::Evaluator evaluator(problem, {.derivatives = derivatives});
  for (auto _ : state) benchmark::DoNotOptimize(evaluator.linearise(problem, problem.values()));
  report(state, scene);
}
BENCHMARK_CAPTURE(jacobian, in_cache, in_cache, heliotrope::Derivatives::autodiff);
BENCHMARK_CAPTURE(jacobian, in_memory, in_memory, heliotrope::Derivatives::autodiff);
BENCHMARK_CAPTURE(jacobian, in_cache_forward_differences, in_cache, heliotrope::Derivatives::forward);
BENCHMARK_CAPTURE(jacobian, in_cache_central_differences, in_cache, heliotrope::Derivatives::central);

/// The same functor in a plain loop over doubles: what the guard in the tests compares with.
void scalar_residuals(benchmark::State& state) {
  const heliotrope::BalScene scene = in_cache();
  std::vector<double> residual(scene.observations.size());
  for (auto _ : state) {
    for (std::size_t k = 0; k < scene.camera_index.size(); ++k) {
      Residual{scene.observations[2 * k], scene.observations[2 * k + 1]}(
          &scene.cameras[9 * static_cast<std::size_t>(scene.camera_index[k])],
          &scene.points[3 * static_cast<std::size_t>(scene.point_index[k])], &residual[2 * k]);
    }
    benchmark::DoNotOptimize(residual.data());
    benchmark::ClobberMemory();
  }
  report(state, scene);
}
BENCHMARK(scalar_residuals);

}  // namespace
