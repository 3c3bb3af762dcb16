// SPDX-License-Identifier: Apache-2.0
// What minimising an objective takes from the heap: n-vectors at the start, as documented, and nothing later.
#include "catch.hpp"
#include "heliotrope/derive/symmetric_coloring.hpp"
#include "heliotrope/minimize/minimize_objective.hpp"
#include "heliotrope/minimize/problem_objective.hpp"
#include "minimize/objectives.hpp"
#include "problem/count_allocations.hpp"
#include "problem/gradients.hpp"

using namespace heliotrope;
using namespace heliotrope_test;

namespace {

/// Allocations between the first iteration and the end, and bytes at the first iteration.
struct Taken {
  std::int64_t later = -1, bytes = 0;
  int iterations = 0;
};

Taken taken(ObjectiveOptions options, std::size_t size, int iterations) {
  std::vector<double> x = rosenbrock_start(size);
  Taken result;
  const std::int64_t before = allocated_bytes();
  std::int64_t count = 0;
  options.max_iterations = iterations;
  options.gradient_tolerance = 0.0;
  options.callback = [&](const ObjectiveIteration& iteration) {
    if (iteration.iteration <= 1) {
      count = num_allocations();
      result.bytes = allocated_bytes() - before;
    }
    result.later = num_allocations() - count;
    result.iterations = iteration.iteration;
    return true;
  };
  minimize_objective(rosenbrock, x, options);
  return result;
}

}  // namespace

TEST_CASE("objective: nothing is allocated after the first iteration", "[minimize][objective][storage]") {
  if (!allocations_are_counted()) return;
  for (int method = 0; method <= static_cast<int>(ObjectiveMethod::broyden); ++method) {
    for (const LineSearchType search : {LineSearchType::automatic, LineSearchType::hager_zhang,
                                        LineSearchType::strong_wolfe, LineSearchType::backtracking}) {
      const ObjectiveOptions options{.method = ObjectiveMethod{method}, .line_search = {.type = search}};
      const Taken t = taken(options, 200, 30);
      INFO(name(options.method) << ", " << name(search));
      CHECK(t.iterations > 5);
      CHECK(t.later == 0);
    }
  }
}

TEST_CASE("second order: nothing is allocated after the first iteration", "[minimize][second-order][storage]") {
  if (!allocations_are_counted()) return;
  constexpr std::int64_t n = 200;
  const SparsityPattern pattern = banded_pattern(n, n, 1, 1);
  const Coloring coloring = color_star(pattern);
  DifferencedHessian differenced(rosenbrock, pattern, coloring);
  DifferencedProduct along(rosenbrock);
  for (int k = static_cast<int>(ObjectiveMethod::newton); k <= static_cast<int>(ObjectiveMethod::sr1); ++k) {
    const ObjectiveMethod method{k};
    for (const SecondOrderObjective& f : {differenced.view(), along.view()}) {
      const bool truncated =
          method == ObjectiveMethod::truncated_newton || method == ObjectiveMethod::trust_region_newton;
      if (!f.hessian && !truncated) continue;
      std::vector<double> x = rosenbrock_start(n);
      std::int64_t count = 0, later = -1;
      const auto watch = [&](const ObjectiveIteration& iteration) {
        if (iteration.iteration <= 1) count = num_allocations();
        later = num_allocations() - count;
        return true;
      };
      const ObjectiveSummary s = minimize_objective(
          f, x, {.method = method, .max_iterations = 15, .gradient_tolerance = 0.0, .callback = watch});
      INFO(name(method) << (f.hessian ? "" : " by products"));
      CHECK(s.iterations == 15);
      CHECK(later == 0);
    }
  }
}

TEST_CASE("objective: memory is as documented", "[minimize][objective][storage]") {
  if (!allocations_are_counted()) return;
  constexpr std::size_t n = 1000000;
  constexpr double rounding = 2 * (4 << 20);  // two arrays in large pages, aligned to them
  const auto check = [&](const ObjectiveOptions& options, int vectors) {
    INFO(name(options.method) << ", memory " << options.memory);
    CHECK(static_cast<double>(taken(options, n, 2).bytes) < vectors * 8.0 * n + rounding);
  };
  check({.method = ObjectiveMethod::lbfgs}, 2 * 6 + 5);
  check({.method = ObjectiveMethod::lbfgs, .memory = 3}, 2 * 3 + 5);
  check({.method = ObjectiveMethod::polak_ribiere}, 7);
  check({.method = ObjectiveMethod::gradient_descent}, 8);
  check({.method = ObjectiveMethod::barzilai_borwein}, 8);
}

TEST_CASE("objective: a problem takes its memory before the first iteration", "[minimize][objective][storage]") {
  if (!allocations_are_counted()) return;
  for (const ObjectiveMethod method : {ObjectiveMethod::lbfgs, ObjectiveMethod::hager_zhang, ObjectiveMethod::bfgs}) {
    Problem problem = mixture(false);
    std::int64_t first = 0, later = 0;
    int iterations = 0;
    ObjectiveOptions options{.method = method, .max_iterations = 12};
    options.callback = [&](const ObjectiveIteration& iteration) {
      if (iteration.iteration <= 1) first = num_allocations();
      later = num_allocations();
      iterations = iteration.iteration;
      return true;
    };
    minimize_objective(problem, options);
    INFO(name(method));
    CHECK(iterations > 5);
    CHECK(later == first);
  }
}
