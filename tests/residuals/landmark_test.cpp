// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/residuals/landmark.hpp"

#include <array>
#include <cmath>

#include "catch.hpp"
#include "derivative_check.hpp"
#include "heliotrope/problem/manifolds.hpp"

using namespace heliotrope;
using heliotrope_test::check_differences, heliotrope_test::check_jets, heliotrope_test::check_packs;

namespace {

std::array<double, 5> planar_sighting(int k) { return {1.0, 2.0 * k, 2.5 - k, -1.0, 0.5 + k}; }
const auto planar_error = [](const auto* x, auto* e) { RelativePositionSE2<double>{0.3, -0.7}(x, x + 3, e); };

std::array<double, 10> spatial(int k) {
  std::array<double, 10> x = {1.0 + k, -2, 3, 0, 0, 0, 0, 2, 0.5 * k, -1};
  const double w[3] = {0.3 * k, -0.2, 0.7};
  quaternion_exp(w, x.data() + 3);
  return x;
}
const auto spatial_error = [](const auto* x, auto* e) { RelativePositionSE3<double>{0.4, 0.5, -0.6}(x, x + 7, e); };

}  // namespace

TEST_CASE("landmark: a quarter turn", "[residuals][landmark]") {
  // A pose at (1, 2) that looks along y sees (1, 5) three ahead.
  const double a[3] = {1, 2, std::acos(0.0)}, p[2] = {1, 5};
  double e[3];
  RelativePositionSE2<double>{3, 0}(a, p, e);
  CHECK(std::abs(e[0]) < 1e-15);
  CHECK(std::abs(e[1]) < 1e-15);
  RelativePositionSE2<double>{2, -0.5}(a, p, e);
  CHECK(e[0] == Approx(1.0));
  CHECK(e[1] == Approx(0.5));

  const double h = std::sqrt(0.5), b[7] = {1, 2, 7, 0, 0, h, h}, q[3] = {1, 5, 8};
  RelativePositionSE3<double>{2, -0.5, 0.75}(b, q, e);
  CHECK(e[0] == Approx(1.0));
  CHECK(e[1] == Approx(0.5));
  CHECK(e[2] == Approx(0.25));
}

TEST_CASE("landmark: jets agree with complex steps and differences", "[residuals][landmark]") {
  for (int k = 0; k < 5; ++k) {
    check_jets<2, 5>(planar_error, planar_sighting(k));
    check_differences<2, 5>(planar_error, planar_sighting(k), 1e-3, 1e-9);
    check_jets<3, 10>(spatial_error, spatial(k));
    check_differences<3, 10>(spatial_error, spatial(k), 1e-3, 1e-9);
  }
}

TEST_CASE("landmark: each lane of a pack is its own sighting", "[residuals][landmark]") {
  const auto packed2 = [](const Pack* x, Pack* e) { RelativePositionSE2<Pack>{0.3, -0.7}(x, x + 3, e); };
  check_packs<2, 5>(planar_error, packed2, planar_sighting);
  const auto packed3 = [](const Pack* x, Pack* e) { RelativePositionSE3<Pack>{0.4, 0.5, -0.6}(x, x + 7, e); };
  check_packs<3, 10>(spatial_error, packed3, spatial);
}
