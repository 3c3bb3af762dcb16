// SPDX-License-Identifier: Apache-2.0
// Terms: functions whose values count as they are.
#include "catch.hpp"
#include "heliotrope/problem/check_derivatives.hpp"
#include "problem/gradients.hpp"
#include "problem/problems.hpp"

using namespace heliotrope;
using namespace heliotrope_test;

TEST_CASE("terms: the cost is the sum of their values, beside half the squares of residuals", "[problem][terms]") {
  Problem problem;
  const auto ab = problem.add_variable({0.3, -0.2});
  std::vector<PoissonTerm<double>> counts;
  double expected = 0.0;
  for (int i = 0; i < 21; ++i) {  // two blocks and a part of one
    counts.push_back({0.1 * i, static_cast<double>(i % 3)});
    const double rate = 0.3 * counts.back().x - 0.2;
    expected += std::exp(rate) - counts.back().count * rate;
  }
  problem.add_terms(counts, ab);
  problem.add_residuals<1>(samples<Exponential<double>>(13), ab);
  Problem residuals;
  residuals.add_residuals<1>(samples<Exponential<double>>(13), residuals.add_variable({0.3, -0.2}));
  const Evaluation alone = residuals.evaluate({.gradient = true, .jacobian = true});
  const Evaluation both = problem.evaluate({.gradient = true, .jacobian = true});
  CHECK(both.cost == Approx(alone.cost + expected).epsilon(1e-14));
  CHECK(problem.num_terms() == 21);
  CHECK(problem.num_residuals() == 13);
  CHECK(problem.num_residual_blocks() == 13);
  CHECK(both.residuals == alone.residuals);  // terms are no residuals
  CHECK(both.jacobian.value == alone.jacobian.value);
  check_near(both.gradient, differenced_gradient(problem), 1e-8);
}

TEST_CASE("terms: vectorised, one at a time, in columns and of run-time size they are the same", "[problem][terms]") {
  std::vector<double> x, count;
  for (int i = 0; i < 19; ++i) x.push_back(0.1 * i), count.push_back(i % 3);
  const auto with = [&](auto&& add) {
    Problem problem;
    const auto ab = problem.add_variable({0.3, -0.2});
    add(problem, ab);
    return problem.evaluate({.gradient = true});
  };
  const Evaluation packs = with([&](Problem& problem, auto ab) {
    std::vector<PoissonTerm<double>> terms;
    for (std::size_t i = 0; i < x.size(); ++i) terms.push_back({x[i], count[i]});
    problem.add_terms(terms, ab);
  });
  const Evaluation in_columns = with([&](Problem& problem, auto ab) {
    problem.add_terms(
        columns(x, count),
        [](auto a, auto c, const auto* p, auto* value) {
          PoissonTerm<decltype(a)>{a, c}(p, value);
        },
        ab);
  });
  const Evaluation objects = with([&](Problem& problem, auto ab) {
    for (std::size_t i = 0; i < x.size(); ++i) {
      problem.add_term(
          [a = x[i], c = count[i]](const auto* p, auto* value) {
            PoissonTerm<double>{a, c}(p, value);
          },
          ab);
    }
  });
  const Evaluation dynamic = with([&](Problem& problem, auto ab) {
    for (std::size_t i = 0; i < x.size(); ++i) {
      problem.add_dynamic_term(
          [a = x[i], c = count[i]](const auto* const* p, auto* value) {
            PoissonTerm<double>{a, c}(p[0], value);
          },
          std::vector<AnyVariable>{ab});
    }
  });
  for (const Evaluation* other : {&in_columns, &objects, &dynamic}) {
    CHECK(other->cost == Approx(packs.cost).epsilon(1e-14));
    check_near(other->gradient, packs.gradient, 1e-13);
  }
}

TEST_CASE("terms: a type may be both a term and a residual", "[problem][terms]") {
  Problem problem;
  const auto ab = problem.add_variable({0.5, 0.25});
  const std::vector<Exponential<double>> data = samples<Exponential<double>>(11);
  problem.add_residuals<1>(data, ab);
  const double squares = problem.evaluate().cost;
  problem.add_terms(data, ab);
  double sum = 0.0;
  for (const auto& sample : data) sum += sample.y - std::exp(0.5 * sample.x + 0.25);
  CHECK(problem.evaluate().cost == Approx(squares + sum).epsilon(1e-13));
  CHECK(problem.num_terms() == 11);
  const Problem copy = problem;
  CHECK(copy.num_terms() == 11);
  CHECK(copy.evaluate().cost == problem.evaluate().cost);
}

TEST_CASE("terms: what a type does not write is an error, and derivatives can be checked", "[problem][terms]") {
  Problem problem;
  const auto ab = problem.add_variable({0.5, 0.25});
  CHECK_THROWS_AS(problem.add_term([](const auto*, auto*) {}, ab), Error);
  CHECK_THROWS_AS(problem.add_term([](const auto* p, auto* value) { value[1] = value[0] = p[0]; }, ab), Error);
  CHECK(problem.num_terms() == 0);
  std::vector<AnalyticExponential<double>> wrong = samples<AnalyticExponential<double>>(9);
  wrong[4].wrong = 0.01;
  problem.add_terms(wrong, ab);
  const DerivativeReport report = check_derivatives(problem);
  CHECK(report.num_disagreements == 1);
  REQUIRE(report.disagreements.size() == 1);
  CHECK(report.disagreements[0].residual == 4);
}

