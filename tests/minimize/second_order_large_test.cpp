// SPDX-License-Identifier: Apache-2.0
// Newton's method on large sparse Hessians by colours.
#include <cmath>

#include "catch.hpp"
#include "heliotrope/derive/symmetric_coloring.hpp"
#include "heliotrope/minimize/jet_hessian.hpp"
#include "heliotrope/minimize/minimize_objective.hpp"
#include "heliotrope/residuals/minimal_surface.hpp"
#include "minimize/objectives.hpp"
#include "sanitized.hpp"

using namespace heliotrope;
using namespace heliotrope_test;

namespace {

constexpr ObjectiveMethod methods[] = {ObjectiveMethod::newton, ObjectiveMethod::truncated_newton,
                                       ObjectiveMethod::trust_region_newton};

double distance_to_enneper(const std::vector<double>& x, std::int64_t n) {
  double most = 0.0;
  for (std::int64_t k = 0; k < n * n; ++k) {
    const double u = static_cast<double>(k % n + 1), v = static_cast<double>(k / n + 1),
                 cells = static_cast<double>(n + 1);
    most = std::max(most, std::abs(x[static_cast<std::size_t>(k)] - enneper_height(u / cells, v / cells)));
  }
  return most;
}

}  // namespace

TEST_CASE("second order: a minimal surface in few iterations", "[minimize][second-order][large]") {
  const std::int64_t n = 150 / scale + 10;
  const MinimalSurface surface(n, n, enneper_height);
  const SparsityPattern pattern = surface.pattern();
  const auto area = [&](auto x, auto gradient) { return surface(x, gradient); };
  // Gradients are areas over heights, so they scale with those of cells.
  const double tolerance = 1e-8 / static_cast<double>(n * n);
  for (const ObjectiveMethod method : methods) {
    JetHessian exact(area, pattern, surface.coloring());
    DifferencedHessian near(area, pattern, surface.coloring(), {.relative_step = 1e-10});
    for (const SecondOrderObjective& f : {exact.view(), near.view(), exact.products()}) {
      if (!f.hessian && method == ObjectiveMethod::newton) continue;
      std::vector<double> x = surface.start();
      const ObjectiveSummary s = minimize_objective(f, x, {.method = method, .gradient_tolerance = tolerance});
      INFO(name(method) << ": " << s);
      CHECK(s.status == ObjectiveStatus::gradient_converged);
      // Unscaled radii are met early where the surface is steep at the start.
      CHECK(s.iterations < (method == ObjectiveMethod::trust_region_newton ? 200 : 40));
      CHECK(distance_to_enneper(x, n) < 0.06 / static_cast<double>(n * n));
    }
  }
}

TEST_CASE("second order: extended Rosenbrock in few iterations", "[minimize][second-order][large]") {
  const std::int64_t n = 100000 / scale;
  const SparsityPattern pattern = block_pattern(banded_pattern(n / 2, n / 2, 0, 0), std::vector<std::int32_t>(n / 2, 2),
                                                std::vector<std::int32_t>(n / 2, 2));
  DifferencedHessian f(rosenbrock, pattern, color_star(pattern));
  for (const ObjectiveMethod method : {ObjectiveMethod::newton, ObjectiveMethod::more_sorensen}) {
    std::vector<double> x = rosenbrock_start(static_cast<std::size_t>(n));
    const ObjectiveSummary s = minimize_objective(f.view(), x, {.method = method, .gradient_tolerance = 1e-8});
    INFO(name(method) << ": " << s);
    CHECK(s.status == ObjectiveStatus::gradient_converged);
    CHECK(s.iterations < 40);
    for (const double each : x) REQUIRE(each == Approx(1.0).epsilon(1e-8));
  }
}
