// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/residuals/rotation.hpp"

#include <cmath>
#include <numbers>
#include <random>

#include "catch.hpp"
#include "derivative_check.hpp"

using namespace heliotrope;
using heliotrope_test::check_differences, heliotrope_test::check_jets, heliotrope_test::check_packs;

namespace {

using std::numbers::pi;

/// exp([w]x) p by its power series in long double, w reduced by halving: no trigonometry, no special case.
void rotate_by_series(const double* w, const double* p, double* out) {
  long double v[3] = {p[0], p[1], p[2]};
  constexpr int parts = 64;
  for (int k = 0; k < parts; ++k) {
    long double term[3] = {v[0], v[1], v[2]};
    for (int n = 1; n <= 20; ++n) {
      const long double a = w[0] / (parts * (long double)n), b = w[1] / (parts * (long double)n),
                        c = w[2] / (parts * (long double)n);
      const long double next[3] = {b * term[2] - c * term[1], c * term[0] - a * term[2], a * term[1] - b * term[0]};
      for (int i = 0; i < 3; ++i) term[i] = next[i], v[i] += term[i];
    }
  }
  for (int i = 0; i < 3; ++i) out[i] = static_cast<double>(v[i]);
}

const auto rotate_packed = [](const auto* x, auto* r) { angle_axis_rotate(x, x + 3, r); };

std::array<double, 6> with_angle(double angle) {
  return {angle * 2.0 / 3, angle / -3.0, angle * 2.0 / 3, 0.7, -1.3, 2.1};
}

}  // namespace

TEST_CASE("rotation: angle-axis equals the exponential series at every angle", "[residuals][rotation]") {
  for (double angle : {0.0, 1e-300, 1e-160, 1e-20, 1e-18, 1e-15, 1e-8, 1e-4, 0.1, 1.0, 3.0, pi, 5.0, 6.28, 20.0}) {
    const std::array<double, 6> x = with_angle(angle);
    double out[3], expected[3];
    angle_axis_rotate(x.data(), x.data() + 3, out);
    rotate_by_series(x.data(), x.data() + 3, expected);
    INFO("angle " << angle);
    for (int i = 0; i < 3; ++i) CHECK(std::abs(out[i] - expected[i]) < 3e-15 * (1 + angle));
  }
}

TEST_CASE("rotation: derivatives are right at and near zero", "[residuals][rotation]") {
  // At w = 0: d(R p)/dw = -[p]x.
  using T = Jet<double, 6>;
  for (double angle : {0.0, 1e-300, 1e-100, 1e-30, 1e-18, 1e-17, 1e-12, 1e-9}) {
    const std::array<double, 6> x = with_angle(angle);
    T jets[6], r[3];
    for (int i = 0; i < 6; ++i) jets[i] = T::seed(x[i], i);
    angle_axis_rotate(jets, jets + 3, r);
    const double* p = x.data() + 3;
    const double expected[3][3] = {{0, p[2], -p[1]}, {-p[2], 0, p[0]}, {p[1], -p[0], 0}};
    for (int m = 0; m < 3; ++m) {
      for (int i = 0; i < 3; ++i) {
        INFO("angle " << angle << ", " << m << ", " << i);
        CHECK(std::abs(r[m].derivative(i) - expected[m][i]) < 1e-14 + 5 * angle);
        CHECK(std::abs(r[m].derivative(3 + i) - (m == i)) < 1e-14 + 5 * angle);
      }
    }
  }
  for (double angle : {1e-7, 1e-5, 1e-3, 0.1, 1.0, pi, 6.0}) {
    check_jets<3, 6>(rotate_packed, with_angle(angle));
    check_differences<3, 6>(rotate_packed, with_angle(angle), 1e-3, 1e-10);
  }
}

TEST_CASE("rotation: packs blend small and large angles", "[residuals][rotation]") {
  const auto points = [](int lane) { return with_angle(lane % 2 == 0 ? 0.0 : 0.4 * lane); };
  check_packs<3, 6>(rotate_packed, rotate_packed, points);
}