TEST_CASE("gradient: residuals, losses, weights, manifolds, terms, fixed variables against differences of the cost",
          "[problem][terms][gradient]") {
  for (const bool with_function : {false, true}) {
    const Problem problem = mixture(with_function);
    GradientEvaluator evaluator(problem, {});
    std::vector<double> gradient(static_cast<std::size_t>(evaluator.num_columns()));
    REQUIRE(static_cast<std::int64_t>(gradient.size()) == problem.num_columns());
    const double cost = evaluator.evaluate(problem, problem.values(), gradient);
    const Evaluation stored = problem.evaluate({.gradient = true});
    CHECK(cost == Approx(stored.cost).epsilon(1e-13));
    CHECK(evaluator.evaluate(problem, problem.values(), {}) == Approx(cost).epsilon(1e-14));
    check_near(gradient, stored.gradient, 1e-9);
    check_near(gradient, differenced_gradient(problem), 2e-7);
  }
}

TEST_CASE("gradient: derivatives asked for are the ones taken", "[problem][terms][gradient]") {
  const Problem problem = mixture(false);
  const std::vector<double> expected = problem.evaluate({.gradient = true}).gradient;
  for (const Derivatives derivatives : {Derivatives::forward, Derivatives::central, Derivatives::coloured}) {
    GradientEvaluator evaluator(problem, {.derivatives = derivatives});
    std::vector<double> gradient(expected.size());
    evaluator.evaluate(problem, problem.values(), gradient);
    CHECK(gradient != expected);
    check_near(gradient, expected, derivatives == Derivatives::forward ? 1e-5 : 1e-8);
  }
}

TEST_CASE("gradient: other values, and sizes that differ", "[problem][terms][gradient]") {
  const Problem problem = mixture(true);
  GradientEvaluator evaluator(problem, {});
  std::vector<double> gradient(static_cast<std::size_t>(evaluator.num_columns())), again(gradient.size());
  const double cost = evaluator.evaluate(problem, problem.values(), gradient);
  std::vector<double> moved(problem.values().begin(), problem.values().end());
  for (std::size_t i = 100; i < moved.size(); ++i) moved[i] += 0.125;
  CHECK(evaluator.evaluate(problem, moved, again) == Approx(problem.evaluate({.values = moved}).cost).epsilon(1e-13));
  CHECK(again != gradient);
  CHECK(evaluator.evaluate(problem, problem.values(), again) == cost);  // nothing is left of the other point
  CHECK(again == gradient);
  moved.pop_back();
  gradient.pop_back();
  CHECK_THROWS_AS(evaluator.evaluate(problem, moved, again), Error);
  CHECK_THROWS_AS(evaluator.evaluate(problem, problem.values(), gradient), Error);
}

TEST_CASE("gradient: chains of single numbers, forwards, backwards and interrupted", "[problem][terms][gradient]") {
  Problem problem;
  std::vector<double> start;
  for (int i = 0; i < 90; ++i) start.push_back(std::sin(1.3 * i));
  const auto x = problem.add_variables<1>(start);
  problem.fix(x[37]);
  std::vector<int> up, next, down;
  for (int i = 0; i < 89; ++i) up.push_back(i), next.push_back(i + 1), down.push_back(89 - i);
  const auto element = [](const auto* a, const auto* b, auto* value) { value[0] = a[0] * a[0] * b[0] + 0.5 * a[0]; };
  for (int k = 0; k < 89; ++k) problem.add_term(element, x[k], x[next[static_cast<std::size_t>(k)]]);
  std::vector<std::decay_t<decltype(element)>> many(89, element);
  problem.add_terms(many, {.name = "down"}, x[std::span<const int>(down)], x[std::span<const int>(up)]);
  problem.add_residuals<1>(many, x[std::span<const int>(next)], x[std::span<const int>(next)]);
  GradientEvaluator evaluator(problem, {});
  std::vector<double> gradient(89);
  evaluator.evaluate(problem, problem.values(), gradient);
  check_near(gradient, differenced_gradient(problem), 1e-7);
}

TEST_CASE("gradient: what is not finite is not hidden", "[problem][terms][gradient]") {
  Problem problem;
  const auto x = problem.add_variables<1>(std::vector<double>(20, 1.0));
  problem.set_value(x[13], {-1.0});
  const auto logarithm = [](const auto* p, auto* value) {
    using namespace heliotrope::math;
    value[0] = log(p[0]);
  };
  for (int i = 0; i < 20; ++i) problem.add_term(logarithm, x[i]);
  GradientEvaluator evaluator(problem, {});
  std::vector<double> gradient(20);
  CHECK_FALSE(std::isfinite(evaluator.evaluate(problem, problem.values(), gradient)));
  Evaluator named(problem, {.jacobian = false});
  const std::string which = named.find_non_finite(problem, problem.values());
  CHECK(which.find("term 13") == 0);
  CHECK(which.find("13", 8) != std::string::npos);
}
