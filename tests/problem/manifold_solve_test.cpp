// SPDX-License-Identifier: Apache-2.0
// A small fit on each manifold, whose answer is known.
#include <cmath>
#include <random>
#include <vector>

#include "catch.hpp"
#include "heliotrope/heliotrope.hpp"
#include "problem/points.hpp"

using namespace heliotrope;
using heliotrope_test::random_point, heliotrope_test::unit;

namespace {

/// What a variable of any manifold differs from a given point by; its mean over noise that sums to zero is the point.
struct Apart {
  const ManifoldOperations* manifold;
  std::vector<double> point;
  void operator()(const double* const* x, double* r) const { manifold->minus(x[0], point.data(), r); }
};

/// Fits the mean of four points at +d, -d, +e and -e around a target, from a start half a radian away; returns how far
/// from the target the fit ends.
template <class M>
double mean_error(std::uint32_t seed) {
  std::mt19937 random(seed);
  std::normal_distribution<double> normal(0.0, 0.02);
  const std::vector<double> target = random_point<M>(random);
  std::vector<double> start(M::ambient_size);
  const std::vector<double> away(M::tangent_size, 0.5 / std::sqrt(M::tangent_size));
  M::plus(target.data(), away.data(), start.data());
  Problem problem;
  const Variable<M> variable = problem.add_variable<M>(std::span<const double>(start));
  for (int k = 0; k < 2; ++k) {
    std::vector<double> noise(M::tangent_size), point(M::ambient_size);
    for (double& value : noise) value = normal(random);
    for (double sign : {1.0, -1.0}) {
      for (double& value : noise) value *= sign;
      M::plus(target.data(), noise.data(), point.data());
      const AnyVariable variables[] = {variable};
      problem.add_dynamic_residual(M::tangent_size, Apart{&manifold_operations<M>(), point}, variables);
    }
  }
  const Summary summary = minimize(problem);
  CHECK(is_converged(summary.status));
  std::vector<double> error(M::tangent_size);
  M::minus(problem.value(variable).data(), target.data(), error.data());
  double square = 0.0;
  for (double value : error) square += value * value;
  return std::sqrt(square);
}

/// q = s R p + t.
template <class S>
struct Aligned {
  std::array<S, 3> p, q;
  static constexpr int residuals = 3;
  template <class T>
  void operator()(const T* x, T* r) const {
    const T from[3] = {T(p[0]), T(p[1]), T(p[2])};
    quaternion_rotate(x + 3, from, r);
    for (int i = 0; i < 3; ++i) r[i] = x[7] * r[i] + x[i] - q[i];
  }
};

/// (p - o) x d: as long as the distance of p from the line.
template <class S>
struct OnLine {
  std::array<S, 3> p;
  static constexpr int residuals = 3;
  template <class T>
  void operator()(const T* line, T* r) const {
    const T a = p[0] - line[0], b = p[1] - line[1], c = p[2] - line[2];
    const T* d = line + 3;
    r[0] = b * d[2] - c * d[1];
    r[1] = c * d[0] - a * d[2];
    r[2] = a * d[1] - b * d[0];
  }
};

/// The direction of which the projections on given vectors are known.
template <class S>
struct Projection {
  std::array<S, 3> a;
  S b;
  static constexpr int residuals = 1;
  template <class T>
  void operator()(const T* direction, T* r) const {
    r[0] = a[0] * direction[0] + a[1] * direction[1] + a[2] * direction[2] - b;
  }
};

}  // namespace

TEST_CASE("manifold solve: means on every manifold", "[problem][manifold]") {
  // Means of points that are symmetric in the tangent space of the target: exact up to the curvature of minus, which
  // vanishes for the pairs' sums.
  CHECK(mean_error<SO2>(1) < 1e-7);
  CHECK(mean_error<UnitQuaternionWxyz>(2) < 1e-7);
  CHECK(mean_error<AngleAxis>(3) < 1e-7);
  CHECK(mean_error<UnitSphere<4>>(5) < 1e-7);
  CHECK(mean_error<Product<UnitQuaternion, Euclidean<2>>>(6) < 1e-7);
  CHECK(mean_error<Subset<UnitQuaternion, 0, 1>>(7) < 1e-7);
  CHECK(mean_error<Subset<Euclidean<3>, 1>>(8) < 1e-7);
}

TEST_CASE("manifold solve: aligning points by a similarity", "[problem][manifold]") {
  std::mt19937 random(1);
  std::normal_distribution<double> normal;
  const std::vector<double> truth = {1, -2, 3, 0.5, -0.5, 0.5, 0.5, 2.5};
  std::vector<Aligned<double>> pairs(20);
  for (auto& pair : pairs) {
    for (double& value : pair.p) value = normal(random);
    pair.q = {};
    double r[3];
    pair(truth.data(), r);
    pair.q = {r[0], r[1], r[2]};
  }
  Problem problem;
  const auto x = problem.add_variable<Sim3>({0, 0, 0, 0, 0, 0, 1, 1});
  problem.add_residuals(pairs, x);
  const Summary summary = minimize(problem);
  CHECK(summary.final_cost < 1e-24);
  double error[7];
  Sim3::minus(problem.value(x).data(), truth.data(), error);
  for (double value : error) CHECK(std::abs(value) < 1e-12);
}

TEST_CASE("manifold solve: a line through points in space", "[problem][manifold]") {
  const std::vector<double> d = unit({1, -2, 0.5});
  std::vector<OnLine<double>> points;
  for (int k = 0; k < 16; ++k) {
    points.push_back({{3 + k * d[0], 1 + k * d[1], -2 + k * d[2]}});
  }
  Problem problem;
  const auto line = problem.add_variable<StraightLine<3>>({0, 0, 0, 0, 0, 1});
  problem.add_residuals(points, line);
  const Summary summary = minimize(problem);
  CHECK(summary.final_cost < 1e-24);
  const auto found = problem.value(line);
  CHECK(std::abs(std::abs(found[3] * d[0] + found[4] * d[1] + found[5] * d[2]) - 1.0) < 1e-14);
}

TEST_CASE("manifold solve: a direction from its projections, to the other pole", "[problem][manifold]") {
  const std::vector<double> d = unit({0.1, -0.2, -1});
  std::vector<Projection<double>> seen;
  for (const std::array<double, 3>& a :
       {std::array<double, 3>{1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {1, 1, 1}, {-1, 2, 0.5}}) {
    seen.push_back({a, a[0] * d[0] + a[1] * d[1] + a[2] * d[2]});
  }
  Problem problem;
  const auto direction = problem.add_variable<UnitSphere<3>>({0.1, 0, std::sqrt(0.99)});
  problem.add_residuals(seen, direction);
  const Summary summary = minimize(problem);
  CHECK(summary.final_cost < 1e-24);
  for (int i = 0; i < 3; ++i) CHECK(problem.value(direction)[i] == Approx(d[i]).margin(1e-12));
}
