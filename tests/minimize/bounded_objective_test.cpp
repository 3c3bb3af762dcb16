// SPDX-License-Identifier: Apache-2.0
// L-BFGS-B: bounds are never crossed, and what ends is a minimum within them.
#include <cmath>
#include <limits>

#include "catch.hpp"
#include "heliotrope/error.hpp"
#include "heliotrope/minimize/minimize_objective.hpp"
#include "heliotrope/residuals/test_functions.hpp"
#include "minimize/objectives.hpp"

using namespace heliotrope;
using namespace heliotrope_test;

namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

struct Box {
  std::vector<double> lower, upper;
};

/// max |P(x - g) - x|
double projected_gradient(Objective f, const std::vector<double>& x, const Box& box) {
  std::vector<double> g(x.size());
  f(x, g);
  double most = 0.0;
  for (std::size_t j = 0; j < x.size(); ++j) {
    most = std::max(most, std::abs(std::clamp(x[j] - g[j], box.lower[j], box.upper[j]) - x[j]));
  }
  return most;
}

/// Minimises within the box, checking that no evaluation leaves it.
ObjectiveSummary solve(Objective f, std::vector<double>& x, const Box& box, ObjectiveOptions options = {}) {
  options.lower = box.lower;
  options.upper = box.upper;
  bool inside = true;
  const auto watched = [&](std::span<const double> at, std::span<double> gradient) {
    for (std::size_t j = 0; j < at.size(); ++j) inside = inside && at[j] >= box.lower[j] && at[j] <= box.upper[j];
    return f(at, gradient);
  };
  const ObjectiveSummary s = minimize_objective(watched, x, options);
  CHECK(inside);
  return s;
}

}  // namespace

TEST_CASE("bounded: a separable quadratic ends at the projection of its minimum", "[minimize][bounded]") {
  const std::size_t n = 50;
  Box box{std::vector<double>(n), std::vector<double>(n)};
  std::vector<double> x(n), center(n);
  for (std::size_t j = 0; j < n; ++j) {
    box.lower[j] = j % 3 == 0 ? -infinite : -1.0 + 0.01 * static_cast<double>(j);
    box.upper[j] = j % 4 == 0 ? infinite : 0.5 + 0.02 * static_cast<double>(j);
    center[j] = 3.0 * std::sin(static_cast<double>(j));
  }
  const auto f = [&](std::span<const double> at, std::span<double> gradient) {
    double value = 0.0;
    for (std::size_t j = 0; j < n; ++j) {
      const double weight = 1.0 + static_cast<double>(j), u = at[j] - center[j];
      value += 0.5 * weight * u * u;
      if (!gradient.empty()) gradient[j] = weight * u;
    }
    return value;
  };
  const ObjectiveSummary s = solve(f, x, box, {.gradient_tolerance = 1e-8});
  INFO(s);
  CHECK(s.status == ObjectiveStatus::gradient_converged);
  for (std::size_t j = 0; j < n; ++j) {
    CHECK(x[j] == Approx(std::clamp(center[j], box.lower[j], box.upper[j])).margin(1e-7));
  }
}

TEST_CASE("bounded: infinite bounds give the unconstrained minimum", "[minimize][bounded]") {
  for (const std::size_t n : {2, 10}) {
    const Box box{std::vector<double>(n, -infinite), std::vector<double>(n, infinite)};
    std::vector<double> x = rosenbrock_start(n);
    const ObjectiveSummary s = solve(rosenbrock, x, box);
    INFO(s);
    CHECK(s.converged());
    for (const double each : x) CHECK(each == Approx(1.0).margin(1e-5));
  }
}

TEST_CASE("bounded: test functions in boxes around and beside their minima", "[minimize][bounded][paper]") {
  for (const TestFunction& f : unconstrained_test_functions()) {
    const std::vector<double> start = f.start();
    for (const double reach : {0.3, 2.0}) {
      Box box;
      for (const double each : start) {
        box.lower.push_back(each - reach * (1.0 + std::abs(each)));
        box.upper.push_back(each + 0.1 * reach);
      }
      std::vector<double> x = start;
      const ObjectiveSummary s = solve(f, x, box, {.max_evaluations = 20000});
      INFO(f.name << ", reach " << reach << ": " << s);
      CHECK(s.final_value <= s.initial_value);
      CHECK(s.converged());
      CHECK((projected_gradient(f, x, box) <= 1e-6 || s.status == ObjectiveStatus::value_converged));
    }
  }
}

TEST_CASE("bounded: a start outside is moved in, fixed variables stay", "[minimize][bounded]") {
  const Box box{{-2.0, 0.5, 3.0, -1.0}, {0.8, 0.5, 3.0, 4.0}};
  std::vector<double> x = {7.0, -3.0, 0.0, 9.0};
  const ObjectiveSummary s = solve(rosenbrock, x, box);
  INFO(s);
  CHECK(s.converged());
  CHECK(x[1] == 0.5);
  CHECK(x[2] == 3.0);
  CHECK(x[3] == 4.0);
  CHECK(projected_gradient(rosenbrock, x, box) <= 1e-6);
}

TEST_CASE("bounded: many bounds at once, whatever the memory", "[minimize][bounded]") {
  const std::size_t n = 2000;
  const Box box{std::vector<double>(n, -1.5), std::vector<double>(n, 0.9)};
  for (const int memory : {1, 5, 17}) {
    std::vector<double> x = rosenbrock_start(n);
    const ObjectiveSummary s = solve(rosenbrock, x, box, {.memory = memory});
    INFO("memory " << memory << ": " << s);
    CHECK(s.status == ObjectiveStatus::gradient_converged);
    CHECK(projected_gradient(rosenbrock, x, box) <= 1e-6);
    for (std::size_t j = 0; j < n; j += 2) CHECK(x[j] == Approx(0.9).margin(1e-6));
  }
}

TEST_CASE("bounded: same bits for 1, 2 and 3 threads", "[minimize][bounded][threads]") {
  const std::size_t n = 20000;
  const Box box{std::vector<double>(n, -1.5), std::vector<double>(n, 0.9)};
  const auto solve_with = [&](int threads) {
    std::vector<double> x = rosenbrock_start(n);
    for (std::size_t j = 0; j < n; ++j) x[j] += 1e-3 * static_cast<double>(j % 97);
    solve(rosenbrock, x, box, {.threads = threads, .max_iterations = 8});
    return x;
  };
  const auto one = solve_with(1);
  for (const int threads : {2, 3}) CHECK(same_bits(solve_with(threads), one));
}

TEST_CASE("bounded: bounds that make no sense are named", "[minimize][bounded][fault]") {
  std::vector<double> x = {1.0, 2.0};
  const std::vector<double> low = {0.0, 3.0}, high = {1.0, 2.0}, one = {1.0};
  CHECK_THROWS_WITH(minimize_objective(rosenbrock, x, {.lower = low, .upper = high}), Catch::Contains("variable 1"));
  CHECK_THROWS_WITH(minimize_objective(rosenbrock, x, {.lower = low, .upper = one}), Catch::Contains("expected both"));
  CHECK_THROWS_WITH(minimize_objective(rosenbrock, x, {.method = ObjectiveMethod::bfgs, .lower = low, .upper = high}),
                    Catch::Contains("lbfgs"));
}
