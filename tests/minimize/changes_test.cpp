// SPDX-License-Identifier: Apache-2.0
// Solving again after changes that keep the structure.
#include <algorithm>
#include <limits>

#include "catch.hpp"
#include "heliotrope/heliotrope.hpp"
#include "heliotrope/io/generate.hpp"
#include "heliotrope/io/problems.hpp"
#include "heliotrope/residuals/snavely.hpp"

using namespace heliotrope;

namespace {

using Pixel = SnavelyReprojection<double>;
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

BalScene scene() { return generate_bal({.num_cameras = 6, .num_points = 90, .seed = 7}); }

std::vector<double> numbers(const Problem& problem) { return {problem.values().begin(), problem.values().end()}; }

/// By elimination, or with a stored Jacobian.
MinimizeOptions with(bool eliminate) {
  return {.linear = eliminate ? LinearSolverType::schur_cholesky : LinearSolverType::cholesky};
}

}  // namespace

TEST_CASE("changes: a solve after some data changed has the bits of a new problem", "[minimize]") {
  const bool eliminate = GENERATE(true, false);
  BalScene changed = scene();
  BalProblem made = make_problem(scene());
  const std::vector<double> start = numbers(made.problem);
  minimize(made.problem, with(eliminate));
  const std::vector<double> before = numbers(made.problem);
  for (std::size_t k = 0; k < changed.camera_index.size(); k += 37) {
    changed.observations[2 * k] += 3.0;
    const Pixel pixel{changed.observations[2 * k], changed.observations[2 * k + 1]};
    made.problem.set_data(made.observations[static_cast<std::int64_t>(k)], std::span(&pixel, 1));
  }
  made.problem.set_values(start);
  minimize(made.problem, with(eliminate));
  BalProblem anew = make_problem(changed);
  anew.problem.set_values(start);
  minimize(anew.problem, with(eliminate));
  CHECK(numbers(made.problem) == numbers(anew.problem));
  CHECK(numbers(made.problem) != before);
}

TEST_CASE("changes: a solve without what is disabled is that of a problem without it", "[minimize]") {
  const bool eliminate = GENERATE(true, false);
  BalScene less = scene();
  BalProblem made = make_problem(scene());
  const std::vector<double> start = numbers(made.problem);
  minimize(made.problem, with(eliminate));
  made.problem.set_values(start);
  const Pixel broken{not_a_number, not_a_number};
  for (std::int64_t k = std::ssize(less.camera_index) - 1; k >= 0; k -= 11) {
    made.problem.set_data(made.observations[k], std::span(&broken, 1));
    made.problem.disable(made.observations[k]);
    less.camera_index.erase(less.camera_index.begin() + k);
    less.point_index.erase(less.point_index.begin() + k);
    less.observations.erase(less.observations.begin() + 2 * k, less.observations.begin() + 2 * k + 2);
  }
  const Summary summary = minimize(made.problem, with(eliminate));
  CHECK(summary.converged());
  BalProblem anew = make_problem(less);
  anew.problem.set_values(start);
  const Summary expected = minimize(anew.problem, with(eliminate));
  CHECK(summary.num_residuals == expected.num_residuals);
  CHECK(summary.initial_cost == Approx(expected.initial_cost).epsilon(1e-12));
  CHECK(summary.final_cost == Approx(expected.final_cost).epsilon(1e-8));
}

TEST_CASE("changes: variables that are disabled stay where they are", "[minimize]") {
  const bool eliminate = GENERATE(true, false);
  BalProblem made = make_problem(scene());
  made.problem.disable(made.points[5]);
  made.problem.disable(made.cameras[2]);
  const std::vector<double> before = numbers(made.problem);
  const Summary summary = minimize(made.problem, with(eliminate));
  CHECK(summary.converged());
  CHECK(summary.final_cost < 0.1 * summary.initial_cost);
  const std::vector<double> after = numbers(made.problem);
  for (std::size_t i = 18; i < 27; ++i) CHECK(before[i] == after[i]);
  for (std::size_t i = 54 + 15; i < 54 + 18; ++i) CHECK(before[i] == after[i]);
}

