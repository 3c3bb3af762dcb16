// SPDX-License-Identifier: Apache-2.0
// The same bits for any number of threads, and a const problem read by several at once.
#include <cstring>
#include <random>
#include <thread>

#include "heliotrope/minimize/minimize.hpp"
#include "heliotrope/problem/evaluator.hpp"
#include "problem/problems.hpp"

using namespace heliotrope;
using namespace heliotrope_test;

namespace {

template <class S>
struct Range {
  S distance;
  template <class T>
  void operator()(const T* a, const T* b, T* r) const {
    using std::sqrt;
    const T dx = a[0] - b[0], dy = a[1] - b[1];
    r[0] = sqrt(dx * dx + dy * dy + 1e-3) - distance;
    r[1] = 0.1 * (a[0] + a[1] - b[1]);
  }
};

/// 3000 ranges between 200 points, with a loss, and 100 unary residuals of doubles.
Problem network() {
  std::mt19937 random(11);
  std::uniform_real_distribution<double> uniform(-10.0, 10.0);
  std::uniform_int_distribution<int> pick(0, 199);
  Problem problem;
  std::vector<double> values(400);
  for (double& v : values) v = uniform(random);
  const auto points = problem.add_variables<2>(values);
  std::vector<Range<double>> ranges;
  std::vector<int> from, to;
  for (int k = 0; k < 3000; ++k) {
    const int i = pick(random), j = (i + 1 + pick(random) % 198) % 200;
    ranges.push_back(
        {std::hypot(values[2 * i] - values[2 * j], values[2 * i + 1] - values[2 * j + 1]) + 0.1 * (k % 7)});
    from.push_back(i), to.push_back(j);
  }
  problem.add_residuals<2>(ranges, {.loss = huber(1.0)}, points[std::span<const int>(from)],
                           points[std::span<const int>(to)]);
  for (int i = 0; i < 100; ++i) problem.add_residual<1>(DoubleExponential{0.05, 1.0}, points[i]);
  return problem;
}

/// Equal to the last bit, NaN included.
bool equal_bits(const std::vector<double>& a, const std::vector<double>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0;
}

}  // namespace

TEST_CASE("threads: an evaluation has the same bits on 1 to 4", "[problem][threads]") {
  const Problem problem = network();
  const Evaluation one = problem.evaluate({.gradient = true, .jacobian = true});
  CHECK(one.cost > 1.0);
  for (int threads : {1, 2, 3, 4}) {
    const Evaluation e = problem.evaluate({.gradient = true, .jacobian = true, .threads = threads});
    CHECK(e.cost == one.cost);
    CHECK(equal_bits(e.residuals, one.residuals));
    CHECK(equal_bits(e.gradient, one.gradient));
    CHECK(equal_bits(e.jacobian.value, one.jacobian.value));
    CHECK(problem.evaluate({.residuals = false, .threads = threads}).cost == one.cost);
  }
}

TEST_CASE("threads: a minimisation has the same bits on 1 to 4", "[problem][threads]") {
  std::vector<double> first;
  std::size_t iterations = 0;
  for (int threads : {1, 2, 3, 4}) {
    Problem problem = network();
    problem.fix(AnyVariable(0));
    const Summary summary =
        minimize(problem, {.linear = LinearSolverType::eigen_cholesky, .threads = threads, .max_iterations = 8});
    const std::vector<double> values(problem.values().begin(), problem.values().end());
    if (first.empty()) first = values, iterations = summary.iterations.size();
    CHECK(summary.final_cost < summary.initial_cost);
    CHECK(summary.iterations.size() == iterations);
    CHECK(equal_bits(values, first));
  }
}

TEST_CASE("threads: several evaluate one const problem at once", "[problem][threads]") {
  const Problem problem = network();  // not analysed yet: the threads race for it
  constexpr std::size_t count = 4;
  std::vector<Evaluation> results(count), moved(count);
  std::vector<std::vector<double>> points(count, std::vector<double>(problem.values().begin(), problem.values().end()));
  for (std::size_t t = 0; t < count; ++t) points[t][0] += static_cast<double>(t);
  {
    std::vector<std::thread> team;
    for (std::size_t t = 0; t < count; ++t) {
      team.emplace_back([&, t] {
        results[t] = problem.evaluate({.gradient = true});
        moved[t] = problem.evaluate({.values = points[t], .apply_loss = t % 2 == 0, .jacobian = true});
        const Problem copy = problem;
        results[t].cost = copy.evaluate().cost;
      });
    }
    for (std::thread& member : team) member.join();
  }
  for (std::size_t t = 0; t < count; ++t) {
    CHECK(results[t].cost == problem.evaluate().cost);
    CHECK(equal_bits(results[t].gradient, results[0].gradient));
    const Evaluation alone = problem.evaluate({.values = points[t], .apply_loss = t % 2 == 0, .jacobian = true});
    CHECK(moved[t].cost == alone.cost);
    CHECK(equal_bits(moved[t].jacobian.value, alone.jacobian.value));
  }
}

TEST_CASE("threads: several problems are solved at once", "[problem][threads]") {
  Problem alone = network();
  minimize(alone, {.linear = LinearSolverType::eigen_cholesky, .max_iterations = 3});
  std::vector<Problem> problems(3, network());
  std::vector<std::thread> team;
  for (Problem& problem : problems) {
    team.emplace_back([&] { minimize(problem, {.linear = LinearSolverType::eigen_cholesky, .max_iterations = 3}); });
  }
  for (std::thread& member : team) member.join();
  for (const Problem& problem : problems) {
    CHECK(std::equal(problem.values().begin(), problem.values().end(), alone.values().begin()));
  }
}

TEST_CASE("threads: a problem is solved again after values or data change", "[problem][threads]") {
  Problem problem;
  const auto mc = problem.add_variable({0.0, 0.0});
  auto data = samples<Exponential<double>>(100);
  problem.add_residuals<1>(data, mc);
  const Summary first = minimize(problem, {.threads = 2});
  CHECK(first.converged());
  const auto solution = std::vector<double>(problem.values().begin(), problem.values().end());
  CHECK(solution[0] == Approx(0.7).margin(0.05));

  problem.set_value(mc, {0.3, -0.1});
  CHECK(minimize(problem, {.threads = 2}).final_cost == Approx(first.final_cost));
  CHECK(problem.value(mc)[0] == Approx(solution[0]).epsilon(1e-6));

  for (auto& d : data) d.y = std::exp(-0.5 * d.x + 1.0);
  problem.set_data(std::span<const Exponential<double>>(data));
  CHECK(minimize(problem, {.threads = 2}).final_cost < 1e-15);
  CHECK(problem.value(mc)[0] == Approx(-0.5));
  CHECK(problem.value(mc)[1] == Approx(1.0));

  Problem copy = problem, moved = std::move(problem);
  copy.set_value(mc, {0.0, 0.0});
  CHECK(minimize(copy).final_cost < 1e-15);
  copy.fix(mc);
  CHECK_THAT(minimize(copy).message, Catch::Contains("there is no free variable"));
  copy.release(mc);
  copy.add_residuals<1>(samples<Exponential<double>>(100), mc);
  CHECK(minimize(copy).final_cost > 1.0);
  CHECK(minimize(moved).final_cost < 1e-15);
}
