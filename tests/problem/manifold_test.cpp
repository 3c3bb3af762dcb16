// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cmath>
#include <numbers>
#include <random>
#include <vector>

#include "catch.hpp"
#include "heliotrope/derive/pack_math.hpp"
#include "heliotrope/error.hpp"
#include "heliotrope/problem/manifold_laws.hpp"
#include "heliotrope/problem/manifolds.hpp"
#include "problem/points.hpp"

using namespace heliotrope;
using heliotrope_test::joined, heliotrope_test::random_point, heliotrope_test::unit;

namespace {

using std::numbers::pi;

/// The unit circle as a user would write it, with doubles alone and a switch for each way of getting it wrong.
enum class Fault { none, drifts, wrong_inverse, wrong_jacobian, rank, nan, not_in_place };
template <Fault fault>
struct Circle {
  static constexpr int ambient_size = 2;
  static constexpr int tangent_size = 1;
  static void plus(const double* x, const double* delta, double* y) {
    const double c = std::cos(delta[0]), s = std::sin(delta[0]), x0 = x[0], x1 = x[1];
    const double grow = fault == Fault::drifts ? 1.0 + 1e-3 * delta[0] * delta[0] : 1.0;
    y[0] = grow * (c * x0 - s * x1);
    y[1] = grow * (s * (fault == Fault::not_in_place ? x[0] : x0) + c * x1);
    if (fault == Fault::nan && delta[0] == 0.0) y[1] = std::nan("");
  }
  static void minus(const double* y, const double* x, double* delta) {
    delta[0] = std::atan2(x[0] * y[1] - x[1] * y[0], x[0] * y[0] + x[1] * y[1]);
    if (fault == Fault::wrong_inverse) delta[0] *= 1.0 + 1e-6;
  }
  static void plus_jacobian(const double* x, double* jacobian) {
    const double scale = fault == Fault::rank ? 0.0 : fault == Fault::wrong_jacobian ? 1.0 + 1e-7 : 1.0;
    jacobian[0] = -scale * x[1];
    jacobian[1] = scale * x[0];
  }
};

template <Fault fault>
std::vector<std::string> faults() {
  const std::array<double, 2> x = {0.6, 0.8};
  return check_manifold_laws<Circle<fault>>(x);
}

struct NoMinus {
  static constexpr int ambient_size = 2;
  static constexpr int tangent_size = 1;
  static void plus(const double*, const double*, double*) {}
  static void plus_jacobian(const double*, double*) {}
};

static_assert(Manifold<Euclidean<3>> && Manifold<Euclidean<dynamic_size>> && Manifold<UnitQuaternion>);
static_assert(Manifold<SE2> && Manifold<SE3> && Manifold<Circle<Fault::none>>);
static_assert(!Manifold<NoMinus> && !Manifold<int>);

}  // namespace

TEMPLATE_TEST_CASE("manifold: the laws hold for what ships", "[problem][manifold][law]", Euclidean<3>, UnitQuaternion,
                   SE2, SE3) {
  std::mt19937 random(1);
  for (int k = 0; k < 10; ++k) {
    const std::vector<double> x = random_point<TestType>(random);
    CHECK(joined(check_manifold_laws<TestType>(x)) == "");
  }
}

TEST_CASE("manifold: the laws hold at identities, half turns and far away", "[problem][manifold][law]") {
  for (const std::vector<double>& q :
       {std::vector<double>{0, 0, 0, 1}, {0, 0, 0, -1}, {1, 0, 0, 0}, {0, -1, 0, 0}, unit({1, 1, 1, 1e-9})}) {
    CHECK(joined(check_manifold_laws<UnitQuaternion>(q)) == "");
    CHECK(joined(check_manifold_laws<SE3>(std::vector<double>{1e5, -1e5, 1, q[0], q[1], q[2], q[3]})) == "");
  }
  for (double theta : {0.0, pi, -3.0, 3.0, 1e-300}) {
    CHECK(joined(check_manifold_laws<SE2>(std::vector<double>{-1e4, 1e4, theta})) == "");
  }
}

