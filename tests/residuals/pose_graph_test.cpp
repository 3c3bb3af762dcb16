// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/residuals/pose_graph.hpp"

#include <array>
#include <cmath>
#include <numbers>

#include "catch.hpp"
#include "derivative_check.hpp"
#include "heliotrope/problem/manifolds.hpp"

using namespace heliotrope;
using heliotrope_test::check_differences, heliotrope_test::check_jets, heliotrope_test::check_packs;

namespace {

using std::numbers::pi;

std::array<double, 14> poses(int k) {
  std::array<double, 14> x = {1.0 + k, -2, 3, 0, 0, 0, 0, 2, 0.5 * k, -1};
  const double w[3] = {0.3 * k, -0.2, 0.7}, v[3] = {-1.1, 0.1 * k, 0.4};
  quaternion_exp(w, x.data() + 3);
  quaternion_exp(v, x.data() + 10);
  return x;
}
std::array<double, 7> measurement() {
  std::array<double, 7> z = {0.4, 0.5, -0.6};
  const double w[3] = {-0.8, 0.3, 0.2};
  quaternion_exp(w, z.data() + 3);
  return z;
}
template <class S>
RelativePoseSE3<S> edge3(const std::array<double, 7>& z) {
  return {z[0], z[1], z[2], z[3], z[4], z[5], z[6]};
}
const auto se3_error = [](const auto* x, auto* e) { edge3<double>(measurement())(x, x + 7, e); };

std::array<double, 6> planar_poses(int k) { return {1.0, 2.0 * k, 2.5 - k, -1.0, 0.5, -2.0 + 0.3 * k}; }
const auto se2_error = [](const auto* x, auto* e) { RelativePoseSE2<double>{0.3, -0.7, 1.2}(x, x + 3, e); };

}  // namespace

TEST_CASE("pose graph: a consistent measurement has no error", "[residuals][pose_graph]") {
  for (int k = 0; k < 5; ++k) {
    const std::array<double, 14> x = poses(k);
    std::array<double, 7> z;
    se3_between(x.data(), x.data() + 7, z.data());
    double e[6];
    edge3<double>(z)(x.data(), x.data() + 7, e);
    for (double value : e) CHECK(std::abs(value) < 2e-15);

    const std::array<double, 6> y = planar_poses(k);
    double z2[3], e2[3];
    se2_between(y.data(), y.data() + 3, z2);
    RelativePoseSE2<double>{z2[0], z2[1], z2[2]}(y.data(), y.data() + 3, e2);
    for (double value : e2) CHECK(std::abs(value) < 2e-15);
  }
}

TEST_CASE("pose graph: the errors are those of g2o, composed pose by pose", "[residuals][pose_graph]") {
  const std::array<double, 7> z = measurement();
  for (int k = 0; k < 6; ++k) {
    const std::array<double, 14> x = poses(k);
    double between[7], inverse[7], error[7], e[6];
    se3_between(x.data(), x.data() + 7, between);
    se3_inverse(z.data(), inverse);
    se3_compose(inverse, between, error);  // z^-1 a^-1 b: translation, then quaternion
    se3_error(x.data(), e);
    const double sign = error[6] < 0 ? -1.0 : 1.0;
    for (int i = 0; i < 3; ++i) CHECK(e[i] == Approx(error[i]).margin(1e-13));
    for (int i = 0; i < 3; ++i) CHECK(e[3 + i] == Approx(sign * error[3 + i]).margin(1e-14));

    const std::array<double, 6> y = planar_poses(k);
    const double z2[3] = {0.3, -0.7, 1.2};
    double between2[3], inverse2[3], error2[3], e2[3];
    se2_between(y.data(), y.data() + 3, between2);
    se2_inverse(z2, inverse2);
    se2_compose(inverse2, between2, error2);
    se2_error(y.data(), e2);
    for (int i = 0; i < 3; ++i) CHECK(e2[i] == Approx(error2[i]).margin(1e-13));
  }
}

TEST_CASE("pose graph: the sign of a quaternion does not matter", "[residuals][pose_graph]") {
  std::array<double, 14> x = poses(2);
  double e[6], flipped[6];
  se3_error(x.data(), e);
  for (int i = 10; i < 14; ++i) x[i] = -x[i];
  se3_error(x.data(), flipped);
  for (int i = 0; i < 6; ++i) CHECK(flipped[i] == Approx(e[i]).margin(1e-15));
}

TEST_CASE("pose graph: a small rotation error is half the rotation vector", "[residuals][pose_graph]") {
  std::array<double, 14> x = poses(1);
  std::array<double, 7> z = measurement();
  se3_compose(x.data(), z.data(), x.data() + 7);
  const double delta[6] = {0, 0, 0, 1e-6, -2e-6, 3e-6};
  SE3::plus(x.data() + 7, delta, x.data() + 7);
  double e[6];
  se3_error(x.data(), e);
  for (int i = 0; i < 3; ++i) CHECK(e[3 + i] == Approx(0.5 * delta[3 + i]).epsilon(1e-9));
}

TEST_CASE("pose graph: angles wrap", "[residuals][pose_graph]") {
  const double a[3] = {0, 0, 3.0}, b[3] = {0, 0, -3.0};
  double e[3];
  RelativePoseSE2<double>{0, 0, 0.1}(a, b, e);
  CHECK(e[2] == Approx(2 * pi - 6.1));
}

TEST_CASE("pose graph: jets agree with complex steps and differences", "[residuals][pose_graph]") {
  for (int k = 0; k < 5; ++k) {
    check_jets<6, 14>(se3_error, poses(k));
    check_differences<6, 14>(se3_error, poses(k), 1e-3, 1e-9);
    check_jets<3, 6>(se2_error, planar_poses(k));
    check_differences<3, 6>(se2_error, planar_poses(k), 1e-3, 1e-10);
  }
}

TEST_CASE("pose graph: each lane of a pack is its own edge", "[residuals][pose_graph]") {
  const auto packed3 = [](const Pack* x, Pack* e) { edge3<Pack>(measurement())(x, x + 7, e); };
  check_packs<6, 14>(se3_error, packed3, poses);
  const auto packed2 = [](const Pack* x, Pack* e) { RelativePoseSE2<Pack>{0.3, -0.7, 1.2}(x, x + 3, e); };
  check_packs<3, 6>(se2_error, packed2, planar_poses);
}
