// SPDX-License-Identifier: Apache-2.0
// What residuals and variables cost, and that a solve takes no memory once it runs.
#include <chrono>
#include <numeric>

#include "heliotrope/minimize/minimize.hpp"
#include "heliotrope/problem/evaluator.hpp"
#include "problem/count_allocations.hpp"
#include "problem/problems.hpp"

using namespace heliotrope;
using namespace heliotrope_test;

namespace {

/// Two slots, two numbers of data.
template <class S>
struct Between {
  S dx, dy;
  template <class T>
  void operator()(const T* a, const T* b, T* r) const {
    r[0] = b[0] - a[0] - dx;
    r[1] = b[1] - a[1] * a[0] - dy;
  }
};

constexpr int big_variables = 500000, big_residuals = 1000000;

struct Big {
  std::vector<double> values;
  std::vector<Between<double>> data;
  std::vector<std::int32_t> from, to;
  Big() : values(2 * big_variables, 1.0), data(big_residuals, {0.5, -0.25}) {
    for (int k = 0; k < big_residuals; ++k) {
      from.push_back(k % big_variables);
      to.push_back((k * 7 + 1) % big_variables);
    }
  }
  void add_variables(Problem& problem, Variables<Euclidean<2>>& points) const {
    points = problem.add_variables<2>(values);
  }
  void add_residuals(Problem& problem, const Variables<Euclidean<2>>& points) const {
    problem.add_residuals<2>(data, points[std::span<const std::int32_t>(from)],
                             points[std::span<const std::int32_t>(to)]);
  }
  void add_singly(Problem& problem) const {
    std::vector<Variable<Euclidean<2>>> points;
    points.reserve(big_variables);
    for (int i = 0; i < big_variables; ++i) {
      points.push_back(
          problem.add_variable<Euclidean<2>>(std::span(values).subspan(2 * static_cast<std::size_t>(i), 2)));
    }
    for (std::size_t k = 0; k < big_residuals; ++k) {
      problem.add_residual<2>(data[k], points[static_cast<std::size_t>(from[k])],
                              points[static_cast<std::size_t>(to[k])]);
    }
  }
};

double seconds(const auto& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

bool skipped() {
  if (allocations_are_counted()) return false;
  WARN("allocations are not counted in this build: skipped");
  return true;
}

/// A chain of 40 points with priors: nonlinear, solved in several iterations.
Problem chain() {
  Problem problem;
  std::vector<double> values(80, 0.75);
  const auto points = problem.add_variables<2>(values);
  std::vector<int> from(39), to(39);
  std::iota(from.begin(), from.end(), 0);
  std::iota(to.begin(), to.end(), 1);
  problem.add_residuals<2>(std::vector<Between<double>>(39, {0.02, 0.1}), {.loss = huber(0.5)},
                           points[std::span<const int>(from)], points[std::span<const int>(to)]);
  for (int i = 0; i < 40; ++i) {
    problem.add_residual<2>([](const auto* p, auto* r) { r[0] = p[0] - 1.0, r[1] = p[1] * p[0] - 0.3; }, points[i]);
  }
  problem.add_dynamic_residual(
      1, [](const auto* const* p, auto* r) { r[0] = p[0][0] * p[0][1] - 1.0; }, std::vector<AnyVariable>{points[7]});
  return problem;
}

}  // namespace

TEST_CASE("storage: a million residuals and half a million variables take under 100 bytes each", "[problem][storage]") {
  if (skipped()) return;
  const Big big;
  {
    Problem problem;
    Variables<Euclidean<2>> points;
    const std::int64_t before = allocated_bytes();
    reset_peak_bytes();
    big.add_variables(problem, points);
    const std::int64_t with_variables = allocated_bytes();
    big.add_residuals(problem, points);
    const double per_variable = double(with_variables - before) / big_variables - 2 * 8;
    const double per_residual = double(allocated_bytes() - with_variables) / big_residuals - 2 * 8;
    const double peak = double(peak_bytes() - before) / big_residuals;
    INFO("bytes beside their data: " << per_variable << " a variable, " << per_residual << " a residual; peak "
                                     << peak);
    CHECK(per_variable < 40);
    CHECK(per_residual < 40);
    CHECK(peak < 100);
  }
  Problem problem;
  const std::int64_t before = allocated_bytes();
  big.add_singly(problem);
  const double both = double(allocated_bytes() - before) / big_residuals;
  INFO("bytes a residual and half a variable, added one by one, data included: " << both);
  CHECK(both < 150);
}

TEST_CASE("storage: a million residuals and half a million variables are added in a second",
          "[problem][storage][timing]") {
  const Big big;
  Problem problem, singly;
  Variables<Euclidean<2>> points;
  const double bulk = seconds([&] {
    big.add_variables(problem, points);
    big.add_residuals(problem, points);
  });
  const double one_by_one = seconds([&] { big.add_singly(singly); });
  INFO("in bulk " << bulk << " s, one by one " << one_by_one << " s");
  CHECK(bulk < 1.0);
  CHECK(one_by_one < 1.0);
  CHECK(problem.evaluate({.residuals = false}).cost == singly.evaluate({.residuals = false}).cost);
}

namespace {

/// Points on a line seen by eight cameras, with a prior on every camera and a dynamic residual: typed residuals,
/// weights, objects, residuals without a point.
Problem bundle() {
  Problem problem;
  std::vector<double> cameras(16), points(400, 0.75);
  for (std::size_t i = 0; i < cameras.size(); ++i) cameras[i] = 0.5 + 0.1 * static_cast<double>(i);
  const auto views = problem.add_variables<2>(cameras);
  const auto seen = problem.add_variables<2>(points);
  std::vector<int> from, to;
  for (int p = 0; p < 200; ++p) {
    for (int k = 0; k < 4; ++k) from.push_back((p / 40 + k) % 8), to.push_back(p);
  }
  const std::vector<double> weights{1.0, 0.1, 0.0, 2.0};
  problem.add_residuals<2>(std::vector<Between<double>>(from.size(), {0.02, 0.1}),
                           {.loss = huber(0.5), .sqrt_information = weights}, views[std::span<const int>(from)],
                           seen[std::span<const int>(to)]);
  for (int i = 0; i < 8; ++i) {
    problem.add_residual<2>([i](const auto* p, auto* r) { r[0] = p[0] - 1.0 - 0.1 * i, r[1] = p[1] * p[0] - 0.3; },
                            views[i]);
  }
  problem.add_dynamic_residual(
      1, [](const auto* const* p, auto* r) { r[0] = p[0][0] * p[1][1] - 1.0; },
      std::vector<AnyVariable>{views[3], seen[7]});
  return problem;
}

/// Solves twice; what `count` counts stands still from the first iteration on, and in the whole second solve.
void check_no_allocations(MinimizeOptions options, std::int64_t (*count)(), Problem problem = chain()) {
  const std::vector<double> start(problem.values().begin(), problem.values().end());
  std::vector<std::int64_t> counts;
  counts.reserve(1000);
  options.callback = [&](const Iteration&) {
    counts.push_back(count());
    return true;
  };
  Summary summary;
  minimize(problem, options, summary);
  const std::int64_t at_end = count();
  INFO(summary.linear_solver << ", " << summary.method << ", " << counts.size() << " iterations");
  REQUIRE(counts.size() > 4);
  CHECK(at_end == counts[1]);
  const double cost = summary.final_cost;

  problem.set_values(start);
  const std::int64_t before = count();
  minimize(problem, options, summary);
  const std::int64_t after = count();
  CHECK(after == before);
  CHECK(summary.final_cost == cost);
}

}  // namespace

TEST_CASE("storage: nothing is allocated after the first iteration, nothing in a second solve", "[problem][storage]") {
  if (skipped()) return;
  for (const auto method : {Method::levenberg_marquardt, Method::gauss_newton}) {
    for (const auto linear :
         {LinearSolverType::dense_cholesky, LinearSolverType::dense_qr, LinearSolverType::eigen_cholesky}) {
      check_no_allocations({.method = method, .linear = linear}, num_allocations);
      check_no_allocations({.method = method, .linear = linear, .threads = 3}, num_news);
    }
    // CHOLMOD takes workspaces of its own from malloc.
    check_no_allocations({.method = method, .linear = LinearSolverType::automatic}, num_news);
  }
}

TEST_CASE("storage: doglegs and steps within bounds allocate nothing", "[problem][storage][bounded]") {
  if (skipped()) return;
  Problem bounded = bundle();
  for (std::int64_t v = 0; v < bounded.num_variables(); ++v) bounded.set_bounds(AnyVariable(v), 0.2, 0.9);
  for (const auto method :
       {Method::levenberg_marquardt, Method::gauss_newton, Method::dogleg, Method::subspace_dogleg}) {
    for (const auto linear : {LinearSolverType::dense_cholesky, LinearSolverType::cholesky}) {
      check_no_allocations({.method = method, .linear = linear}, num_allocations);
    }
    check_no_allocations({.method = method, .linear = LinearSolverType::cholesky}, num_allocations, bounded);
  }
}

TEST_CASE("storage: elimination allocates nothing after the first iteration, nothing in a second solve",
          "[problem][storage]") {
  if (skipped()) return;
  for (const auto method : {Method::levenberg_marquardt, Method::gauss_newton}) {
    for (const auto linear : {LinearSolverType::schur_cholesky, LinearSolverType::schur_dense,
                              LinearSolverType::schur_pcg, LinearSolverType::schur_implicit}) {
      for (const auto state : {chain, bundle}) {
        check_no_allocations({.method = method, .linear = linear}, num_allocations, state());
        check_no_allocations({.method = method, .linear = linear, .threads = 3}, num_news, state());
      }
    }
  }
}

TEST_CASE("storage: black boxes and coloured differences allocate nothing after the first iteration",
          "[problem][storage][function]") {
  if (skipped()) return;
  // The tridiagonal function of Broyden, moved so that nothing is zero at the minimum.
  const auto rows = [](std::span<const double> x, std::span<double> r) {
    for (std::size_t i = 0; i < x.size(); ++i) {
      r[i] = (3.0 - 2.0 * x[i]) * x[i] + 1.0 - (i > 0 ? x[i - 1] : 0.0) - (i + 1 < x.size() ? 2.0 * x[i + 1] : 0.0);
    }
    r[0] += 0.1 * x[0] * x[0];
  };
  for (int refresh : {1, 3}) {
    for (const auto linear : {LinearSolverType::cholesky, LinearSolverType::conjugate_gradients}) {
      Problem problem;
      const auto x = problem.add_variables<1>(std::vector<double>(300, -1.0));
      problem.add_function(300, rows, x, tridiagonal(300), {.concurrent = true, .refresh = refresh});
      check_no_allocations({.linear = linear}, num_news, problem);
      check_no_allocations({.linear = linear, .threads = 3}, num_news, problem);
    }
  }
  check_no_allocations({.linear = LinearSolverType::cholesky, .derivatives = Derivatives::coloured}, num_news);
}

TEST_CASE("storage: an evaluator takes its memory when it is made", "[problem][storage]") {
  if (skipped()) return;
  const Problem problem = chain();
  Evaluator evaluator(problem, {});
  const std::vector<double> x(problem.values().begin(), problem.values().end());
  std::vector<double> step(static_cast<std::size_t>(evaluator.num_columns()), 0.01), moved(x.size());
  const std::int64_t before = num_allocations();
  const double cost = evaluator.linearise(problem, x);
  const double again = evaluator.cost(problem, x);
  evaluator.residuals(problem, x);
  evaluator.plus(x, step, moved);
  const std::int64_t after = num_allocations();
  CHECK(cost == again);
  CHECK(after == before);
}