TEST_CASE("changes: held coordinates stay where they are", "[minimize]") {
  const bool eliminate = GENERATE(true, false);
  BalProblem made = make_problem(scene());
  for (std::int64_t c = 0; c < 6; ++c) {
    for (int i = 6; i < 9; ++i) made.problem.hold(made.cameras[c], i);
  }
  made.problem.hold(made.points[4], 2);
  const std::vector<double> before = numbers(made.problem);
  const Summary summary = minimize(made.problem, with(eliminate));
  CHECK(summary.converged());
  CHECK(summary.final_cost < 0.1 * summary.initial_cost);
  const std::vector<double> after = numbers(made.problem);
  for (std::size_t c = 0; c < 6; ++c) {
    for (std::size_t i = 6; i < 9; ++i) CHECK(before[9 * c + i] == after[9 * c + i]);
    CHECK(before[9 * c] != after[9 * c]);
  }
  CHECK(before[54 + 14] == after[54 + 14]);
  CHECK(before[54 + 13] != after[54 + 13]);

  const double held_cost = summary.final_cost;
  for (std::int64_t c = 0; c < 6; ++c) {
    for (int i = 6; i < 9; ++i) made.problem.let_go(made.cameras[c], i);
  }
  made.problem.let_go(made.points[4], 2);
  CHECK(minimize(made.problem, with(eliminate)).final_cost < held_cost);
}

TEST_CASE("changes: losses are graduated from solve to solve", "[minimize]") {
  const bool eliminate = GENERATE(true, false);
  BalProblem made = make_problem(scene());
  const double plain = minimize(made.problem, with(eliminate)).final_cost;
  for (const double scale : {100.0, 2.0, 0.3}) {
    made.problem.set_loss(made.observations, huber(scale));
    const Summary summary = minimize(made.problem, with(eliminate));
    CHECK(summary.converged());
    CHECK(summary.final_cost == Approx(made.problem.evaluate().cost).epsilon(1e-12));
  }
  BalProblem anew = make_problem(scene(), {.loss = huber(0.3)});
  anew.problem.set_values(made.problem.values());
  const Summary again = minimize(anew.problem, with(eliminate));
  CHECK(again.initial_cost < 0.9 * plain);
  CHECK(again.final_cost == Approx(again.initial_cost).epsilon(1e-5));
}

TEST_CASE("changes: a solve reads and writes memory that is attached", "[minimize]") {
  Problem problem;
  const auto mc = problem.add_variable({0.0, 0.0});
  std::vector<double> x, y;
  for (int i = 0; i < 20; ++i) x.push_back(0.1 * i), y.push_back(0.2 * i + 1.0);
  problem.add_residuals<1>(
      columns(x, y), [](auto x, auto y, const auto* mc, auto* r) { r[0] = mc[0] * x + mc[1] - y; }, mc);
  double memory[2] = {5.0, 7.0};
  problem.attach(mc, memory);
  const Summary summary = minimize(problem);
  CHECK(memory[0] == Approx(2.0));
  CHECK(memory[1] == Approx(1.0));
  CHECK(summary.initial_cost > 100.0);
  memory[0] = -3.0;
  minimize_objective(problem, {.method = ObjectiveMethod::lbfgs});
  CHECK(memory[0] == Approx(2.0).epsilon(1e-4));
}

TEST_CASE("changes: after 1 % of the data changed, set-up takes less than a twentieth of the first",
          "[minimize][timing]") {
  const BalScene street = generate_bal({.num_cameras = 500, .num_points = 40000});
  const auto linear = GENERATE(LinearSolverType::automatic, LinearSolverType::cholesky);
  std::vector<double> ratios;
  for (int repeat = 0; repeat < 3; ++repeat) {
    BalProblem made = make_problem(street);
    const double first = minimize(made.problem, {.linear = linear, .max_iterations = 1}).seconds_setup;
    for (std::int64_t k = 0; k < street.num_observations(); k += 100) {
      const auto at = static_cast<std::size_t>(2 * k);
      const Pixel pixel{street.observations[at] + 1.0, street.observations[at + 1]};
      made.problem.set_data(made.observations[k], std::span(&pixel, 1));
    }
    ratios.push_back(minimize(made.problem, {.linear = linear, .max_iterations = 1}).seconds_setup / first);
  }
  std::sort(ratios.begin(), ratios.end());
  CHECK(ratios[1] < 0.05);
}