TEST_CASE("rotation: quaternions, matrices and angle-axis vectors agree", "[residuals][rotation]") {
  std::mt19937 random(3);
  std::normal_distribution<double> normal;
  for (int k = 0; k < 50; ++k) {
    double w[3], p[3], q[4], matrix[9], back[3];
    for (double& value : w) value = normal(random);
    for (double& value : p) value = normal(random);
    const double angle = std::sqrt(w[0] * w[0] + w[1] * w[1] + w[2] * w[2]);
    double by_w[3], by_q[3], by_matrix[3], and_back[3];
    angle_axis_to_quaternion(w, q);
    quaternion_matrix(q, matrix);
    angle_axis_rotate(w, p, by_w);
    quaternion_rotate(q, p, by_q);
    matrix_rotate(matrix, p, by_matrix);
    quaternion_rotate_inverse(q, by_q, and_back);
    quaternion_to_angle_axis(q, back);
    for (int i = 0; i < 3; ++i) {
      CHECK(by_q[i] == Approx(by_w[i]).margin(1e-14));
      CHECK(by_matrix[i] == Approx(by_w[i]).margin(1e-14));
      CHECK(and_back[i] == Approx(p[i]).margin(1e-14));
      if (angle < pi) CHECK(back[i] == Approx(w[i]).margin(1e-13));
    }
  }
}

TEST_CASE("rotation: the product of quaternions composes rotations", "[residuals][rotation]") {
  const double w1[3] = {0.3, -0.5, 1.1}, w2[3] = {-1.2, 0.4, 0.2}, p[3] = {1, 2, 3};
  double a[4], b[4], ab[4], once[3], twice[3], together[3], difference[4], conjugate[4], product[4];
  angle_axis_to_quaternion(w1, a);
  angle_axis_to_quaternion(w2, b);
  quaternion_multiply(a, b, ab);
  angle_axis_rotate(w2, p, once);
  angle_axis_rotate(w1, once, twice);
  quaternion_rotate(ab, p, together);
  for (int i = 0; i < 3; ++i) CHECK(together[i] == Approx(twice[i]));
  quaternion_between(a, ab, difference);
  quaternion_conjugate(a, conjugate);
  quaternion_multiply(conjugate, ab, product);
  for (int i = 0; i < 4; ++i) {
    CHECK(difference[i] == Approx(b[i]));
    CHECK(product[i] == Approx(b[i]));
  }
}

TEST_CASE("rotation: poses compose, invert and lie between", "[residuals][rotation]") {
  const double a2[3] = {1, 2, 2.5}, b2[3] = {-0.5, 0.25, 1.5};
  double ab2[3], inverse2[3], product2[3], between2[3];
  se2_compose(a2, b2, ab2);
  se2_inverse(a2, inverse2);
  se2_compose(inverse2, ab2, product2);
  se2_between(a2, ab2, between2);
  for (int i = 0; i < 3; ++i) {
    CHECK(product2[i] == Approx(b2[i]));
    CHECK(between2[i] == Approx(b2[i]));
  }
  CHECK(ab2[2] == Approx(4.0 - 2 * pi));

  const double w[3] = {0.4, 1.2, -0.7}, v[3] = {-0.1, 0.9, 2.0};
  double a[7] = {1, 2, 3}, b[7] = {-4, 5, 0.5};
  angle_axis_to_quaternion(w, a + 3);
  angle_axis_to_quaternion(v, b + 3);
  double ab[7], inverse[7], product[7], between[7];
  se3_compose(a, b, ab);
  se3_inverse(a, inverse);
  se3_compose(inverse, ab, product);
  se3_between(a, ab, between);
  for (int i = 0; i < 7; ++i) {
    CHECK(product[i] == Approx(b[i]));
    CHECK(between[i] == Approx(b[i]));
  }
  se3_compose(a, b, a);  // in place
  for (int i = 0; i < 7; ++i) CHECK(a[i] == ab[i]);
  se3_inverse(a, a);
  se3_inverse(a, a);
  for (int i = 0; i < 7; ++i) CHECK(a[i] == Approx(ab[i]));
}

TEST_CASE("rotation: exponential, logarithm and wrapping have jets", "[residuals][rotation]") {
  for (double angle : {1e-7, 1e-3, 0.5, 2.5}) {
    const std::array<double, 6> x = with_angle(angle);
    check_jets<4, 3>([](const auto* v, auto* q) { quaternion_exp(v, q); }, {x[0], x[1], x[2]});
    double q[4];
    quaternion_exp(x.data(), q);
    for (double sign : {1.0, -1.0}) {
      const auto log = [](const auto* u, auto* v) { quaternion_log(u, v); };
      check_jets<3, 4>(log, {sign * q[0], sign * q[1], sign * q[2], sign * q[3]});
      check_differences<3, 4>(log, {sign * q[0], sign * q[1], sign * q[2], sign * q[3]}, 1e-3, 1e-9);
    }
  }
  for (double angle : {0.0, 1.0, -3.0, 4.0, -9.0, 50.0}) {
    using T = Jet<double, 1>;
    CHECK(wrap_angle(T::seed(angle, 0)).derivative(0) == Approx(1.0).epsilon(1e-15));
  }
}
