// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/io/bal_normalisation.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "catch.hpp"
#include "heliotrope/io/generate.hpp"
#include "heliotrope/io/problems.hpp"
#include "heliotrope/minimize/minimize.hpp"

using heliotrope::BalNormalisation;
using heliotrope::BalProblem;
using heliotrope::BalScene;
using heliotrope::find_normalisation;
using heliotrope::generate_bal;
using heliotrope::make_problem;

namespace {

/// A generated scene, moved and scaled: by the inverse of the normalisation that has this centre and scale.
BalScene scene_at(std::array<double, 3> centre, double scale) {
  BalScene scene = generate_bal({.num_cameras = 20, .num_points = 1001});
  heliotrope::denormalise({.centre = centre, .scale = scale}, scene.cameras, scene.points);
  return scene;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

double largest_difference(std::span<const double> a, std::span<const double> b) {
  REQUIRE(a.size() == b.size());
  double largest = 0.0;
  for (std::size_t k = 0; k < a.size(); ++k) largest = std::max(largest, std::abs(a[k] - b[k]));
  return largest;
}

std::vector<double> residuals(const BalProblem& made) { return made.problem.evaluate().residuals; }

}  // namespace

TEST_CASE("bal_normalisation: points get median 0 and median deviation 100", "[io][bal]") {
  const BalProblem made = make_problem(scene_at({30.0, -7.0, 1000.0}, 0.01));
  const auto points = made.problem.values(made.points);
  std::vector<double> axis[3], distance;
  for (std::size_t p = 0; p < points.size(); p += 3) {
    for (std::size_t i = 0; i < 3; ++i) axis[i].push_back(points[p + i]);
    distance.push_back(std::abs(points[p]) + std::abs(points[p + 1]) + std::abs(points[p + 2]));
  }
  for (const auto& numbers : axis) CHECK(median(numbers) == 0.0);
  CHECK(median(distance) == Approx(100.0));
}

TEST_CASE("bal_normalisation: every pixel stays, near the origin and far from it", "[io][bal]") {
  constexpr double image_size = 1000.0;
  for (const double far : {0.0, 1e3, 1e6}) {
    for (const double scale : {1.0, 1e-3, 1e4}) {
      INFO("1 / " << scale << " of its size, " << far << " away");
      const BalScene scene = scene_at({far, -far, 2.0 * far}, scale);
      const BalProblem made = make_problem(scene), plain = make_problem(scene, {}, {.normalise = false});
      CHECK_FALSE(made.normalisation.is_identity());
      CHECK(plain.normalisation.is_identity());
      const double rounding = std::max(1.0, far * scale / 1e3);  // of the scene's own numbers
      CHECK(largest_difference(residuals(made), residuals(plain)) < 1e-9 * image_size * rounding);
      CHECK(made.problem.evaluate().cost == Approx(plain.problem.evaluate().cost).epsilon(1e-9 * rounding));
    }
  }
}

TEST_CASE("bal_normalisation: store_values gives the scene back", "[io][bal]") {
  for (const double far : {0.0, 1e6}) {
    const BalScene scene = scene_at({far, far, -far}, 1.0);
    BalScene stored = scene;
    store_values(make_problem(scene), stored);
    CHECK(largest_difference(stored.points, scene.points) < 1e-14 * (1e3 + far));
    CHECK(largest_difference(stored.cameras, scene.cameras) < 1e-14 * (1e3 + far));

    stored = scene;
    store_values(make_problem(scene, {}, {.normalise = false}), stored);
    CHECK(stored == scene);
  }
}

TEST_CASE("bal_normalisation: where a scene lies does not change its minimum", "[io][bal]") {
  BalProblem near = make_problem(scene_at({0.0, 0.0, 0.0}, 1.0));
  BalProblem far = make_problem(scene_at({1e6, 2e6, -1e6}, 0.01));
  const double cost = minimize(near.problem).final_cost;
  CHECK(minimize(far.problem).final_cost == Approx(cost).epsilon(1e-6));

  BalScene solved = scene_at({1e6, 2e6, -1e6}, 0.01);
  store_values(far, solved);
  CHECK(make_problem(solved, {}, {.normalise = false}).problem.evaluate().cost == Approx(cost).epsilon(1e-6));
}

TEST_CASE("bal_normalisation: degenerate scenes are left as they are", "[io][bal][fault]") {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  CHECK(find_normalisation({}).is_identity());
  CHECK(find_normalisation(std::vector<double>{1, 2, 3}).is_identity());
  CHECK(find_normalisation(std::vector<double>{1, 2, 3, 1, 2, 3, 1, 2, 3, 9, 9, 9}).is_identity());
  CHECK(find_normalisation(std::vector<double>{1, 2, 3, 4, 5, infinity, 7, 8, 9}).is_identity());
  CHECK(find_normalisation(std::vector<double>{1, 2, std::nan(""), 4, 5, 6, 7, 8, 9}).is_identity());
  CHECK(find_normalisation(std::vector<double>{-1e308, -1e308, 0, 0, 0, 0, 1e308, 1e308, 0}).is_identity());
  CHECK(find_normalisation(std::vector<double>{0, 0, 0, 1e-320, 0, 0, 2e-320, 0, 0}).is_identity());

  BalScene scene{.camera_index = {}, .point_index = {}, .observations = {}, .cameras = {}, .points = {}};
  scene.cameras.assign(9, 0.5);
  const BalProblem no_points = make_problem(scene);
  BalScene stored;
  store_values(no_points, stored);
  CHECK(stored == scene);

  // A normalisation that overflows one number is not taken.
  scene.points = {0, 0, 0, 1, 0, 0, 2, 0, 0, 3, 0, 0, 1.7e308, 0, 0};
  const BalProblem overflowing = make_problem(scene);
  CHECK(overflowing.normalisation.is_identity());
  store_values(overflowing, stored);
  CHECK(stored == scene);
}
