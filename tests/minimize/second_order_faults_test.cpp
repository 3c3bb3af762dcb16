// SPDX-License-Identifier: Apache-2.0
// Values, gradients, Hessians and products that are not finite, gradients that are wrong, functions that jump.
#include <cmath>
#include <limits>

#include "catch.hpp"
#include "heliotrope/minimize/minimize_objective.hpp"
#include "minimize/objectives.hpp"

using namespace heliotrope;
using namespace heliotrope_test;

namespace {

constexpr ObjectiveMethod methods[] = {
    ObjectiveMethod::newton,        ObjectiveMethod::damped_newton,       ObjectiveMethod::truncated_newton,
    ObjectiveMethod::more_sorensen, ObjectiveMethod::trust_region_newton, ObjectiveMethod::sr1};

Coloring diagonal_coloring(std::size_t n) { return {std::vector<std::int32_t>(n, 0), 1}; }
SparsityPattern diagonal(std::size_t n) {
  return banded_pattern(static_cast<std::int64_t>(n), static_cast<std::int64_t>(n), 0, 0);
}
SparsityPattern full(std::size_t n) {
  const auto size = static_cast<std::int64_t>(n);
  return banded_pattern(size, size, size, size);
}
Coloring full_coloring(std::size_t n) {
  Coloring coloring{std::vector<std::int32_t>(n), static_cast<std::int32_t>(n)};
  for (std::size_t j = 0; j < n; ++j) coloring.colors[j] = static_cast<std::int32_t>(j);
  return coloring;
}

/// Rosenbrock's function whose Hessian and products are `bad` wherever `spoils` says so.
template <class Spoils>
struct Spoilt {
  double bad;
  Spoils spoils;
  SparsityPattern pattern = full(2);

  SecondOrderObjective view() { return {*this, &pattern, *this, std::nullopt}; }
  SecondOrderObjective products() { return {*this, nullptr, std::nullopt, *this}; }

  double operator()(std::span<const double> x, std::span<double> gradient) { return rosenbrock(x, gradient); }
  void operator()(std::span<const double> x, std::span<const double>, std::span<double> values) {
    values[0] = 1200.0 * x[0] * x[0] - 400.0 * x[1] + 2.0;
    values[1] = values[2] = -400.0 * x[0];
    values[3] = spoils(x) ? bad : 200.0;
  }
  void operator()(std::span<const double> x, std::span<const double> gradient, std::span<const double> v,
                  std::span<double> product) {
    double h[4];
    (*this)(x, gradient, std::span<double>(h));
    product[0] = h[0] * v[0] + h[1] * v[1];
    product[1] = h[2] * v[0] + h[3] * v[1];
  }
};

}  // namespace

TEST_CASE("second order: walls of nan and infinity are recovered from", "[minimize][second-order][fault]") {
  const SparsityPattern pattern = diagonal(3);
  for (const double outside :
       {not_a_number, std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()}) {
    for (const bool only_gradient : {false, true}) {
      for (const ObjectiveMethod method : methods) {
        DifferencedHessian f(Barrier{outside, only_gradient}, pattern, diagonal_coloring(3));
        std::vector<double> x = {1e-3, 0.999, 0.5};
        const ObjectiveSummary s = minimize_objective(f.view(), x, {.method = method, .max_iterations = 2000});
        INFO(name(method) << ": " << s);
        CHECK(s.converged());
        for (const double each : x) CHECK(each == Approx(0.25).margin(1e-4));
      }
    }
  }
}

TEST_CASE("second order: a start that is not finite is said so", "[minimize][second-order][fault]") {
  const SparsityPattern pattern = diagonal(2);
  for (const ObjectiveMethod method : methods) {
    DifferencedHessian f(Barrier{}, pattern, diagonal_coloring(2));
    DifferencedHessian g(Barrier{not_a_number, true}, pattern, diagonal_coloring(2));
    std::vector<double> x = {0.5, 2.0};
    ObjectiveSummary s = minimize_objective(f.view(), x, {.method = method});
    CHECK(s.status == ObjectiveStatus::not_finite_at_start);
    CHECK_THAT(s.message, Catch::Contains("the value"));
    s = minimize_objective(g.view(), x, {.method = method});
    CHECK(s.status == ObjectiveStatus::not_finite_at_start);
    CHECK_THAT(s.message, Catch::Contains("the gradient"));
    CHECK(x == std::vector<double>{0.5, 2.0});
  }
}

