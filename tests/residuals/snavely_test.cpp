// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/residuals/snavely.hpp"

#include <array>
#include <cmath>

#include "catch.hpp"
#include "derivative_check.hpp"

using namespace heliotrope;
using heliotrope_test::check_differences, heliotrope_test::check_jets, heliotrope_test::check_packs;

namespace {

/// Camera (9) and point (3) of a plausible observation, different for each k.
std::array<double, 12> pinhole_observation(int k) {
  return {0.01 * k, -0.2 + 0.05 * k, 0.3, 0.1, -0.2 * k, 0.5, 400.0 + 10 * k, -1e-2, 1e-3 * k, 0.3 * k, -0.4, -5.0 - k};
}

const auto snavely_residual = [](const auto* x, auto* r) {
  using T = std::remove_cvref_t<decltype(*r)>;
  SnavelyReprojection<double>{12.0, -34.0}.template operator()<T>(x, x + 9, r);
};

}  // namespace

TEST_CASE("snavely: the model step by step, with a rotation matrix", "[residuals][snavely]") {
  for (int k = 0; k < 8; ++k) {
    std::array<double, 12> x = pinhole_observation(k);
    if (k == 7) x[0] = x[1] = x[2] = 0.0;
    const double angle = std::sqrt(x[0] * x[0] + x[1] * x[1] + x[2] * x[2]);
    double R[9] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
    if (angle > 0.0) {  // I + sin K + (1 - cos) K^2, K = [axis]x
      const double a = x[0] / angle, b = x[1] / angle, c = x[2] / angle;
      const double K[9] = {0, -c, b, c, 0, -a, -b, a, 0};
      for (int i = 0; i < 3; ++i) {
        for (int j = 0; j < 3; ++j) {
          double square = 0.0;
          for (int m = 0; m < 3; ++m) square += K[3 * i + m] * K[3 * m + j];
          R[3 * i + j] += std::sin(angle) * K[3 * i + j] + (1 - std::cos(angle)) * square;
        }
      }
    }
    double P[3];
    for (int i = 0; i < 3; ++i) P[i] = R[3 * i] * x[9] + R[3 * i + 1] * x[10] + R[3 * i + 2] * x[11] + x[3 + i];
    const double px = -P[0] / P[2], py = -P[1] / P[2], n = px * px + py * py;
    const double f = x[6] * (1.0 + x[7] * n + x[8] * n * n);
    double r[2];
    snavely_residual(x.data(), r);
    CHECK(r[0] == Approx(f * px - 12.0).epsilon(1e-12));
    CHECK(r[1] == Approx(f * py + 34.0).epsilon(1e-12));
  }
}

TEST_CASE("snavely: jets agree with complex steps and differences", "[residuals][snavely]") {
  for (int k = 0; k < 8; ++k) {
    check_jets<2, 12>(snavely_residual, pinhole_observation(k));
    check_differences<2, 12>(snavely_residual, pinhole_observation(k), 1e-4, 1e-7);
  }
}

TEST_CASE("snavely: each lane of a pack is its own observation", "[residuals][snavely]") {
  const auto packed = [](const Pack* x, Pack* r) { SnavelyReprojection<Pack>{12.0, -34.0}(x, x + 9, r); };
  check_packs<2, 12>(snavely_residual, packed, pinhole_observation);
}
