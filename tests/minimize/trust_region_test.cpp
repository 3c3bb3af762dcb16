// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <limits>
#include <thread>

#include "catch.hpp"
#include "heliotrope/heliotrope.hpp"

namespace {

using namespace heliotrope;

template <class S>
struct Rosenbrock {
  S scale;
  template <class T>
  void operator()(const T* x, T* r) const {
    r[0] = scale * (x[1] - x[0] * x[0]);
    r[1] = 1.0 - x[0];
  }
};

/// Finite only left of 2, where its minimum is not far.
struct Cliff {
  template <class T>
  void operator()(const T* x, T* r) const {
    using namespace heliotrope::math;
    r[0] = log(2.0 - x[0]) + 6.0;
  }
};

struct NotANumber {
  template <class T>
  void operator()(const T* x, T* r) const {
    r[0] = x[0] - x[0];
    r[1] = T(1.0) / r[0];
  }
};

Problem rosenbrock() {
  Problem problem;
  const auto x = problem.add_variable({-1.2, 1.0});
  problem.add_residual<2>(Rosenbrock<double>{10.0}, x);
  return problem;
}

}  // namespace

TEST_CASE("minimize: every method and damping policy solves Rosenbrock", "[minimize]") {
  for (Method method : {Method::levenberg_marquardt, Method::gauss_newton}) {
    for (DampingPolicy damping : {DampingPolicy::fletcher, DampingPolicy::nielsen, DampingPolicy::classical}) {
      for (LinearSolverType linear :
           {LinearSolverType::automatic, LinearSolverType::cholesky, LinearSolverType::eigen_cholesky,
            LinearSolverType::dense_cholesky, LinearSolverType::dense_qr, LinearSolverType::conjugate_gradients}) {
        Problem problem = rosenbrock();
        const Summary summary = minimize(problem, {.method = method, .linear = linear, .damping = damping});
        INFO(summary.method << ", " << summary.linear_solver << ": " << summary.message);
        CHECK(summary.converged());
        CHECK(problem.values()[0] == Approx(1.0).margin(1e-9));
        CHECK(problem.values()[1] == Approx(1.0).margin(1e-9));
        CHECK(summary.final_cost <= summary.initial_cost);
      }
    }
  }
}

TEST_CASE("minimize: the cost never rises and iterations are numbered from the start", "[minimize]") {
  Problem problem = rosenbrock();
  const Summary summary = minimize(problem);
  REQUIRE(summary.iterations.size() > 2);
  for (std::size_t i = 1; i < summary.iterations.size(); ++i) {
    CHECK(summary.iterations[i].iteration == static_cast<int>(i));
    CHECK(summary.iterations[i].cost <= summary.iterations[i - 1].cost * (1.0 + 1e-12));
  }
  CHECK(summary.iterations.front().cost == summary.initial_cost);
}

TEST_CASE("minimize: limits and callbacks stop at the best point", "[minimize]") {
  Problem problem = rosenbrock();
  Summary summary = minimize(problem, {.max_iterations = 3});
  CHECK(summary.status == Status::max_iterations);
  CHECK(summary.iterations.size() == 4);
  CHECK(problem.evaluate().cost == Approx(summary.final_cost));

  problem = rosenbrock();
  summary = minimize(problem, {.max_iterations = 0});
  CHECK(summary.status == Status::max_iterations);
  CHECK(problem.values()[0] == -1.2);

  problem = rosenbrock();
  summary = minimize(problem, {.time_limit = 0.0});
  CHECK(summary.status == Status::time_limit);

  problem = rosenbrock();
  int calls = 0;
  summary = minimize(problem, {.callback = [&](const Iteration&) { return ++calls < 3; }});
  CHECK(summary.status == Status::user_stopped);
  CHECK(calls == 3);
  CHECK(!is_failure(summary.status));
}

TEST_CASE("minimize: a trial point that is not finite is a rejected step", "[minimize][fault]") {
  Problem problem;
  const auto x = problem.add_variable({0.0});
  problem.add_residual<1>(Cliff{}, x);
  const Summary summary = minimize(problem);
  CHECK(summary.converged());
  CHECK(2.0 - problem.value(x)[0] == Approx(std::exp(-6.0)).epsilon(1e-6));
}

TEST_CASE("minimize: a start that is not finite is named", "[minimize][fault]") {
  Problem problem;
  const auto x = problem.add_variable({1.0});
  problem.add_residual<2>(NotANumber{}, x);
  const Summary summary = minimize(problem);
  CHECK(summary.status == Status::not_finite_at_start);
  CHECK(is_failure(summary.status));
  CHECK(summary.message.find("residual 1 of block 0") != std::string::npos);
  CHECK(summary.message.find("infinite") != std::string::npos);
  CHECK(problem.value(x)[0] == 1.0);

  Problem nan_start;
  const auto y = nan_start.add_variable({std::numeric_limits<double>::quiet_NaN(), 1.0});
  nan_start.add_residual<2>(Rosenbrock<double>{1.0}, y);
  CHECK(minimize(nan_start).status == Status::not_finite_at_start);
}

TEST_CASE("minimize: problems with nothing to move", "[minimize][fault]") {
  Problem problem = rosenbrock();
  problem.fix(AnyVariable(0));
  const Summary summary = minimize(problem);
  CHECK(summary.converged());
  CHECK(summary.final_cost == Approx(12.1));

  Problem empty;
  CHECK(minimize(empty).converged());

  Problem untouched;  // a variable that no residual names stays where it is
  const auto used = untouched.add_variable({3.0});
  const auto unused = untouched.add_variable({7.0});
  untouched.add_residuals<1>(
      columns(std::vector<double>{1.0, 2.0}), [](auto y, const auto* m, auto* r) { r[0] = m[0] - y; }, used);
  CHECK(minimize(untouched).converged());
  CHECK(untouched.value(used)[0] == Approx(1.5));
  CHECK(untouched.value(unused)[0] == 7.0);
}

TEST_CASE("minimize: options that make no sense are refused", "[minimize][fault]") {
  Problem problem = rosenbrock();
  CHECK_THROWS_AS(minimize(problem, {.threads = 0}), Error);
  CHECK_THROWS_AS(minimize(problem, {.max_iterations = -1}), Error);
  CHECK_THROWS_AS(minimize(problem, {.cost_tolerance = std::nan("")}), Error);
  CHECK_THROWS_AS(minimize(problem, {.initial_damping = 0.0}), Error);
}

TEST_CASE("minimize: several problems at once from several threads", "[minimize][threads]") {
  std::vector<double> answers(4);
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < answers.size(); ++t) {
    threads.emplace_back([&answers, t] {
      for (int repeat = 0; repeat < 20; ++repeat) {
        Problem problem = rosenbrock();
        minimize(problem, {.linear = t % 2 ? LinearSolverType::cholesky : LinearSolverType::automatic});
        answers[t] = problem.values()[1];
      }
    });
  }
  for (auto& thread : threads) thread.join();
  for (double answer : answers) CHECK(answer == Approx(1.0).margin(1e-9));
}
