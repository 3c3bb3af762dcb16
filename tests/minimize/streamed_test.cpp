// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <random>

#include "catch.hpp"
#include "heliotrope/heliotrope.hpp"
#include "heliotrope/linear/jacobian_operator.hpp"
#include "heliotrope/problem/evaluator.hpp"
#include "problem/streamed_jacobian.hpp"

using namespace heliotrope;

namespace {

template <class S>
struct Decay {
  S t, y;
  template <class T>
  void operator()(const T* a, const T* b, T* r) const {
    using namespace heliotrope::math;
    r[0] = a[0] * exp(-b[0] * t) + a[1] - y;
  }
};

/// Three rows; both slots may be the same variable.
template <class S>
struct Between {
  S d;
  template <class T>
  void operator()(const T* a, const T* b, T* r) const {
    r[0] = a[0] - b[0] * b[1] - d;
    r[1] = a[1] * a[0] - b[1] + d;
    r[2] = a[0] + 2.0 * b[1] - 1.0;
  }
};

/// Pulls a rotation towards one that turns x to `v`.
template <class S>
struct Turned {
  S v;
  template <class T>
  void operator()(const T* q, T* r) const {
    r[0] = q[0] * q[0] + q[1] * q[1] - q[2] * q[2] - q[3] * q[3] - v;
    r[1] = 2.0 * (q[1] * q[2] + q[0] * q[3]) - v;
  }
};

/// Groups of every kind: shared variables and not, repeated ones, a fixed one, a manifold, weights, losses, unused
/// lanes.
struct Mixture {
  Problem problem;
  explicit Mixture(int count, double noise = 0.1) {
    std::mt19937_64 random(4);
    std::normal_distribution<double> normal;
    const auto a = problem.add_variable({1.0, 0.5});
    const auto b = problem.add_variable({0.4});
    std::vector<Variable<Euclidean<2>>> others;
    for (int i = 0; i < 3; ++i) others.push_back(problem.add_variable({0.1 * i, 1.0}));
    const auto q = problem.add_variable<UnitQuaternion>({1.0, 0.0, 0.0, 0.0});
    problem.fix(others[2]);
    std::vector<Decay<double>> decays;
    for (int i = 0; i < count; ++i) {
      const double t = 5.0 * i / count;
      decays.push_back({t, 2.0 * std::exp(-0.7 * t) + 0.3 + noise * normal(random)});
    }
    problem.add_residuals<1>(decays, a, b);
    const std::vector<double> weights{2.0, 0.0, 0.1, 0.5, 1.0, 0.0, 0.0, 0.3, 0.8};
    for (int i = 0; i < count / 2 + 3; ++i) {
      const auto first = others[static_cast<std::size_t>(i) % 3], second = others[static_cast<std::size_t>(i / 2) % 3];
      problem.add_residual<3>(Between<double>{normal(random)}, {.loss = huber(0.5), .sqrt_information = weights}, first,
                              second);
    }
    std::vector<Turned<double>> turned(21, Turned<double>{0.6});
    problem.add_residuals<2>(turned, q);
  }
};

}  // namespace

TEST_CASE("streamed: the triangle stands for the Jacobian", "[minimize][streamed]") {
  for (const int count : {5, 700}) {
    Mixture mixture(count);
    const Problem& problem = mixture.problem;
    Evaluator evaluator(problem, {});
    const double cost = evaluator.linearise(problem, problem.values());
    detail::StreamedJacobian streamed(problem, detail::ProblemAccess::structure(problem), {});
    std::vector<double> values(problem.values().begin(), problem.values().end());
    values.resize(values.size() + block_lanes);
    CHECK(streamed.linearise(problem, values.data()) == Approx(cost).epsilon(1e-13));
    CHECK(streamed.cost(problem, values.data()) == Approx(cost).epsilon(1e-13));

    const auto n = static_cast<std::size_t>(problem.num_columns());
    const auto products = [&](const BlockJacobian& jacobian) {  // [g, diag, then J'J]
      JacobianOperator product;
      product.analyse(jacobian);
      std::vector<double> g(n), d(n), all, unit(n, 0.0), column(n);
      std::vector<double> along(static_cast<std::size_t>(product.residual_size()));
      product.gradient(jacobian, g, d, 1);
      all = g;
      for (std::size_t j = 0; j < n; ++j) {
        unit[j] = 1.0;
        product.multiply(jacobian, unit, along, 1);
        product.multiply_transposed(jacobian, along, column, 1);
        all.insert(all.end(), column.begin(), column.end());
        unit[j] = 0.0;
      }
      return all;
    };
    const std::vector<double> expected = products(evaluator.jacobian()), found = products(streamed.jacobian());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      CHECK(found[i] == Approx(expected[i]).epsilon(1e-11).margin(1e-10));
    }
  }
}

