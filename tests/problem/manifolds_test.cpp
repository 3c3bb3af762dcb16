// SPDX-License-Identifier: Apache-2.0
// Every manifold that ships beyond the first four: laws at ordinary and at hard points, packs, jets and round trips.
#include "heliotrope/problem/manifolds.hpp"

#include <cmath>
#include <numbers>
#include <random>
#include <vector>

#include "catch.hpp"
#include "heliotrope/derive/jet.hpp"
#include "heliotrope/derive/pack_math.hpp"
#include "heliotrope/problem/manifold_laws.hpp"
#include "problem/points.hpp"

using namespace heliotrope;
using heliotrope_test::joined, heliotrope_test::random_point, heliotrope_test::unit;

namespace {

using std::numbers::pi;

using Mixed = Product<UnitSphere<3>, Euclidean<2>, SE2>;
using Yaw = Subset<UnitQuaternion, 0, 1>;
using Level = Subset<SE3, 2, 3, 4>;
using Held = Subset<Euclidean<4>, 1, 3>;

static_assert(Mixed::ambient_size == 8 && Mixed::tangent_size == 7);
static_assert(Level::ambient_size == 7 && Level::tangent_size == 3);
static_assert(Held::tangent_size == 2 && Held::plus_jacobian_is_zero(1, 0) && !Held::plus_jacobian_is_zero(2, 1));
static_assert(Mixed::plus_jacobian_is_zero(0, 2) && Mixed::plus_jacobian_is_zero(3, 3));
static_assert(!Mixed::plus_jacobian_is_zero(3, 2) && !Mixed::plus_jacobian_is_zero(7, 6));

double largest_difference(const double* a, const double* b, int n) {
  double most = 0.0;
  for (int i = 0; i < n; ++i) {
    const double apart = std::abs(a[i] - b[i]);
    if (!(apart <= most)) most = apart;  // NaN too
  }
  return most;
}

/// minus(plus(x, d), x) = d for steps of length 1e-300 ... 1.5.
template <class M>
double worst_round_trip(const std::vector<double>& x, std::mt19937& random) {
  std::normal_distribution<double> normal;
  double worst = 0.0;
  for (double length : {0.0, 1e-300, 1e-150, 1e-17, 1e-8, 1e-4, 0.1, 1.0, 1.5}) {
    double d[M::tangent_size], y[M::ambient_size], back[M::tangent_size], square = 0.0;
    for (double& value : d) value = normal(random), square += value * value;
    for (double& value : d) value *= length / std::sqrt(square);
    M::plus(x.data(), d, y);
    M::minus(y, x.data(), back);
    worst = std::max(worst, largest_difference(d, back, M::tangent_size));
  }
  return worst;
}

}  // namespace

#define HELIOTROPE_TEST_MANIFOLDS \
  SO2, UnitQuaternionWxyz, AngleAxis, Sim3, UnitSphere<2>, UnitSphere<3>, StraightLine<3>, Mixed, Yaw, Level, Held

TEMPLATE_TEST_CASE("manifolds: laws and round trips at random points", "[problem][manifold][law]",
                   HELIOTROPE_TEST_MANIFOLDS) {
  using M = TestType;
  std::mt19937 random(5);
  for (int k = 0; k < 20; ++k) {
    const std::vector<double> x = random_point<M>(random);
    CHECK(joined(check_manifold_laws<M>(x)) == "");
    double largest = 1.0;
    for (double value : x) largest = std::max(largest, std::abs(value));
    CHECK(worst_round_trip<M>(x, random) < 1e-14 * largest);
  }
}

TEMPLATE_TEST_CASE("manifolds: packs do what doubles do, and jets of plus are plus_jacobian", "[problem][manifold]",
                   HELIOTROPE_TEST_MANIFOLDS) {
  using M = TestType;
  constexpr int A = M::ambient_size, N = M::tangent_size;
  std::mt19937 random(2);
  double x[A][Pack::width], d[N][Pack::width];
  Pack xs[A], ds[N], ys[A], back[N], js[A * N];
  for (int l = 0; l < Pack::width; ++l) {
    const std::vector<double> point = random_point<M>(random);
    for (int i = 0; i < A; ++i) x[i][l] = point[i];
    for (int i = 0; i < N; ++i) d[i][l] = l == 0 ? 0.0 : 0.3 * std::sin(i + l);
  }
  for (int i = 0; i < A; ++i) xs[i] = Pack::load(x[i]);
  for (int i = 0; i < N; ++i) ds[i] = Pack::load(d[i]);
  M::plus(xs, ds, ys);
  M::minus(ys, xs, back);
  M::plus_jacobian(xs, js);
  using J = Jet<double, N>;
  for (int l = 0; l < Pack::width; ++l) {
    double x1[A], d1[N], y1[A], j1[A * N];
    J xj[A], seeds[N], yj[A], back_j[N];
    for (int i = 0; i < A; ++i) x1[i] = x[i][l], xj[i] = J(x[i][l]);
    for (int i = 0; i < N; ++i) d1[i] = d[i][l], seeds[i] = J::seed(0.0, i);
    M::plus(x1, d1, y1);
    M::plus_jacobian(x1, j1);
    M::plus(xj, seeds, yj);
    M::minus(yj, xj, back_j);
    for (int i = 0; i < A; ++i) CHECK(ys[i][l] == Approx(y1[i]).margin(1e-14));
    for (int i = 0; i < N; ++i) CHECK(back[i][l] == Approx(d1[i]).margin(1e-13));
    for (int i = 0; i < A * N; ++i) {
      CHECK(js[i][l] == Approx(j1[i]).margin(1e-14));
      CHECK(yj[i / N].derivative(i % N) == Approx(j1[i]).margin(1e-14));
      if constexpr (requires { M::plus_jacobian_is_zero(0, 0); }) {
        if (M::plus_jacobian_is_zero(i / N, i % N)) CHECK(j1[i] == 0.0);
      }
    }
    for (int i = 0; i < N * N; ++i) {  // d minus(plus(x, d), x) / d d = I
      CHECK(back_j[i / N].derivative(i % N) == Approx(i / N == i % N ? 1.0 : 0.0).margin(1e-13));
    }
  }
}