TEST_CASE("manifold: the checker finds each kind of fault", "[problem][manifold][law]") {
  CHECK(joined(faults<Fault::none>()) == "");
  CHECK(joined(faults<Fault::drifts>()).find("stay on the manifold") != std::string::npos);
  CHECK(joined(faults<Fault::wrong_inverse>()).find("minus(plus(x, d), x) = d") != std::string::npos);
  CHECK(joined(faults<Fault::wrong_jacobian>()).find("plus_jacobian is the derivative") != std::string::npos);
  CHECK(joined(faults<Fault::rank>()).find("independent columns") != std::string::npos);
  CHECK(joined(faults<Fault::nan>()).find("plus(x, 0) = x") != std::string::npos);
  CHECK(joined(faults<Fault::not_in_place>()).find("write over x") != std::string::npos);
  CHECK_THROWS_WITH(check_manifold_laws<SE2>(std::vector<double>{0, 0}),
                    "check_manifold_laws: the point has 2 values, but SE2 has ambient size 3");
}

TEST_CASE("manifold: a quaternion step turns in the frame it maps from", "[problem][manifold]") {
  // A quarter turn about z, then one about the turned x axis, which is the world's y.
  const double q[4] = {0, 0, std::sqrt(0.5), std::sqrt(0.5)};
  const double delta[3] = {pi / 2, 0, 0};
  double y[4], out[3];
  UnitQuaternion::plus(q, delta, y);
  const double z[3] = {0, 0, 1};
  quaternion_rotate(y, z, out);  // z: a quarter turn about x takes it to -y, the first turn takes that to x
  CHECK(out[0] == Approx(1.0));
  CHECK(std::abs(out[1]) < 1e-15);
  CHECK(std::abs(out[2]) < 1e-15);
}

TEST_CASE("manifold: minus inverts plus up to half a turn", "[problem][manifold]") {
  const std::vector<double> q = unit({0.3, -0.2, 0.9, 0.1});
  for (double angle : {0.0, 1e-300, 1e-20, 1e-12, 1e-8, 1e-4, 1.0, 3.0, pi - 1e-6, pi - 1e-9}) {
    const double delta[3] = {angle * 0.6, 0.0, angle * -0.8};
    double y[4], back[3];
    UnitQuaternion::plus(q.data(), delta, y);
    UnitQuaternion::minus(y, q.data(), back);
    for (int i = 0; i < 3; ++i) CHECK(std::abs(back[i] - delta[i]) < 4e-15);
  }
  const double half[3] = {0.0, pi, 0.0};
  double y[4], back[3];
  UnitQuaternion::plus(q.data(), half, y);
  UnitQuaternion::minus(y, q.data(), back);
  CHECK(std::abs(std::abs(back[1]) - pi) < 1e-14);
  for (double& value : y) value = -value;  // the same rotation
  double again[3];
  UnitQuaternion::minus(y, q.data(), again);
  CHECK(std::abs(std::abs(again[1]) - pi) < 1e-14);
}

TEST_CASE("manifold: plus heals a quaternion that is not quite unit", "[problem][manifold]") {
  const double q[4] = {0.5 * 1.001, 0.5, 0.5, 0.5}, zero[3] = {};
  double y[4];
  UnitQuaternion::plus(q, zero, y);
  CHECK(y[0] * y[0] + y[1] * y[1] + y[2] * y[2] + y[3] * y[3] == Approx(1.0).epsilon(1e-15));
}