TEST_CASE("streamed: answers are those of a stored Jacobian, with the same bits by any threads",
          "[minimize][streamed][threads]") {
  Mixture stored(3000), streamed(3000);
  const Summary expected = minimize(stored.problem, {.linear = LinearSolverType::dense_cholesky});
  const Summary summary = minimize(streamed.problem, {.linear = LinearSolverType::streamed});
  CHECK(summary.converged());
  CHECK(summary.linear_solver == "streamed QR");
  CHECK(summary.final_cost == Approx(expected.final_cost).epsilon(1e-9));
  for (std::size_t i = 0; i < stored.problem.values().size(); ++i) {
    CHECK(streamed.problem.values()[i] == Approx(stored.problem.values()[i]).margin(1e-4));
  }
  for (const int threads : {2, 3}) {
    Mixture again(3000);
    const Summary other = minimize(again.problem, {.linear = LinearSolverType::streamed, .threads = threads});
    CHECK(other.final_cost == summary.final_cost);
    CHECK(std::equal(again.problem.values().begin(), again.problem.values().end(), streamed.problem.values().begin()));
  }
}

TEST_CASE("streamed: keeps the digits that normal equations lose", "[minimize][streamed]") {
  Problem problem;
  const auto p = problem.add_variable({0.0, 0.0, 0.0, 0.0, 0.0, 0.0});
  std::vector<double> t, y;
  for (int i = 0; i < 2000; ++i) {  // a polynomial on [1, 2], all its coefficients 1
    const double s = 1.0 + i / 2000.0;
    t.push_back(s);
    y.push_back(1.0 + s * (1.0 + s * (1.0 + s * (1.0 + s * (1.0 + s)))));
  }
  problem.add_residuals<1>(
      columns(t, y),
      [](auto s, auto z, const auto* x, auto* r) {
        r[0] = x[0] + s * (x[1] + s * (x[2] + s * (x[3] + s * (x[4] + s * x[5])))) - z;
      },
      p);
  const auto error = [](LinearSolverType type, const BlockJacobian& jacobian) {
    const auto solver = make_linear_solver(type, jacobian).solver;
    const std::vector<double> damping(6, 0.0);
    std::vector<double> step(6);
    solver->analyse(jacobian);
    solver->linearise(jacobian, 1);
    CHECK(solver->factorise(damping, 1));
    solver->solve(step);
    double most = 0.0;
    for (const double x : step) most = std::max(most, std::abs(x - 1.0));
    return most;
  };
  detail::StreamedJacobian streamed(problem, detail::ProblemAccess::structure(problem), {});
  Evaluator evaluator(problem, {});
  const std::vector<double> zeros(6 + block_lanes, 0.0);
  streamed.linearise(problem, zeros.data());
  evaluator.linearise(problem, problem.values());
  const double by_triangle = error(LinearSolverType::dense_qr, streamed.jacobian());
  CHECK(by_triangle < 1e-8);
  CHECK(by_triangle < 0.1 * error(LinearSolverType::dense_cholesky, evaluator.jacobian()));
}

TEST_CASE("streamed: is chosen where columns are few and residuals many", "[minimize][streamed]") {
  const auto solver = [](std::size_t count) {
    Problem problem;
    const auto a = problem.add_variable({1.0, 0.5});
    const auto b = problem.add_variable({0.4});
    std::vector<Decay<double>> decays(count, Decay<double>{1.0, 1.0});
    problem.add_residuals<1>(decays, a, b);
    return minimize(problem, {.max_iterations = 1}).linear_solver;
  };
  CHECK(solver(1000) == "dense QR");
  CHECK(solver(2300000) == "streamed QR");
}

TEST_CASE("streamed: what it cannot take is an error, what is not finite a status", "[minimize][streamed][fault]") {
  Problem problem;
  const auto a = problem.add_variable({1.0, 0.5});
  const auto b = problem.add_variable({0.4});
  std::vector<Decay<double>> decays(30, Decay<double>{1.0, 1.0});
  decays[17].y = std::numeric_limits<double>::quiet_NaN();
  problem.add_residuals<1>(decays, a, b);
  const Summary summary = minimize(problem, {.linear = LinearSolverType::streamed});
  CHECK(summary.status == Status::not_finite_at_start);
  CHECK(summary.message.find("block 17") != std::string::npos);

  Problem wide;
  const std::vector<double> many(257, 1.0);
  wide.add_variables<1>(many);
  CHECK_THROWS_WITH(minimize(wide, {.linear = LinearSolverType::streamed}),
                    "linear solver streamed was asked for; found 257 columns, expected at most 256");
}
