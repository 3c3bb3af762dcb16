// SPDX-License-Identifier: Apache-2.0
// Solves that go on from a checkpoint, and what an observer sees and changes.
#include <cmath>

#include "catch.hpp"
#include "heliotrope/heliotrope.hpp"
#include "heliotrope/io/generate.hpp"
#include "heliotrope/io/problems.hpp"

using namespace heliotrope;

namespace {

std::vector<double> numbers(const Problem& problem) { return {problem.values().begin(), problem.values().end()}; }

BalProblem scene() { return make_problem(generate_bal({.num_cameras = 8, .num_points = 150, .seed = 3})); }

/// Rosenbrock's chain behind a black box.
Problem valley(const FunctionOptions& options) {
  Problem problem;
  const auto x = problem.add_variables<1>(std::vector<double>{-1.2, 1.0, -1.2, 1.0, -0.5});
  const auto f = [](std::span<const double> v, std::span<double> r) {
    for (std::size_t i = 0; i + 1 < v.size(); ++i)
      r[2 * i] = 10.0 * (v[i + 1] - v[i] * v[i]), r[2 * i + 1] = 1.0 - v[i];
  };
  SparsityPattern pattern;
  pattern.num_rows = 8, pattern.num_columns = 5, pattern.row_begin = {0};
  for (std::int32_t i = 0; i < 4; ++i) {
    for (const std::int32_t j : {i, i + 1, i}) pattern.columns.push_back(j);
    pattern.row_begin.push_back(3 * i + 2), pattern.row_begin.push_back(3 * i + 3);
  }
  problem.add_function(8, f, x, pattern, options);
  return problem;
}

/// Every checkpoint of a solve that runs through.
std::vector<Checkpoint> checkpoints(Problem& problem, MinimizeOptions options, Summary& summary) {
  std::vector<Checkpoint> all;
  options.checkpoint = [&](const Checkpoint& c) { all.push_back(c); };
  options.checkpoint_seconds = 0.0;
  summary = minimize(problem, options);
  return all;
}

/// From each checkpoint a new copy of the problem comes to the same bits in the same iterations.
void check_resumes(const Problem& start, const MinimizeOptions& options) {
  Problem through = start;
  Summary expected;
  const std::vector<Checkpoint> all = checkpoints(through, options, expected);
  REQUIRE_FALSE(all.empty());
  for (const Checkpoint& checkpoint : all) {
    Problem again = start;
    MinimizeOptions with = options;
    with.resume = &checkpoint;
    with.threads = 2;
    const Summary summary = minimize(again, with);
    CAPTURE(checkpoint.iterations.size(), expected.linear_solver);
    CHECK(numbers(again) == numbers(through));
    CHECK(summary.final_cost == expected.final_cost);
    CHECK(summary.initial_cost == expected.initial_cost);
    CHECK(summary.status == expected.status);
    CHECK(summary.linear_reason == expected.linear_reason);
    REQUIRE(summary.iterations.size() == expected.iterations.size());
    for (std::size_t i = 0; i < expected.iterations.size(); ++i) {
      CHECK(summary.iterations[i].cost == expected.iterations[i].cost);
      CHECK(summary.iterations[i].damping == expected.iterations[i].damping);
    }
  }
}

}  // namespace

TEST_CASE("checkpoint: a solve that goes on has the bits of one that never stopped", "[minimize]") {
  const auto linear = GENERATE(LinearSolverType::automatic, LinearSolverType::cholesky, LinearSolverType::dense_qr,
                               LinearSolverType::conjugate_gradients, LinearSolverType::schur_dense,
                               LinearSolverType::schur_pcg, LinearSolverType::schur_implicit);
  check_resumes(scene().problem, {.linear = linear, .max_iterations = 15});
}

TEST_CASE("checkpoint: so has one by Gauss and Newton, and one with other damping", "[minimize]") {
  check_resumes(scene().problem, {.method = Method::gauss_newton, .linear = LinearSolverType::cholesky});
  check_resumes(scene().problem, {.damping = DampingPolicy::nielsen});
}

TEST_CASE("checkpoint: so have doglegs, and solves within bounds", "[minimize]") {
  const auto method = GENERATE(Method::levenberg_marquardt, Method::dogleg, Method::subspace_dogleg);
  check_resumes(scene().problem, {.method = method, .linear = LinearSolverType::cholesky, .max_iterations = 15});
  BalProblem bounded = scene();
  for (std::int64_t p = 0; p < bounded.points.size(); p += 4) {
    std::vector<double> low, high;
    for (const double x : bounded.problem.value(bounded.points[p])) low.push_back(x - 1e-3), high.push_back(x + 0.5);
    bounded.problem.set_bounds(bounded.points[p], low, high);
  }
  check_resumes(bounded.problem, {.method = method, .max_iterations = 15});
}

