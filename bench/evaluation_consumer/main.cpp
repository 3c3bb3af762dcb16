// SPDX-License-Identifier: Apache-2.0
// Nanoseconds an observation of residuals and Jacobian, of residuals alone, and of a plain loop in double, on one core
// in cache: a user's program, compiled with -O2 and whatever instruction set its CMake project names.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <span>
#include <vector>

#include "heliotrope/problem/evaluator.hpp"
#include "snavely.hpp"

namespace {

struct Scene {
  std::vector<double> cameras, points;
  std::vector<int> camera, point;
  std::vector<Camera<double>> pixels;
};

/// Four cameras that all see every one of `count / 4` points.
Scene make_scene(int count) {
  std::mt19937 random(1);
  std::normal_distribution<double> normal;
  Scene scene;
  for (int c = 0; c < 4; ++c) {
    for (int i = 0; i < 3; ++i) scene.cameras.push_back(0.3 * normal(random));
    for (double x : {0.1 * c, -0.1, 0.2, 800.0, -0.1, 0.01}) scene.cameras.push_back(x);
  }
  for (int p = 0; p < count / 4; ++p) {
    for (double depth : {0.0, 0.0, -6.0}) scene.points.push_back(depth + normal(random));
  }
  for (int k = 0; k < count; ++k) {
    scene.camera.push_back(k % 4);
    scene.point.push_back(k / 4);
    scene.pixels.push_back({100.0 * normal(random), 100.0 * normal(random)});
  }
  return scene;
}

/// Nanoseconds an observation of `call`: the least and the median of many timings of about 0.2 ms.
template <class Call>
void report(const char* what, int count, const Call& call) {
  using Clock = std::chrono::steady_clock;
  const int calls = std::max(1, 10000 / count);
  std::vector<double> times(2000);
  for (double& time : times) {
    const auto start = Clock::now();
    for (int i = 0; i < calls; ++i) call();
    time = std::chrono::duration<double, std::nano>(Clock::now() - start).count() / calls / count;
  }
  std::sort(times.begin(), times.end());
  std::printf("%s %.1f %.1f\n", what, times.front(), times[times.size() / 2]);
}

}  // namespace

int main(int argc, char** argv) {
  const int count = argc > 1 ? std::atoi(argv[1]) : 512;
  const Scene scene = make_scene(count);
  heliotrope::Problem problem;
  const auto cameras = problem.add_variables<9>(scene.cameras);
  const auto points = problem.add_variables<3>(scene.points);
  problem.add_residuals(scene.pixels, cameras[std::span(scene.camera)], points[std::span(scene.point)]);
  heliotrope::Evaluator evaluator(problem, {.threads = 1});

  double sum = 0.0;
  report("jacobian", count, [&] { sum += evaluator.linearise(problem, problem.values()); });
  report("residuals", count, [&] { sum += evaluator.residuals(problem, problem.values()); });
  std::vector<double> residuals(2 * static_cast<std::size_t>(count));
  report("scalar", count, [&] {
    for (std::size_t k = 0; k < scene.pixels.size(); ++k) {
      scene.pixels[k](&scene.cameras[9 * static_cast<std::size_t>(scene.camera[k])],
                      &scene.points[3 * static_cast<std::size_t>(scene.point[k])], &residuals[2 * k]);
    }
    sum += residuals.back();
  });
  std::printf("checksum %.17g\n", sum);
}
