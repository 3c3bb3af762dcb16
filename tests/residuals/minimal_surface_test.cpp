// SPDX-License-Identifier: Apache-2.0
// The minimal surface: gradient, pattern and colouring against differences and tracing, and Enneper's surface.
#include "heliotrope/residuals/minimal_surface.hpp"

#include <cmath>

#include "catch.hpp"
#include "heliotrope/derive/hessian_recovery.hpp"
#include "heliotrope/derive/trace_sparsity.hpp"

using namespace heliotrope;

TEST_CASE("minimal surface: gradient against differences, with and without", "[residuals][minimal-surface][truth]") {
  for (const std::int64_t nx : {1, 3, 70}) {
    const MinimalSurface surface(nx, 4, [](double u, double v) { return u * u - v + 2.0 * u * v; });
    std::vector<double> x = surface.start();
    for (std::size_t j = 0; j < x.size(); ++j) x[j] += 0.3 * std::sin(static_cast<double>(j));
    std::vector<double> g(x.size());
    const auto area = [&] { return surface(std::span<const double>(x), std::span<double>()); };
    CHECK(surface(std::span<const double>(x), std::span<double>(g)) == Approx(area()).epsilon(1e-14));
    for (std::size_t j = 0; j < x.size(); ++j) {
      const double at = x[j];
      x[j] = at + 1e-5;
      const double above = area();
      x[j] = at - 1e-5;
      CHECK((above - area()) / 2e-5 == Approx(g[j]).margin(1e-9));
      x[j] = at;
    }
  }
}

TEST_CASE("minimal surface: a plane is its own", "[residuals][minimal-surface]") {
  const MinimalSurface surface(9, 5, [](double u, double v) { return 0.5 * u - 2.0 * v; });
  const std::vector<double> x = surface.start();
  std::vector<double> g(x.size());
  CHECK(surface(std::span<const double>(x), std::span<double>(g)) == Approx(std::sqrt(5.25)));
  for (const double each : g) CHECK(std::abs(each) < 1e-14);
}

TEST_CASE("minimal surface: the pattern is what tracing finds, the colouring recovers it",
          "[residuals][minimal-surface][truth]") {
  const MinimalSurface surface(8, 6, enneper_height);
  const auto area = [&](const auto* x, auto* r) {
    using T = std::remove_cvref_t<decltype(*x)>;
    r[0] = surface(std::span<const T>(x, static_cast<std::size_t>(surface.size())), std::span<T>());
  };
  const SparsityPattern pattern = surface.pattern();
  check_pattern(pattern);
  CHECK(trace_hessian_sparsity(area, surface.size()).pattern == pattern);
  CHECK(HessianRecovery(pattern, surface.coloring()).direct());
}

TEST_CASE("minimal surface: Enneper's height solves its equations", "[residuals][minimal-surface]") {
  // A minimal surface: (1 + z_y^2) z_xx - 2 z_x z_y z_xy + (1 + z_x^2) z_yy = 0.
  const double h = 1e-3, u = 0.3, v = 0.8;
  const auto z = [&](int i, int j) { return enneper_height(u + i * h, v + j * h); };
  const double zx = (z(1, 0) - z(-1, 0)) / (2 * h), zy = (z(0, 1) - z(0, -1)) / (2 * h);
  const double zxx = (z(1, 0) - 2 * z(0, 0) + z(-1, 0)) / (h * h), zyy = (z(0, 1) - 2 * z(0, 0) + z(0, -1)) / (h * h);
  const double zxy = (z(1, 1) - z(1, -1) - z(-1, 1) + z(-1, -1)) / (4 * h * h);
  CHECK((1 + zy * zy) * zxx - 2 * zx * zy * zxy + (1 + zx * zx) * zyy == Approx(0.0).margin(1e-5));
  CHECK(std::abs(zxx) > 0.1);
}
