// SPDX-License-Identifier: Apache-2.0
// Problem::evaluate: weights, losses, manifolds, other values.
#include <array>
#include <random>

#include "heliotrope/problem/evaluation.hpp"
#include "heliotrope/problem/quaternion.hpp"
#include "problem/problems.hpp"

using namespace heliotrope;
using namespace heliotrope_test;

namespace {

/// Three residuals of five numbers, no two alike.
struct Triple {
  double a;
  template <class T>
  void operator()(const T* x, const T* y, T* r) const {
    using std::sin;
    r[0] = x[0] * y[0] - a;
    r[1] = sin(x[1]) + y[1] * y[2];
    r[2] = x[0] - a * y[2];
  }
};

struct Setting {
  Problem problem;
  Variable<Euclidean<2>> x = problem.add_variable({0.5, -1.0});
  Variable<Euclidean<3>> y = problem.add_variable({1.0, 2.0, 0.25});
  std::vector<Triple> data{{1.0}, {2.0}, {-0.5}, {0.25}, {3.0}, {4.0}, {5.0}, {6.0}, {7.0}, {8.0}};
};

/// W r for row-major 3 x 3 matrices, one for all or one each.
std::vector<double> weighted(const std::vector<double>& r, const std::vector<double>& w) {
  std::vector<double> out(r.size());
  for (std::size_t k = 0; k < r.size() / 3; ++k) {
    const double* W = w.data() + (w.size() == 9 ? 0 : 9 * k);
    for (std::size_t i = 0; i < 3; ++i) {
      for (std::size_t j = 0; j < 3; ++j) out[3 * k + i] += W[3 * i + j] * r[3 * k + j];
    }
  }
  return out;
}
double half_square(const std::vector<double>& r) {
  double sum = 0.0;
  for (double v : r) sum += v * v;
  return 0.5 * sum;
}
std::vector<double> random_numbers(std::size_t count) {
  std::mt19937 random(5);
  std::uniform_real_distribution<double> uniform(-1.0, 1.0);
  std::vector<double> w(count);
  for (double& v : w) v = uniform(random);
  return w;
}

/// The gradient of the cost by central differences along the tangent space of Euclidean variables.
std::vector<double> cost_gradient(const Problem& problem, bool apply_loss) {
  std::vector<double> x(problem.values().begin(), problem.values().end()), g;
  for (double& v : x) {
    const double at = v, h = 1e-5;
    const auto cost = [&](double moved) {
      return v = moved, problem.evaluate({.values = x, .apply_loss = apply_loss}).cost;
    };
    g.push_back((8 * (cost(at + h) - cost(at - h)) - (cost(at + 2 * h) - cost(at - 2 * h))) / (12 * h));
    v = at;
  }
  return g;
}

}  // namespace

TEST_CASE("evaluate: a square-root information matrix, common or one each", "[problem][evaluate]") {
  for (const std::size_t each : {std::size_t{1}, std::size_t{10}}) {
    Setting plain, s;
    plain.problem.add_residuals<3>(plain.data, plain.x, plain.y);
    const auto W = random_numbers(9 * each);
    s.problem.add_residuals<3>(s.data, {.sqrt_information = W}, s.x, s.y);
    const auto truth = weighted(plain.problem.evaluate().residuals, W);
    const Evaluation e = s.problem.evaluate({.gradient = true, .jacobian = true});
    check_near(e.residuals, truth, 1e-14);
    CHECK(e.cost == Approx(half_square(truth)).epsilon(1e-14));
    check_near(e.gradient, cost_gradient(s.problem, true), 1e-8);
    // Columns of J are weighted like residuals.
    const auto J = dense(e), unweighted = dense(plain.problem.evaluate({.jacobian = true}));
    for (std::size_t c = 0; c < 5; ++c) {
      std::vector<double> column, expected;
      for (std::size_t i = 0; i < 30; ++i) column.push_back(J[i * 5 + c]), expected.push_back(unweighted[i * 5 + c]);
      check_near(column, weighted(expected, W), 1e-14);
    }
  }
}

TEST_CASE("evaluate: cost is half the quadratic form of the information matrix", "[problem][evaluate]") {
  Setting plain, s;
  plain.problem.add_residual<3>(plain.data[0], plain.x, plain.y);
  const std::vector<double> W{2.0, -1.0, 0.5, 0.0, 3.0, 1.0, 0.25, 0.0, 1.5};
  s.problem.add_residual<3>(s.data[0], {.sqrt_information = W}, s.x, s.y);
  const auto r = plain.problem.evaluate().residuals;
  double form = 0.0;
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j) {
      double information = 0.0;
      for (std::size_t k = 0; k < 3; ++k) information += W[3 * k + i] * W[3 * k + j];
      form += r[i] * information * r[j];
    }
  }
  CHECK(s.problem.evaluate().cost == Approx(0.5 * form).epsilon(1e-14));
}

