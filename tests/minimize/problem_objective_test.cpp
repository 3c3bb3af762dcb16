// SPDX-License-Identifier: Apache-2.0
// Problems minimised as objectives: residuals and terms, on manifolds, by every line-search method.
#include "heliotrope/minimize/problem_objective.hpp"

#include <cmath>
#include <cstring>
#include <numeric>
#include <vector>

#include "catch.hpp"
#include "heliotrope/io/generate.hpp"
#include "heliotrope/io/problems.hpp"
#include "heliotrope/minimize/minimize.hpp"
#include "problem/gradients.hpp"
#include "sanitized.hpp"

using namespace heliotrope;
using namespace heliotrope_test;

namespace {

Problem small_graph(PoseGraphStructure structure) {
  return make_problem(generate_pose_graph({.structure = structure, .num_poses = 30, .seed = 3})).problem;
}

/// A pull of a unit quaternion towards an axis, and a weak one towards another: the minimum is on the sphere.
Problem rotations() {
  Problem problem;
  for (int i = 0; i < 12; ++i) {
    const double angle = 0.2 * i;
    const auto q = problem.add_variable<UnitQuaternion>({std::sin(angle), 0.3 * std::cos(angle), 0.0, 0.0});
    std::vector<double> unit(4, 0.5);
    unit[0] = 0.1 * i - 0.5;
    const double norm = std::sqrt(unit[0] * unit[0] + 0.75);
    for (double& e : unit) e /= norm;
    problem.set_value(q, unit);
    problem.add_term(
        [](const auto* x, auto* value) { value[0] = -2.0 * x[3] * x[3] - 0.5 * x[0] * x[0] + 0.25 * x[1] * x[1]; }, q);
    if (i == 5) problem.fix(q);
  }
  return problem;
}

}  // namespace

TEST_CASE("problem objective: a Poisson regression by terms reaches the maximum of the likelihood",
          "[minimize][objective][terms]") {
  Problem problem;
  const auto ab = problem.add_variable({0.0, 0.0});
  std::vector<PoissonTerm<double>> counts;
  for (int i = 0; i < 100; ++i) {
    const double x = 0.02 * i;
    counts.push_back({x, std::floor(std::exp(1.2 * x + 0.3) + 0.5)});
  }
  problem.add_terms(counts, ab);
  const ObjectiveSummary summary = minimize_objective(problem, {.gradient_tolerance = 1e-5});
  CHECK(summary.converged());
  CHECK(summary.num_parameters == 2);
  CHECK(summary.final_value == Approx(problem.evaluate().cost).epsilon(1e-14));
  // At the maximum observed and expected sums agree, and their first moments.
  double sum = 0.0, moment = 0.0;
  for (const auto& c : counts) {
    const double excess = std::exp(problem.value(ab)[0] * c.x + problem.value(ab)[1]) - c.count;
    sum += excess, moment += excess * c.x;
  }
  CHECK(std::abs(sum) < 1.001e-5);  // these are the gradient
  CHECK(std::abs(moment) < 1.001e-5);
}

TEST_CASE("problem objective: every method and search, with manifolds, losses, terms, functions and fixed variables",
          "[minimize][objective][terms]") {
  Problem quadratic = rotations();
  const std::vector<double> start(quadratic.values().begin(), quadratic.values().end());
  for (int method = 0; method <= static_cast<int>(ObjectiveMethod::broyden); ++method) {
    for (const auto search : {LineSearchType::automatic, LineSearchType::hager_zhang, LineSearchType::strong_wolfe,
                              LineSearchType::backtracking}) {
      const auto kind = static_cast<ObjectiveMethod>(method);
      quadratic.set_values(start);
      const double fixed_cost = quadratic.evaluate().cost;
      const ObjectiveSummary summary = minimize_objective(
          quadratic,
          {.method = kind,
           .line_search = {.type = search, .first_step = kind == ObjectiveMethod::gradient_descent ? 0.1 : 0.0},
           .max_iterations = 20000});
      INFO(name(kind) << ", " << name(search) << ": " << summary);
      CHECK(summary.converged());
      CHECK(summary.num_parameters == 33);
      CHECK(summary.initial_value == Approx(fixed_cost).epsilon(1e-13));
      CHECK(summary.final_value == Approx(quadratic.evaluate().cost).epsilon(1e-13));
      for (std::size_t v = 0; v < 12; ++v) {
        const double* const q = quadratic.values().data() + 4 * v;
        if (v == 5) {
          CHECK(std::memcmp(q, start.data() + 4 * v, 4 * sizeof(double)) == 0);
        } else {
          CHECK(q[0] * q[0] + q[1] * q[1] + q[2] * q[2] + q[3] * q[3] == Approx(1.0).epsilon(1e-12));
          CHECK(std::abs(q[3]) == Approx(1.0).epsilon(1e-9));
        }
      }
    }
  }
}

