// SPDX-License-Identifier: Apache-2.0
// L-BFGS-B on the bounded functions of More, Garbow and Hillstrom, and on large bounded problems.
#include "minimize/bounded_problems.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>
#include <vector>

#include "catch.hpp"
#include "heliotrope/minimize/minimize_objective.hpp"
#include "heliotrope/residuals/test_functions.hpp"
#include "sanitized.hpp"

using namespace heliotrope;
using namespace heliotrope_test;

namespace {

/// The usual bounds for functions of [More1981], after [Gay1984]; f is the sum of squares. Published minima, but for
/// gulf and box-3d: those belong to other data than [More1981]'s, and SciPy 1.10's L-BFGS-B ends where this one does.
struct BoundedFunction {
  std::string_view name;
  std::vector<double> lower, upper;
  double minimum;
};

const std::vector<BoundedFunction>& bounded_functions() {
  static const std::vector<BoundedFunction> all = {
      {"powell-badly-scaled", {0, 1}, {1, 9}, 0.15125900e-9},
      {"brown-badly-scaled", {0, 3e-5}, {1e6, 100}, 0.78400000e3},
      {"beale", {0.6, 0.5}, {10, 100}, 0.0},
      {"helical-valley", {-100, -1, -1}, {0.8, 1, 1}, 0.99042212},
      {"gaussian", {0.398, 1, -0.5}, {4.2, 2, 0.1}, 0.11279300e-7},
      {"gulf", {0, 0, 0}, {10, 10, 10}, 5.12168572},
      {"box-3d", {0, 5, 0}, {2, 9.5, 20}, 0.114348180e-3},
      {"wood", {-100, -100, -100, -100}, {0, 10, 100, 100}, 0.15567008e1},
      {"brown-dennis", {-10, 0, -100, -20}, {100, 15, 0, 0.2}, 0.88860479e5},
      {"biggs-exp6", {0, 0, 0, 1, 0, 0}, {2, 8, 1, 7, 5, 5}, 0.53209865e-3}};
  return all;
}

/// max |P(x - g) - x|
double projected_gradient(Objective f, const std::vector<double>& x, std::span<const double> lower,
                          std::span<const double> upper) {
  std::vector<double> g(x.size());
  f(x, g);
  double most = 0.0;
  for (std::size_t j = 0; j < x.size(); ++j) {
    most = std::max(most, std::abs(std::clamp(x[j] - g[j], lower[j], upper[j]) - x[j]));
  }
  return most;
}

}  // namespace

TEST_CASE("bounded: the bounded functions of More, Garbow and Hillstrom", "[minimize][bounded][paper]") {
  // Wood's function has a second minimum within its bounds, 7.0938, where other first steps and searches end.
  for (const BoundedFunction& one : bounded_functions()) {
    const TestFunction* const f = find_test_function(one.name);
    REQUIRE(f != nullptr);
    std::vector<double> x = f->start();
    const ObjectiveSummary s =
        minimize_objective(*f, x, {.lower = one.lower, .upper = one.upper, .gradient_tolerance = 1e-9});
    INFO(one.name << ": " << s);
    CHECK(s.final_value == Approx(one.minimum).epsilon(1e-5).margin(1e-15));
    CHECK(projected_gradient(*f, x, one.lower, one.upper) <= 1e-6);
  }
}

TEST_CASE("bounded: large problems reach the minimum of a slow method", "[minimize][bounded][truth]") {
  const int n = scale > 1 ? 20 : 60;
  for (const BoundedProblem& one : bounded_problems(n)) {
    std::vector<double> x = one.start, y = one.start;
    const ObjectiveSummary s =
        minimize_objective(one.f, x, {.lower = one.lower, .upper = one.upper, .gradient_tolerance = 1e-7});
    const double slow = projected_descent(one, y);
    INFO(one.name << ": " << s << "; slow method " << slow);
    CHECK(s.converged());
    CHECK(s.final_value <= slow + 1e-8 * (1.0 + std::abs(slow)));
    CHECK(s.final_value >= slow - 1e-6 * (1.0 + std::abs(slow)));
    CHECK(projected_gradient(one.f, x, one.lower, one.upper) <= 1e-6);
    if (!std::isnan(one.minimum)) CHECK(s.final_value == Approx(one.minimum).epsilon(1e-6));
  }
}

TEST_CASE("bounded: problems of 10^4 and more variables", "[minimize][bounded]") {
  for (const BoundedProblem& one : bounded_problems(scale > 1 ? 40 : 150)) {
    std::vector<double> x = one.start;
    const ObjectiveSummary s =
        minimize_objective(one.f, x, {.lower = one.lower, .upper = one.upper, .gradient_tolerance = 1e-6});
    INFO(one.name << ", n = " << x.size() << ": " << s);
    CHECK(s.converged());
    CHECK(projected_gradient(one.f, x, one.lower, one.upper) <= 1e-6);
    if (!std::isnan(one.minimum)) CHECK(s.final_value == Approx(one.minimum).epsilon(1e-5));
  }
}