TEST_CASE("evaluate: losses act on the weighted norm, or not at all", "[problem][evaluate]") {
  for (const Loss& loss : {huber(0.5), cauchy(2.0), scaled(0.3, soft_l1(1.0))}) {
    INFO(loss.name());
    Setting s;
    const auto W = random_numbers(9);
    s.problem.add_residuals<3>(s.data, {.loss = loss, .sqrt_information = W}, s.x, s.y);
    const Evaluation without = s.problem.evaluate({.apply_loss = false, .gradient = true});
    const Evaluation with = s.problem.evaluate({.gradient = true, .jacobian = true});
    double cost = 0.0;
    for (std::size_t k = 0; k < 10; ++k) {
      double square = 0.0, rho, rho1, rho2;
      for (std::size_t i = 0; i < 3; ++i) square += without.residuals[3 * k + i] * without.residuals[3 * k + i];
      loss.evaluate(&square, 1, &rho, &rho1, &rho2);
      cost += 0.5 * rho;
    }
    CHECK(without.cost == Approx(half_square(without.residuals)).epsilon(1e-14));
    CHECK(with.cost == Approx(cost).epsilon(1e-14));
    CHECK(with.cost != Approx(without.cost));
    check_near(with.gradient, cost_gradient(s.problem, true), 1e-7);
    check_near(without.gradient, cost_gradient(s.problem, false), 1e-7);
    // The corrected problem: J'r is the gradient of the cost.
    const auto J = dense(with);
    for (std::size_t c = 0; c < 5; ++c) {
      double sum = 0.0;
      for (std::size_t i = 0; i < 30; ++i) sum += J[i * 5 + c] * with.residuals[i];
      CHECK(sum == Approx(with.gradient[c]).epsilon(1e-12));
    }
  }
}

TEST_CASE("evaluate: at other values, and nothing changes", "[problem][evaluate]") {
  Setting s;
  s.problem.add_residuals<3>(s.data, s.x, s.y);
  const Problem& constant = s.problem;
  const std::vector<double> before(constant.values().begin(), constant.values().end());
  const std::vector<double> elsewhere{1.0, 2.0, 3.0, 4.0, 5.0};
  const Evaluation there = constant.evaluate({.values = elsewhere});
  CHECK(std::vector<double>(constant.values().begin(), constant.values().end()) == before);
  s.problem.set_values(elsewhere);
  CHECK(s.problem.evaluate().cost == there.cost);
  CHECK(constant.evaluate({.residuals = false}).residuals.empty());
}

TEST_CASE("evaluate: fixed variables have no columns", "[problem][evaluate]") {
  Setting s;
  s.problem.add_residuals<3>(s.data, s.x, s.y);
  const auto all = dense(s.problem.evaluate({.jacobian = true}));
  s.problem.fix(s.x);
  const Evaluation e = s.problem.evaluate({.gradient = true, .jacobian = true});
  CHECK(e.jacobian.num_columns == 3);
  const auto J = dense(e);
  for (std::size_t i = 0; i < 30; ++i) {
    for (std::size_t c = 0; c < 3; ++c) CHECK(J[i * 3 + c] == all[i * 5 + 2 + c]);
  }
}

TEST_CASE("evaluate: a residual that is not finite makes the cost so", "[problem][evaluate]") {
  Setting s;
  s.problem.add_residuals<3>(s.data, s.x, s.y);
  s.problem.set_value(s.x, {std::numeric_limits<double>::quiet_NaN(), 0.0});
  CHECK_FALSE(std::isfinite(s.problem.evaluate().cost));
}

namespace {

/// Something smooth of every number of a pose.
template <class M>
struct Ambient {
  double scale;
  template <class T>
  void operator()(const T* x, const T* y, T* r) const {
    using std::sin;
    r[0] = T(scale), r[1] = T(0.0);
    for (int i = 0; i < M::ambient_size; ++i) {
      r[0] += sin(x[i] * (0.5 + i)) * y[i];
      r[1] += x[i] * y[M::ambient_size - 1 - i] * scale;
    }
  }
};

/// d r(plus(x, delta)) / d delta by differences of the manifold's own plus, against every policy.
template <class M>
void check_manifold(std::vector<double> values) {
  INFO(M::name);
  constexpr int n = M::ambient_size, t = M::tangent_size;
  Problem problem;
  const auto v = problem.add_variables<M>(values);
  REQUIRE(v.size() == 2);
  problem.add_residuals<2>(std::vector<Ambient<M>>{{1.0}, {-0.5}}, v[0], v[1]);
  std::vector<double> truth(4 * 2 * t);
  for (int j = 0; j < 2 * t; ++j) {
    const auto at = [&](double step) {
      std::vector<double> moved = values, delta(t);
      delta[static_cast<std::size_t>(j % t)] = step;
      M::plus(values.data() + j / t * n, delta.data(), moved.data() + j / t * n);
      return problem.evaluate({.values = moved}).residuals;
    };
    const double h = 1e-3;
    const auto a = at(h), b = at(-h), c = at(2 * h), d = at(-2 * h);
    for (std::size_t i = 0; i < 4; ++i) {
      truth[i * 2 * t + static_cast<std::size_t>(j)] = (8 * (a[i] - b[i]) - (c[i] - d[i])) / (12 * h);
    }
  }
  check_near(dense(problem.evaluate({.jacobian = true})), truth, 1e-9);
  check_near(dense(problem.evaluate({.jacobian = true, .derivatives = Derivatives::complex_step})), truth, 1e-9);
  check_near(dense(problem.evaluate({.jacobian = true, .derivatives = Derivatives::central})), truth, 1e-8);
  check_near(dense(problem.evaluate({.jacobian = true, .derivatives = Derivatives::forward})), truth, 1e-5);
}

}  // namespace

TEST_CASE("evaluate: derivatives are along the tangent space of manifolds", "[problem][evaluate]") {
  check_manifold<Euclidean<3>>({1, 2, 3, -0.5, 0.25, 1});
  check_manifold<SE2>({1, 2, 0.3, -1, 0.5, 2.0});
  check_manifold<UnitQuaternion>({0.5, 0.5, -0.5, 0.5, 0.0, 0.6, 0.0, 0.8});
  check_manifold<SE3>({1, 2, 3, 0.5, 0.5, -0.5, 0.5, -1, 0, 2, 0.0, 0.6, 0.0, 0.8});
}