TEST_CASE("problem objective: the mixture falls to a point where the gradient is zero",
          "[minimize][objective][terms]") {
  for (const bool with_function : {false, true}) {
    Problem problem = mixture(with_function);
    for (std::int64_t v = 0; v < problem.num_variables(); ++v) {  // terms have no minimum of their own
      const auto value = problem.value(AnyVariable(v));
      std::vector<double> at(value.begin(), value.end());
      problem.add_dynamic_residual(
          static_cast<int>(at.size()),
          [at](const auto* const* p, auto* r) {
            for (std::size_t i = 0; i < at.size(); ++i) r[i] = 3.0 * (p[0][i] - at[i]);
          },
          std::vector<AnyVariable>{AnyVariable(v)});
    }
    const Problem before = problem;
    const ObjectiveSummary summary = minimize_objective(problem, {.gradient_tolerance = 1e-7});
    INFO(summary);
    CHECK(summary.converged());
    CHECK(summary.final_value < summary.initial_value);
    for (const double g : differenced_gradient(problem)) CHECK(std::abs(g) < 1e-5);
    for (const std::int64_t fixed : {1, 9}) {  // a pose and a point
      const auto now = problem.value(AnyVariable(fixed)), then = before.value(AnyVariable(fixed));
      CHECK(std::memcmp(now.data(), then.data(), now.size() * sizeof(double)) == 0);
    }
  }
}

TEST_CASE("problem objective: lbfgs reaches the cost of Levenberg-Marquardt on pose graphs and a bundle",
          "[minimize][objective]") {
  for (const auto structure : {PoseGraphStructure::manhattan, PoseGraphStructure::sphere}) {
    Problem by_lm = small_graph(structure), by_lbfgs = by_lm;
    const Summary least_squares = minimize(by_lm);
    const ObjectiveSummary summary = minimize_objective(by_lbfgs, {.memory = 20, .max_iterations = 5000});
    INFO(summary << least_squares);
    CHECK(summary.initial_value == Approx(least_squares.initial_cost).epsilon(1e-12));
    CHECK(summary.final_value == Approx(least_squares.final_cost).epsilon(1e-6));
  }
  BalProblem by_lm = make_problem(generate_bal({.num_cameras = 4, .num_points = 40, .seed = 5}));
  BalProblem by_lbfgs = by_lm;
  const Summary least_squares = minimize(by_lm.problem);
  const ObjectiveSummary summary = minimize_objective(by_lbfgs.problem, {.memory = 20, .max_iterations = 3000});
  INFO(summary << least_squares);
  CHECK(summary.initial_value == Approx(least_squares.initial_cost).epsilon(1e-12));
  CHECK(summary.final_value < 1.05 * least_squares.final_cost);
}

TEST_CASE("problem objective: 1, 2 and 3 threads give the same bits", "[minimize][objective][threads]") {
  std::vector<double> first;
  double value = 0.0;
  for (const int threads : {1, 2, 3}) {
    Problem problem =
        make_problem(generate_pose_graph({.structure = PoseGraphStructure::sphere, .num_poses = 1000 / scale + 200}))
            .problem;
    const ObjectiveSummary summary = minimize_objective(problem, {.threads = threads, .max_iterations = 15});
    if (threads == 1) {
      first.assign(problem.values().begin(), problem.values().end());
      value = summary.final_value;
    }
    CHECK(summary.final_value == value);
    CHECK(std::memcmp(first.data(), problem.values().data(), first.size() * sizeof(double)) == 0);
  }
}