TEST_CASE("second order: Hessians that are not finite are passed over and told", "[minimize][second-order][fault]") {
  const auto far = [](std::span<const double> x) { return x[0] < 0.0; };
  const auto everywhere = [](std::span<const double>) { return true; };
  for (const double bad : {not_a_number, std::numeric_limits<double>::infinity()}) {
    for (const ObjectiveMethod method : methods) {
      if (method == ObjectiveMethod::sr1) continue;
      Spoilt<decltype(far)> f{bad, far};
      std::vector<double> x = rosenbrock_start(2);
      ObjectiveSummary s = minimize_objective(f.view(), x, {.method = method});
      INFO(name(method) << ": " << s);
      CHECK(s.converged());
      CHECK(x[0] == Approx(1.0).margin(1e-4));
      CHECK(s.hessians_not_finite > 0);
      CHECK(s.hessians_not_finite < s.hessians);
      CHECK_THAT(s.message, Catch::Contains("Hessians were not finite"));

      Spoilt<decltype(everywhere)> g{bad, everywhere};
      x = rosenbrock_start(2);
      s = minimize_objective(g.view(), x, {.method = method, .max_iterations = 200});
      CHECK(s.final_value < 10.0);
      CHECK(s.final_value == rosenbrock(x, {}));
      CHECK(s.hessians_not_finite == s.hessians);
    }
    for (const auto method : {ObjectiveMethod::truncated_newton, ObjectiveMethod::trust_region_newton}) {
      Spoilt<decltype(far)> f{bad, far};
      std::vector<double> x = rosenbrock_start(2);
      const ObjectiveSummary s = minimize_objective(f.products(), x, {.method = method});
      INFO(name(method) << " by products: " << s);
      CHECK(s.converged());
      CHECK(x[0] == Approx(1.0).margin(1e-4));
    }
  }
}

TEST_CASE("second order: a Hessian of nothing is no obstacle", "[minimize][second-order][fault]") {
  const auto zero = [](std::span<const double>, std::span<const double>, std::span<double> values) {
    for (double& each : values) each = 0.0;
  };
  const SparsityPattern pattern = full(2);
  for (const ObjectiveMethod method : methods) {
    std::vector<double> x = rosenbrock_start(2);
    const ObjectiveSummary s =
        minimize_objective({rosenbrock, &pattern, zero}, x, {.method = method, .max_iterations = 100});
    INFO(name(method) << ": " << s);
    CHECK(s.final_value < s.initial_value);
    CHECK(s.final_value == rosenbrock(x, {}));
  }
}

TEST_CASE("second order: a gradient of the wrong sign is found out", "[minimize][second-order][fault]") {
  const auto wrong = [](std::span<const double> x, std::span<double> gradient) {
    const double value = rosenbrock(x, gradient);
    for (double& each : gradient) each = -each;
    return value;
  };
  const SparsityPattern pattern = full(4);
  for (const ObjectiveMethod method : methods) {
    DifferencedHessian f(wrong, pattern, full_coloring(4));
    std::vector<double> x = rosenbrock_start(4);
    const ObjectiveSummary s = minimize_objective(f.view(), x, {.method = method});
    INFO(name(method) << ": " << s);
    CHECK(s.status == ObjectiveStatus::line_search_failed);
    CHECK(x == rosenbrock_start(4));
  }
}

TEST_CASE("second order: kinks, noise and depths without end leave a point no worse",
          "[minimize][second-order][fault]") {
  const auto kinked = [](std::span<const double> x, std::span<double> gradient) {
    double value = 0.0;
    for (std::size_t j = 0; j < x.size(); ++j) {
      value += std::abs(x[j] - 1.0);
      if (!gradient.empty()) gradient[j] = x[j] > 1.0 ? 1.0 : -1.0;
    }
    return value;
  };
  const auto noisy = [](std::span<const double> x, std::span<double> gradient) {
    const double value = rosenbrock(x, gradient);
    return value * (1.0 + 1e-9 * std::sin(1e9 * x[0]));
  };
  const auto falling = [](std::span<const double> x, std::span<double> gradient) {
    for (double& each : gradient) each = 0.0;
    if (!gradient.empty()) gradient[0] = -std::exp(x[0]);
    return -std::exp(x[0]);
  };
  const SparsityPattern pattern = full(2);
  for (const ObjectiveMethod method : methods) {
    const auto check = [&](auto function) {
      DifferencedHessian f(function, pattern, full_coloring(2));
      std::vector<double> x = {-1.2, 1.0};
      const ObjectiveSummary s =
          minimize_objective(f.view(), x, {.method = method, .max_iterations = 300, .max_evaluations = 5000});
      INFO(name(method) << ": " << s);
      CHECK(std::isfinite(s.final_value));
      CHECK(s.final_value <= s.initial_value);
      CHECK(s.final_value == function(x, {}));
      return s;
    };
    check(kinked);
    check(noisy);
    CHECK(check(falling).final_value < -10.0);
  }
}
