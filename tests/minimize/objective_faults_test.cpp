// SPDX-License-Identifier: Apache-2.0
// Numbers that are not finite, gradients that are wrong, functions that jump.
#include <cmath>
#include <limits>

#include "catch.hpp"
#include "heliotrope/minimize/minimize_objective.hpp"
#include "minimize/objectives.hpp"

using namespace heliotrope;
using namespace heliotrope_test;

namespace {

constexpr ObjectiveMethod methods[] = {
    ObjectiveMethod::lbfgs,         ObjectiveMethod::gradient_descent, ObjectiveMethod::barzilai_borwein,
    ObjectiveMethod::polak_ribiere, ObjectiveMethod::hager_zhang,      ObjectiveMethod::bfgs};
constexpr LineSearchType searches[] = {LineSearchType::automatic, LineSearchType::hager_zhang,
                                       LineSearchType::strong_wolfe, LineSearchType::backtracking};

/// Calls check(options) for every method with every search.
template <class Check>
void for_each_pair(const Check& check) {
  for (const ObjectiveMethod method : methods) {
    for (const LineSearchType search : searches) {
      INFO(name(method) << ", " << name(search));
      check(ObjectiveOptions{.method = method, .line_search = {.type = search}, .max_iterations = 2000});
    }
  }
}

}  // namespace

TEST_CASE("objective: walls of nan and infinity are recovered from", "[minimize][objective][fault]") {
  for (const double outside :
       {not_a_number, std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()}) {
    for (const bool only_gradient : {false, true}) {
      for_each_pair([&](const ObjectiveOptions& options) {
        std::vector<double> x = {1e-3, 0.999, 0.5};
        const ObjectiveSummary s = minimize_objective(Barrier{outside, only_gradient}, x, options);
        INFO(s);
        CHECK(s.converged());
        for (const double each : x) CHECK(each == Approx(0.25).margin(1e-4));
      });
    }
  }
}

TEST_CASE("objective: a start that is not finite is said so", "[minimize][objective][fault]") {
  for_each_pair([&](const ObjectiveOptions& options) {
    std::vector<double> x = {0.5, 2.0};
    ObjectiveSummary s = minimize_objective(Barrier{}, x, options);
    CHECK(s.status == ObjectiveStatus::not_finite_at_start);
    CHECK_THAT(s.message, Catch::Contains("the value"));
    s = minimize_objective(Barrier{not_a_number, true}, x, options);
    CHECK(s.status == ObjectiveStatus::not_finite_at_start);
    CHECK_THAT(s.message, Catch::Contains("the gradient"));
    CHECK(x == std::vector<double>{0.5, 2.0});
    x[0] = not_a_number;
    CHECK(minimize_objective(rosenbrock, x, options).status == ObjectiveStatus::not_finite_at_start);
  });
}

TEST_CASE("objective: a gradient of the wrong sign is found out", "[minimize][objective][fault]") {
  const auto wrong = [](std::span<const double> x, std::span<double> gradient) {
    const double value = rosenbrock(x, gradient);
    for (double& each : gradient) each = -each;
    return value;
  };
  for (const ObjectiveMethod method : {ObjectiveMethod::lbfgs, ObjectiveMethod::polak_ribiere, ObjectiveMethod::bfgs}) {
    std::vector<double> x = rosenbrock_start(4);
    const ObjectiveSummary s = minimize_objective(wrong, x, {.method = method});
    INFO(s);
    CHECK(s.status == ObjectiveStatus::line_search_failed);
    CHECK(x == rosenbrock_start(4));
  }
}

TEST_CASE("objective: kinks and noise end at a point no worse", "[minimize][objective][fault]") {
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
  for_each_pair([&](ObjectiveOptions options) {
    options.max_evaluations = 5000;
    std::vector<double> x = {3.0, -2.0, 0.3};
    ObjectiveSummary s = minimize_objective(kinked, x, options);
    CHECK(s.final_value <= s.initial_value);
    CHECK(s.final_value == kinked(x, {}));
    x = rosenbrock_start(2);
    s = minimize_objective(noisy, x, options);
    CHECK(s.final_value <= s.initial_value);
    CHECK(s.final_value == noisy(x, {}));
  });
}

TEST_CASE("objective: without a lower bound it ends at a limit", "[minimize][objective][fault]") {
  const auto falling = [](std::span<const double> x, std::span<double> gradient) {
    if (!gradient.empty()) gradient[0] = -std::exp(x[0]);
    return -std::exp(x[0]);
  };
  for_each_pair([&](ObjectiveOptions options) {
    options.max_iterations = 300;
    std::vector<double> x = {0.0};
    const ObjectiveSummary s = minimize_objective(falling, x, options);
    INFO(s);
    CHECK(std::isfinite(s.final_value));
    CHECK(s.final_value < s.initial_value - 0.2);
    CHECK(s.final_value == -std::exp(x[0]));
  });
}