TEST_CASE("problem objective: least-squares methods refuse terms, bounds need Euclidean variables",
          "[minimize][objective][terms]") {
  Problem problem = rotations();
  CHECK_THROWS_WITH(minimize(problem), Catch::Contains("12 terms") && Catch::Contains("minimize_objective"));
  const std::vector<double> bounds(48, 1.0);
  CHECK_THROWS_WITH(minimize_objective(problem, {.lower = bounds, .upper = bounds}), Catch::Contains("Euclidean"));

  Problem line;
  const auto x = line.add_variables<1>(std::vector<double>{0.5, 0.5, 0.5});
  for (int i = 0; i < 3; ++i) {
    line.add_term([i](const auto* p, auto* value) { value[0] = (p[0] - 0.5 * i) * (p[0] - 0.5 * i); }, x[i]);
  }
  const std::vector<double> lower(3, 0.25), upper(3, 0.75);
  CHECK(minimize_objective(line, {.lower = lower, .upper = upper}).converged());
  CHECK(line.value(x[0])[0] == 0.25);
  CHECK(line.value(x[1])[0] == Approx(0.5));
  CHECK(line.value(x[2])[0] == 0.75);
}

TEST_CASE("problem objective: nothing free, nothing at all", "[minimize][objective]") {
  Problem problem;
  CHECK(minimize_objective(problem).status == ObjectiveStatus::gradient_converged);
  const auto x = problem.add_variable({2.0});
  problem.add_term([](const auto* p, auto* value) { value[0] = p[0] * p[0]; }, x);
  problem.fix(x);
  const ObjectiveSummary summary = minimize_objective(problem);
  CHECK(summary.status == ObjectiveStatus::gradient_converged);
  CHECK(summary.final_value == 4.0);
  CHECK(problem.value(x)[0] == 2.0);
}

TEST_CASE("problem objective: a start that is not finite is named, a trial that is not is turned back from",
          "[minimize][objective]") {
  Problem problem;
  const auto x = problem.add_variables<1>(std::vector<double>{1.0, 5.0, -1.0});
  const auto barrier = [](const auto* p, auto* value) {
    using namespace heliotrope::math;
    value[0] = p[0] - 0.1 * log(p[0]);
  };
  for (int i = 0; i < 3; ++i) problem.add_term(barrier, x[i]);
  const ObjectiveSummary failed = minimize_objective(problem);
  CHECK(failed.status == ObjectiveStatus::not_finite_at_start);
  INFO(failed.message);
  CHECK(failed.message.find("term 2") != std::string::npos);
  CHECK(problem.value(x[2])[0] == -1.0);

  problem.set_value(x[2], {9.0});
  const ObjectiveSummary summary = minimize_objective(problem, {.line_search = {.first_step = 100.0}});
  INFO(summary);
  CHECK(summary.converged());
  for (int i = 0; i < 3; ++i) CHECK(problem.value(x[i])[0] == Approx(0.1).epsilon(1e-4));
}

TEST_CASE("problem objective: terms and the hand-written function take the same path", "[minimize][objective][terms]") {
  // Chained: sum 100 (x_(i+1) - x_i^2)^2 + (1 - x_i)^2.
  constexpr std::size_t n = 40;
  Problem problem;
  const auto x = problem.add_variables<1>(std::vector<double>(n, -1.0));
  std::vector<int> from(n - 1), to(n - 1);
  std::iota(from.begin(), from.end(), 0);
  std::iota(to.begin(), to.end(), 1);
  auto element = [](const auto* a, const auto* b, auto* value) {
    const auto u = b[0] - a[0] * a[0], v = 1.0 - a[0];
    value[0] = 100.0 * u * u + v * v;
  };
  problem.add_terms(std::vector<decltype(element)>(n - 1, element), x[std::span<const int>(from)],
                    x[std::span<const int>(to)]);
  const ObjectiveSummary by_terms = minimize_objective(problem);

  const auto chained = [](const auto* at) {
    auto sum = 0.0 * at[0];
    for (std::size_t i = 0; i + 1 < n; ++i) {
      const auto u = at[i + 1] - at[i] * at[i], v = 1.0 - at[i];
      sum += 100.0 * u * u + v * v;
    }
    return sum;
  };
  std::vector<double> y(n, -1.0);
  const ObjectiveSummary in_reverse = minimize_objective(ReverseObjective(chained), y);
  INFO(by_terms << in_reverse);
  CHECK(by_terms.converged());
  CHECK(in_reverse.converged());
  CHECK(by_terms.final_value < 1e-10);
  CHECK(in_reverse.final_value < 1e-10);
  CHECK(std::abs(by_terms.iterations - in_reverse.iterations) <= 10);
}