TEST_CASE("checkpoint: so have solves of a black box, updated between estimates or not", "[minimize][function]") {
  const auto method = GENERATE(Method::levenberg_marquardt, Method::gauss_newton, Method::subspace_dogleg);
  const int refresh = GENERATE(1, 3);
  const bool bounded = GENERATE(false, true);
  CAPTURE(static_cast<int>(method), refresh, bounded);
  Problem problem = valley({.refresh = refresh});
  if (bounded) problem.set_bounds(AnyVariable(2), -1.0, 0.5);
  check_resumes(problem, {.method = method});
}

TEST_CASE("checkpoint: noise that was measured and other bounds are refused", "[minimize][fault]") {
  Problem problem = valley({});
  Summary summary;
  const std::vector<Checkpoint> all = checkpoints(problem, {}, summary);
  REQUIRE_FALSE(all.empty());
  Problem noisy = valley({.name = "valley", .noise_aware = true});
  CHECK_THROWS_WITH(minimize(noisy, {.checkpoint = [](const Checkpoint&) {}}),
                    Catch::Contains("function valley is noise_aware"));
  CHECK_THROWS_WITH(minimize(noisy, {.resume = &all[0]}), Catch::Contains("function valley is noise_aware"));
  Problem bounded = valley({});
  bounded.set_bounds(AnyVariable(1), 5.0, 6.0);
  CHECK_THROWS_WITH(minimize(bounded, {.resume = &all[0]}),
                    Catch::Contains("the checkpoint is of other bounds: number 0 of variable 1"));
}

TEST_CASE("checkpoint: what belongs to another solve is refused", "[minimize]") {
  BalProblem made = scene();
  Summary summary;
  const std::vector<Checkpoint> all = checkpoints(made.problem, {}, summary);
  REQUIRE_FALSE(all.empty());
  BalProblem other = make_problem(generate_bal({.num_cameras = 8, .num_points = 150, .seed = 4}));
  CHECK_THROWS_AS(minimize(other.problem, {.resume = &all[0]}), Error);
  BalProblem same = scene();
  CHECK_THROWS_WITH(minimize(same.problem, {.damping = DampingPolicy::classical, .resume = &all[0]}),
                    Catch::Contains("of other options"));
  Checkpoint broken = all[0];
  broken.strategy.pop_back();
  CHECK_THROWS_WITH(minimize(same.problem, {.resume = &broken}), Catch::Contains("numbers of its method"));
  broken = all[0];
  broken.values[3] += 0.1;
  CHECK_THROWS_WITH(minimize(same.problem, {.resume = &broken}), Catch::Contains("the cost at its point"));
}

TEST_CASE("observe: an observer sees the point, its gradient, Jacobian and step", "[minimize]") {
  const bool eliminate = GENERATE(true, false);
  BalProblem made = scene();
  int seen = 0;
  const auto observe = [&](IterationView& view) {
    ++seen;
    const Evaluation there = view.evaluate({.gradient = true});
    CHECK(there.cost == Approx(view.iteration().cost).epsilon(1e-9));
    double most = 0.0, difference = 0.0;
    for (std::size_t j = 0; j < there.gradient.size(); ++j) {
      most = std::max(most, std::abs(there.gradient[j]));
      difference = std::max(difference, std::abs(there.gradient[j] - view.gradient()[j]));
    }
    CHECK(difference <= 1e-6 * (1.0 + most));
    CHECK(view.iteration().gradient_max == Approx(most).epsilon(1e-6).margin(1e-6));
    CHECK(view.step().empty() == (view.iteration().iteration == 0));
    CHECK((view.jacobian() == nullptr) == eliminate);
    if (view.jacobian() != nullptr) CHECK(view.jacobian()->num_columns() == made.problem.num_columns());
    return view.iteration().iteration < 3;
  };
  const Summary summary =
      minimize(made.problem,
               {.linear = eliminate ? LinearSolverType::schur_dense : LinearSolverType::cholesky, .observe = observe});
  CHECK(summary.status == Status::user_stopped);
  CHECK(seen == 4);
}

TEST_CASE("observe: losses may be changed on the way", "[minimize]") {
  const bool eliminate = GENERATE(true, false);
  const MinimizeOptions options{.linear = eliminate ? LinearSolverType::schur_dense : LinearSolverType::cholesky};
  BalProblem plain = scene();
  minimize(plain.problem, options);
  plain.problem.set_loss(plain.observations, huber(0.5));
  const double expected = minimize(plain.problem, options).final_cost;

  BalProblem made = scene();
  MinimizeOptions graduated = options;
  graduated.observe = [&](IterationView& view) {
    const int k = view.iteration().iteration;
    if (k <= 3) view.set_loss(made.observations, huber(std::pow(2.0, 2 - k)));  // 4, 2, 1, 0.5
    return true;
  };
  const Summary summary = minimize(made.problem, graduated);
  CHECK(summary.converged());
  CHECK(summary.final_cost == Approx(expected).epsilon(1e-5));
  CHECK(summary.final_cost == Approx(made.problem.evaluate().cost).epsilon(1e-9));
}
