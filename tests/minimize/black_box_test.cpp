// SPDX-License-Identifier: Apache-2.0
// Minimising black-box functions: the same minimum as by exact derivatives, for few evaluations.
#include <cmath>

#include "catch.hpp"
#include "heliotrope/heliotrope.hpp"

using namespace heliotrope;
using Catch::Matchers::Contains;

namespace {

/// Bratu's problem on a square of n x n nodes: -Laplace(u) = lambda exp(u), u = 0 around it.
struct Bratu {
  std::int64_t n;
  double lambda = 2.0;
  template <class T>
  void operator()(const T* u, T* r) const {
    using namespace heliotrope::math;
    const double h2 = 1.0 / static_cast<double>((n + 1) * (n + 1));
    for (std::int64_t j = 0; j < n; ++j) {
      for (std::int64_t i = 0; i < n; ++i) {
        const std::int64_t p = j * n + i;
        T sum = 4.0 * u[p] - h2 * lambda * exp(u[p]);
        if (i > 0) sum = sum - u[p - 1];
        if (i + 1 < n) sum = sum - u[p + 1];
        if (j > 0) sum = sum - u[p - n];
        if (j + 1 < n) sum = sum - u[p + n];
        r[p] = sum;
      }
    }
  }
};

Problem bratu(std::int64_t n, const FunctionOptions& options, std::int64_t& calls) {
  Problem problem;
  const auto u = problem.add_variables<1>(std::vector<double>(static_cast<std::size_t>(n * n), 0.0));
  const auto f = [n, &calls](std::span<const double> x, std::span<double> r) {
    ++calls;
    Bratu{n}(x.data(), r.data());
  };
  problem.add_function(n * n, f, u, five_point(n, n), options);
  calls = 0;
  return problem;
}

}  // namespace

TEST_CASE("minimize: a field behind a black box, by every method and solver", "[minimize][function]") {
  constexpr std::int64_t n = 20;
  std::int64_t calls = 0;
  const auto method = GENERATE(Method::levenberg_marquardt, Method::gauss_newton);
  const auto linear = GENERATE(LinearSolverType::automatic, LinearSolverType::cholesky,
                               LinearSolverType::eigen_cholesky, LinearSolverType::dense_cholesky);
  Problem problem = bratu(n, {.name = "bratu"}, calls);
  const Summary summary = minimize(problem, {.method = method, .linear = linear});
  CHECK(summary.converged());
  CHECK(summary.final_cost < 1e-20);
  CHECK_THAT(summary.derivatives, Contains("bratu by 5 colours (central)"));
  // A linearisation takes 10 evaluations, and finds r at its point known; the rest are candidates.
  CHECK(calls <= 11 * std::ssize(summary.iterations) + 40);
}

TEST_CASE("minimize: secant updates save evaluations of a black box", "[minimize][function]") {
  constexpr std::int64_t n = 20;
  std::int64_t plain_calls = 0, updated_calls = 0;
  Problem plain = bratu(n, {}, plain_calls), updated = bratu(n, {.refresh = 4}, updated_calls);
  const Summary exact = minimize(plain), by_secants = minimize(updated);
  CHECK(by_secants.converged());
  CHECK(by_secants.final_cost < 1e-18);
  CHECK(updated_calls < plain_calls);
  std::int64_t again = 0;
  Problem third = bratu(n, {.refresh = 4}, again);
  minimize(third, {.threads = 3});
  CHECK(third.values()[17] == updated.values()[17]);
  INFO(exact.iterations.size() << " and " << by_secants.iterations.size());
}

TEST_CASE("minimize: evaluations of a black box are counted", "[minimize][function]") {
  std::int64_t calls = 0;
  Problem problem = bratu(12, {}, calls);
  const std::int64_t before = calls;  // those that adding took
  const Summary first = minimize(problem);
  CHECK(first.function_evaluations == calls - before);
  CHECK(first.function_columns_failed == 0);
  problem.set_values(std::vector<double>(problem.values().size(), 0.1));
  const std::int64_t between = calls;
  const Summary again = minimize(problem);
  CHECK(again.function_evaluations == calls - between);
}

TEST_CASE("minimize: a black box beside typed residuals and a loss", "[minimize][function]") {
  // A line through samples, one of them far off, as one function.
  const auto line = [](const auto* mc, auto* r) {
    for (int i = 0; i < 20; ++i) r[i] = mc[0] * (0.1 * i) + mc[1] - (1.0 + 0.2 * i) - (i == 7 ? 50.0 : 0.0);
  };
  Problem problem;
  const auto mc = problem.add_variable({0.0, 0.0});
  problem.add_function(20, line, mc, {.loss = cauchy(0.1)});
  const Summary summary = minimize(problem);
  CHECK(summary.converged());
  CHECK(problem.value(mc)[0] == Approx(2.0).margin(1e-2));
  CHECK(problem.value(mc)[1] == Approx(1.0).margin(1e-2));
}

TEST_CASE("minimize: points where a black box is not finite are stepped back from", "[minimize][function][fault]") {
  const auto wall = [](const auto* x, auto* r) {
    using namespace heliotrope::math;
    r[0] = 10.0 * (log(x[0]) - 1.0);
    r[1] = x[0] - x[1];
  };
  Problem problem;
  const auto x = problem.add_variables<1>(std::vector<double>{30.0, 1.0});
  problem.add_function(2, wall, x);
  const Summary summary = minimize(problem);
  CHECK(summary.converged());
  CHECK(problem.value(x[0])[0] == Approx(std::exp(1.0)));
  problem.set_value(x[0], {-1.0});
  CHECK(minimize(problem).status == Status::not_finite_at_start);
}

TEST_CASE("minimize: a black box is not eliminated from", "[minimize][function][fault]") {
  std::int64_t calls = 0;
  Problem problem = bratu(4, {}, calls);
  CHECK_THROWS_WITH(minimize(problem, {.linear = LinearSolverType::schur_cholesky}), Contains("no black-box function"));
}

TEST_CASE("minimize: what a black box throws passes through, and the problem keeps its values",
          "[minimize][function]") {
  Problem problem;
  const auto x = problem.add_variables<1>(std::vector<double>{3.0, 1.0});
  const auto f = [calls = std::make_shared<int>(0)](std::span<const double> at, std::span<double> r) {
    if (++*calls > 6) throw std::runtime_error("out of licences");
    r[0] = at[0] * at[0] - 2.0, r[1] = at[1] - at[0];
  };
  problem.add_function(2, f, x, stencil_pattern(tridiagonal(2)));
  CHECK_THROWS_WITH(minimize(problem), "out of licences");
  CHECK(problem.values()[0] == 3.0);
}
