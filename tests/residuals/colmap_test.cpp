// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/residuals/colmap.hpp"

#include <array>
#include <cmath>

#include "catch.hpp"
#include "derivative_check.hpp"
#include "heliotrope/problem/se3.hpp"

using namespace heliotrope;
using heliotrope_test::check_differences, heliotrope_test::check_jets, heliotrope_test::check_packs;

namespace {

/// Pose (7), point (3), focal lengths (2), principal point (2) and distortion (4) of a plausible observation, different
/// for each k. A camera of one focal length takes the second.
using Numbers = std::array<double, 18>;
Numbers colmap_observation(int k) {
  const double angle = 0.05 * k, sine = std::sin(angle) / std::sqrt(3.0);
  return {0.1,   -0.2 * k, 0.5,   sine,  -sine,           sine, std::cos(angle), 0.3 * k, -0.4, 5.0 + k,
          420.0, 400.0,    320.0, 240.0, -0.1 + 0.01 * k, 0.02, 1e-3 * k,        -2e-3};
}

template <class Camera>
const auto colmap_residual = [](const auto* x, auto* r) {
  using T = std::remove_cvref_t<decltype(*r)>;
  ColmapReprojection<double, Camera>{12.0, -34.0}.template operator()<T>(x, x + 7, x + 12 - Camera::focal_size, x + 12,
                                                                         x + 14, r);
};

template <class Camera>
void check_derivatives() {
  for (int k = 0; k < 8; ++k) {
    check_jets<2, 18>(colmap_residual<Camera>, colmap_observation(k));
    check_differences<2, 18>(colmap_residual<Camera>, colmap_observation(k), 1e-4, 1e-7);
  }
  const auto packed = [](const Pack* x, Pack* r) {
    ColmapReprojection<Pack, Camera>{12.0, -34.0}(x, x + 7, x + 12 - Camera::focal_size, x + 12, x + 14, r);
  };
  check_packs<2, 18>(colmap_residual<Camera>, packed, colmap_observation);
}

}  // namespace

TEST_CASE("colmap: the camera models step by step", "[residuals][colmap]") {
  for (int k = 0; k < 8; ++k) {
    const Numbers x = colmap_observation(k);
    // R = I + 2 w [v]x + 2 [v]x^2 for the quaternion (v, w)
    const double *v = &x[3], w = x[6];
    const auto cross = [&](const std::array<double, 3>& p) {
      return std::array<double, 3>{v[1] * p[2] - v[2] * p[1], v[2] * p[0] - v[0] * p[2], v[0] * p[1] - v[1] * p[0]};
    };
    const std::array<double, 3> p = {x[7], x[8], x[9]}, once = cross(p), twice = cross(once);
    double P[3];
    for (std::size_t i = 0; i < 3; ++i) P[i] = p[i] + 2 * w * once[i] + 2 * twice[i] + x[i];
    const double a = P[0] / P[2], b = P[1] / P[2], n = a * a + b * b;
    const double k1 = x[14], k2 = x[15], p1 = x[16], p2 = x[17];
    double r[2];
    colmap_residual<SimpleRadialCamera>(x.data(), r);
    CHECK(r[0] == Approx(400 * a * (1 + k1 * n) + 320 - 12).epsilon(1e-12));
    CHECK(r[1] == Approx(400 * b * (1 + k1 * n) + 240 + 34).epsilon(1e-12));
    colmap_residual<RadialCamera>(x.data(), r);
    CHECK(r[0] == Approx(400 * a * (1 + k1 * n + k2 * n * n) + 320 - 12).epsilon(1e-12));
    CHECK(r[1] == Approx(400 * b * (1 + k1 * n + k2 * n * n) + 240 + 34).epsilon(1e-12));
    colmap_residual<OpenCvCamera>(x.data(), r);
    const double da = a * (k1 * n + k2 * n * n) + 2 * p1 * a * b + p2 * (n + 2 * a * a);
    const double db = b * (k1 * n + k2 * n * n) + 2 * p2 * a * b + p1 * (n + 2 * b * b);
    CHECK(r[0] == Approx(420 * (a + da) + 320 - 12).epsilon(1e-12));
    CHECK(r[1] == Approx(400 * (b + db) + 240 + 34).epsilon(1e-12));
  }
}

TEST_CASE("colmap: jets and packs agree with complex steps, differences and scalars", "[residuals][colmap]") {
  check_derivatives<SimpleRadialCamera>();
  check_derivatives<RadialCamera>();
  check_derivatives<OpenCvCamera>();
}