TEST_CASE("manifolds: rotation vectors at zero, near half a turn and on it", "[problem][manifold][law]") {
  std::mt19937 random(3);
  const std::vector<double> axis = unit({0.48, -0.6, 0.64});
  for (double angle :
       {0.0, 1e-300, 1e-170, 1e-17, 1e-9, 1e-4, 0.49, 0.5, 0.51, 3.0, pi - 1e-3, pi - 1e-9, pi - 1e-13}) {
    INFO("angle " << angle);
    const std::vector<double> a = {angle * axis[0], angle * axis[1], angle * axis[2]};
    CHECK(joined(check_manifold_laws<AngleAxis>(a)) == "");
    CHECK(worst_round_trip<AngleAxis>(a, random) < 1e-14);
  }
  // On half a turn a and -a are one point: minus is 0 from either, whichever plus gives.
  const double half[3] = {pi, 0, 0}, other[3] = {-pi, 0, 0}, zero[3] = {};
  double y[3], delta[3];
  AngleAxis::plus(half, zero, y);
  CHECK(std::abs(std::abs(y[0]) - pi) < 1e-15);
  AngleAxis::minus(half, other, delta);
  CHECK(largest_difference(delta, zero, 3) < 1e-15);
  // Past it plus turns up within.
  const double more[3] = {0.5, 0, 0};
  AngleAxis::plus(half, more, y);
  CHECK(y[0] == Approx(0.5 - pi).epsilon(1e-14));
  // And a start beyond is the rotation that it is.
  const double beyond[3] = {0, 5.0, 0};
  AngleAxis::plus(beyond, zero, y);
  CHECK(y[1] == Approx(5.0 - 2 * pi).epsilon(1e-14));
}

TEST_CASE("manifolds: derivatives of rotation vectors are right near zero", "[problem][manifold]") {
  // The right Jacobian's inverse by its power series, I + A/2 + A^2/12 - A^4/720, where the rest is below rounding.
  for (double angle : {0.0, 1e-160, 1e-18, 1e-9, 1e-5, 1e-3}) {
    const double a[3] = {0.6 * angle, 0.0, -0.8 * angle};
    const double A[9] = {0, -a[2], a[1], a[2], 0, -a[0], -a[1], a[0], 0};
    double j[9];
    AngleAxis::plus_jacobian(a, j);
    for (int r = 0; r < 3; ++r) {
      for (int c = 0; c < 3; ++c) {
        double square = 0.0;
        for (int k = 0; k < 3; ++k) square += A[3 * r + k] * A[3 * k + c];
        const double series = (r == c) + A[3 * r + c] / 2 + square / 12 * (1 + angle * angle / 60);
        CHECK(std::abs(j[3 * r + c] - series) < 3e-16);
      }
    }
  }
}

TEST_CASE("manifolds: both quaternion orders and angle-axis are the same steps", "[problem][manifold]") {
  std::mt19937 random(4);
  for (int k = 0; k < 10; ++k) {
    const std::vector<double> q = random_point<UnitQuaternion>(random);
    const double d[3] = {0.3 * k, -0.2, 0.5}, wxyz[4] = {q[3], q[0], q[1], q[2]};
    double y[4], y_wxyz[4], a[3], moved[3], as_quaternion[4], apart[3];
    UnitQuaternion::plus(q.data(), d, y);
    UnitQuaternionWxyz::plus(wxyz, d, y_wxyz);
    for (int i = 0; i < 4; ++i) CHECK(y_wxyz[(i + 1) % 4] == y[i]);
    quaternion_log(q.data(), a);
    AngleAxis::plus(a, d, moved);
    quaternion_exp(moved, as_quaternion);
    UnitQuaternion::minus(as_quaternion, y, apart);
    CHECK(std::hypot(apart[0], apart[1], apart[2]) < 1e-14);
    CHECK(std::hypot(moved[0], moved[1], moved[2]) <= pi + 1e-15);
  }
}