TEST_CASE("manifold: SE2 moves in the body's frame and wraps", "[problem][manifold]") {
  const double x[3] = {1, 2, pi / 2}, delta[3] = {3, 0.5, pi};
  double y[3];
  SE2::plus(x, delta, y);
  CHECK(y[0] == Approx(0.5));
  CHECK(y[1] == Approx(5.0));
  CHECK(y[2] == Approx(-pi / 2));
  CHECK(wrap_angle(pi) == pi);
  CHECK(wrap_angle(0.1) == 0.1);
  CHECK(wrap_angle(-pi) == -pi);
  CHECK(wrap_angle(3.5) == Approx(3.5 - 2 * pi));
  CHECK(wrap_angle(-3.5) == Approx(2 * pi - 3.5));
  CHECK(wrap_angle(100 * pi + 0.25) == Approx(0.25).epsilon(1e-12));
  CHECK(std::isnan(wrap_angle(std::nan(""))));
}

TEMPLATE_TEST_CASE("manifold: packs do in each lane what doubles do", "[problem][manifold]", UnitQuaternion, SE2, SE3) {
  using M = TestType;
  std::mt19937 random(2);
  double x[M::ambient_size][Pack::width], d[M::tangent_size][Pack::width];
  Pack xs[M::ambient_size], ds[M::tangent_size], ys[M::ambient_size], back[M::tangent_size];
  Pack js[M::ambient_size * M::tangent_size];
  for (int l = 0; l < Pack::width; ++l) {
    const std::vector<double> point = random_point<M>(random);
    for (int i = 0; i < M::ambient_size; ++i) x[i][l] = point[i];
    for (int i = 0; i < M::tangent_size; ++i) d[i][l] = l == 0 ? 0.0 : 0.7 * std::sin(i + l);
  }
  for (int i = 0; i < M::ambient_size; ++i) xs[i] = Pack::load(x[i]);
  for (int i = 0; i < M::tangent_size; ++i) ds[i] = Pack::load(d[i]);
  M::plus(xs, ds, ys);
  M::minus(ys, xs, back);
  M::plus_jacobian(xs, js);
  for (int l = 0; l < Pack::width; ++l) {
    double x1[M::ambient_size], d1[M::tangent_size], y1[M::ambient_size], j1[M::ambient_size * M::tangent_size];
    for (int i = 0; i < M::ambient_size; ++i) x1[i] = x[i][l];
    for (int i = 0; i < M::tangent_size; ++i) d1[i] = d[i][l];
    M::plus(x1, d1, y1);
    M::plus_jacobian(x1, j1);
    for (int i = 0; i < M::ambient_size; ++i) CHECK(ys[i][l] == Approx(y1[i]).margin(1e-14));
    for (int i = 0; i < M::tangent_size; ++i) CHECK(back[i][l] == Approx(d1[i]).margin(1e-13));
    for (int i = 0; i < M::ambient_size * M::tangent_size; ++i) {
      CHECK(js[i][l] == Approx(j1[i]).margin(1e-15));
      if constexpr (requires { M::plus_jacobian_is_zero(0, 0); }) {
        if (M::plus_jacobian_is_zero(i / M::tangent_size, i % M::tangent_size)) CHECK(j1[i] == 0.0);
      }
    }
  }
}

TEST_CASE("manifold: run-time tables", "[problem][manifold]") {
  const ManifoldOperations& se3 = manifold_operations<SE3>();
  CHECK(&se3 == &manifold_operations<SE3>());
  CHECK(se3.ambient_size == 7);
  CHECK(se3.tangent_size == 6);
  CHECK_FALSE(se3.euclidean);
  CHECK(std::string(se3.name) == "SE3");
  const double x[7] = {1, 2, 3, 0, 0, 0, 1}, delta[6] = {1, 0, 0, 0, 0, 0};
  double y[7];
  se3.plus(x, delta, y);
  CHECK(y[0] == 2.0);

  const ManifoldOperations plain = manifold_operations_euclidean(5);
  CHECK(plain.euclidean);
  CHECK(plain.ambient_size == 5);
  CHECK(plain.tangent_size == 5);
  CHECK(plain.plus == nullptr);
  CHECK(manifold_operations<Euclidean<2>>().euclidean);
  CHECK(manifold_operations<Euclidean<2>>().ambient_size == 2);
  CHECK(std::string(manifold_operations<Circle<Fault::none>>().name).find("Circle") != std::string::npos);
}