TEST_CASE("manifolds: spheres and lines at poles, equators and antipodes", "[problem][manifold][law]") {
  std::mt19937 random(6);
  for (const std::vector<double>& d : {std::vector<double>{0, 0, 1},
                                       {0, 0, -1},
                                       {1, 0, 0},
                                       {0, -1, 0},
                                       unit({1e-9, 0, 1}),
                                       unit({1e-9, 1e-9, -1}),
                                       unit({1, 1, -1e-17})}) {
    CHECK(joined(check_manifold_laws<UnitSphere<3>>(d)) == "");
    CHECK(worst_round_trip<UnitSphere<3>>(d, random) < 2e-15);
    CHECK(joined(check_manifold_laws<StraightLine<3>>(std::vector<double>{1, -2, 3, d[0], d[1], d[2]})) == "");
  }
  CHECK(joined(check_manifold_laws<UnitSphere<2>>(std::vector<double>{0, -1})) == "");
  CHECK(joined(check_manifold_laws<StraightLine<2>>(std::vector<double>{3, 4, 0, -1})) == "");
  const double x[3] = {0, 0.6, -0.8}, opposite[3] = {0, -0.6, 0.8}, quarter[2] = {pi / 2, 0};
  double delta[2], y[3];
  UnitSphere<3>::minus(opposite, x, delta);
  CHECK((std::isfinite(delta[0]) && std::isfinite(delta[1])));
  UnitSphere<3>::plus(x, quarter, y);
  CHECK(std::abs(x[1] * y[1] + x[2] * y[2]) < 1e-15);
  const double nearly[2] = {0.6 * (pi - 1e-6), 0.8 * (pi - 1e-6)};
  UnitSphere<3>::plus(x, nearly, y);
  UnitSphere<3>::minus(y, x, delta);
  CHECK(largest_difference(delta, nearly, 2) < 1e-9);  // 1e-6 from where directions are lost
}

TEST_CASE("manifolds: what a line is does not depend on its point", "[problem][manifold]") {
  const std::vector<double> d = unit({1, 2, 2}), e = unit({2, 2, 1});
  const double x[6] = {1, 0, -1, d[0], d[1], d[2]};
  double y[6] = {0.3, 0.4, 0.1, e[0], e[1], e[2]}, first[4], second[4], there[6];
  StraightLine<3>::minus(y, x, first);
  for (int i = 0; i < 3; ++i) y[i] += 7.0 * e[i];
  StraightLine<3>::minus(y, x, second);
  CHECK(largest_difference(first, second, 4) < 1e-14);
  // And plus reaches that line: the point lies on it, the direction is its own.
  StraightLine<3>::plus(x, first, there);
  double along = 0.0, square = 0.0;
  for (int i = 0; i < 3; ++i) along += (there[i] - y[i]) * e[i], square += (there[i] - y[i]) * (there[i] - y[i]);
  CHECK(std::abs(square - along * along) < 1e-13);
  CHECK(largest_difference(there + 3, e.data(), 3) < 1e-15);
}

TEST_CASE("manifolds: similarities of many scales, steps composed from the right", "[problem][manifold][law]") {
  for (double scale : {1e-3, 1.0, 1e3}) {
    std::vector<double> x = {0.3, -2, 1, 0, 0, 0, 1, scale};
    for (double& value : x) value *= &value < &x[3] ? scale : 1.0;
    CHECK(joined(check_manifold_laws<Sim3>(x)) == "");
  }
  // (x plus d)(p) = x(d(p)) for the similarity d = (v, exp(omega), exp(sigma)).
  std::mt19937 random(7);
  const std::vector<double> x = random_point<Sim3>(random);
  const double delta[7] = {0.1, 0.2, -0.3, 0.4, -0.5, 0.6, 0.7}, p[3] = {1, 2, 3};
  const auto apply = [](const double* s, const double* q, double* out) {
    quaternion_rotate(s + 3, q, out);
    for (int i = 0; i < 3; ++i) out[i] = s[7] * out[i] + s[i];
  };
  double step[8] = {0.1, 0.2, -0.3, 0, 0, 0, 0, std::exp(0.7)}, y[8], inner[3], expected[3], found[3];
  quaternion_exp(delta + 3, step + 3);
  apply(step, p, inner);
  apply(x.data(), inner, expected);
  Sim3::plus(x.data(), delta, y);
  apply(y, p, found);
  CHECK(largest_difference(found, expected, 3) < 1e-13);
}

TEST_CASE("manifolds: held coordinates stay", "[problem][manifold]") {
  const double x[4] = {1, 2, 3, 4}, d[2] = {0.5, -0.5};
  double y[4];
  Held::plus(x, d, y);
  CHECK((y[0] == 1.5 && y[1] == 2 && y[2] == 2.5 && y[3] == 4));
  const double upright[4] = {0, 0, 0, 1}, turn[1] = {0.8};
  Yaw::plus(upright, turn, y);
  CHECK((y[0] == 0 && y[1] == 0));
  CHECK(y[2] == Approx(std::sin(0.4)));
}
