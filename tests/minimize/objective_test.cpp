// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <numeric>

#include "catch.hpp"
#include "heliotrope/error.hpp"
#include "heliotrope/minimize/minimize_objective.hpp"
#include "heliotrope/residuals/test_functions.hpp"
#include "minimize/objectives.hpp"
#include "sanitized.hpp"

using namespace heliotrope;
using namespace heliotrope_test;

namespace {

constexpr ObjectiveMethod line_methods[] = {ObjectiveMethod::lbfgs,
                                            ObjectiveMethod::barzilai_borwein,
                                            ObjectiveMethod::fletcher_reeves,
                                            ObjectiveMethod::polak_ribiere,
                                            ObjectiveMethod::hestenes_stiefel,
                                            ObjectiveMethod::hager_zhang,
                                            ObjectiveMethod::bfgs,
                                            ObjectiveMethod::dfp,
                                            ObjectiveMethod::broyden};
constexpr ObjectiveMethod conjugate_methods[] = {ObjectiveMethod::fletcher_reeves, ObjectiveMethod::polak_ribiere,
                                                 ObjectiveMethod::hestenes_stiefel, ObjectiveMethod::hager_zhang};

/// Solutions of the quadratic after 1, 2, ... iterations with nearly exact searches.
std::vector<std::vector<double>> quadratic_path(ObjectiveMethod method, int iterations, int memory = 6) {
  std::vector<std::vector<double>> path;
  for (int k = 1; k <= iterations; ++k) {
    std::vector<double> x(30, 0.0);
    minimize_objective(
        banded_quadratic, x,
        {.method = method,
         .line_search = {.type = LineSearchType::more_thuente, .sufficient_decrease = 1e-5, .curvature = 1e-5},
         .memory = memory,
         .max_iterations = k,
         .gradient_tolerance = 0.0});
    path.push_back(x);
  }
  return path;
}

double distance(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return std::sqrt(sum);
}

}  // namespace

TEST_CASE("objective: on a quadratic with exact searches all these methods take the same path",
          "[minimize][objective][law]") {
  const int iterations = 12;
  const auto expected = quadratic_path(ObjectiveMethod::hestenes_stiefel, iterations);
  const auto check = [&](ObjectiveMethod method, int memory) {
    const auto path = quadratic_path(method, iterations, memory);
    for (std::size_t k = 0; k < path.size(); ++k) {
      INFO(name(method) << ", memory " << memory << ", iteration " << k + 1);
      CHECK(distance(path[k], expected[k]) < 1e-3 * distance(expected[k], expected.back()) + 1e-4);
    }
  };
  for (const ObjectiveMethod method : conjugate_methods) check(method, 6);
  for (const int memory : {1, 3, 20}) check(ObjectiveMethod::lbfgs, memory);
  for (const auto method : {ObjectiveMethod::bfgs, ObjectiveMethod::dfp, ObjectiveMethod::broyden}) check(method, 6);
}

TEST_CASE("objective: limited memory that forgets nothing is BFGS", "[minimize][objective][truth]") {
  for (const int iterations : {1, 5, 20, 31}) {
    std::vector<double> dense = rosenbrock_start(10), limited = dense;
    ObjectiveOptions options{.method = ObjectiveMethod::bfgs, .max_iterations = iterations, .gradient_tolerance = 0.0};
    minimize_objective(rosenbrock, dense, options);
    // BFGS scales H once, by the first pair; with the newest pair's scaling L-BFGS would differ from the second on.
    options.method = ObjectiveMethod::lbfgs;
    options.memory = 40;
    options.scaling = InitialScaling::first;
    minimize_objective(rosenbrock, limited, options);
    INFO(iterations << " iterations");
    CHECK(distance(dense, limited) < 1e-6);
  }
}

TEST_CASE("objective: values and steps of every iteration fit together", "[minimize][objective]") {
  for (const ObjectiveMethod method : line_methods) {
    std::vector<ObjectiveIteration> seen;
    std::vector<double> x = rosenbrock_start(4);
    const auto keep = [&](const ObjectiveIteration& iteration) {
      seen.push_back(iteration);
      return true;
    };
    const ObjectiveSummary s = minimize_objective(rosenbrock, x, {.method = method, .callback = keep});
    INFO(name(method) << ": " << s);
    CHECK(s.converged());
    CHECK(s.gradient_max <= 1e-6);
    CHECK(distance(x, {1.0, 1.0, 1.0, 1.0}) < 1e-4);
    CHECK(s.final_value == rosenbrock(x, {}));
    CHECK(s.initial_value == rosenbrock(rosenbrock_start(4), {}));
    REQUIRE(static_cast<int>(seen.size()) == s.iterations + 1);
    CHECK(seen.back().evaluations == s.evaluations);
    for (std::size_t k = 1; k < seen.size(); ++k) {
      CHECK(seen[k].iteration == static_cast<int>(k));
      CHECK(seen[k].step > 0.0);
      if (method != ObjectiveMethod::barzilai_borwein) CHECK(seen[k].value <= seen[k - 1].value);
    }
  }
}

TEST_CASE("objective: limits, callbacks and stop functions end at the best point", "[minimize][objective]") {
  const auto solve = [](ObjectiveOptions options, ObjectiveStatus expected) {
    std::vector<double> x = rosenbrock_start(2);
    const ObjectiveSummary s = minimize_objective(rosenbrock, x, options);
    INFO(s);
    CHECK(s.status == expected);
    CHECK(s.final_value == rosenbrock(x, {}));
    CHECK(s.final_value <= s.initial_value);
    return s;
  };
  CHECK(solve({.max_iterations = 3}, ObjectiveStatus::max_iterations).iterations == 3);
  CHECK(solve({.max_iterations = 0}, ObjectiveStatus::max_iterations).evaluations == 1);
  CHECK(solve({.max_evaluations = 7}, ObjectiveStatus::max_evaluations).evaluations <= 8);
  solve({.time_limit = 0.0}, ObjectiveStatus::time_limit);
  CHECK(solve({.callback = [](const auto& i) { return i.iteration < 4; }}, ObjectiveStatus::user_stopped).iterations ==
        4);
  int asked = 0;
  solve({.stop = [&] { return ++asked > 9; }}, ObjectiveStatus::user_stopped);
  solve({.value_tolerance = 0.1}, ObjectiveStatus::value_converged);
  solve({.gradient_tolerance = 0.0}, ObjectiveStatus::value_converged);
  solve({.gradient_norm = GradientNorm::euclidean}, ObjectiveStatus::gradient_converged);
  solve({.gradient_norm = GradientNorm::relative}, ObjectiveStatus::gradient_converged);
}

TEST_CASE("objective: the best point is kept where values may rise", "[minimize][objective]") {
  // Fixed steps that are too long for the steep direction: values rise without end.
  std::vector<double> x = {1.0, 1e-6};
  const auto saddle = [](std::span<const double> at, std::span<double> gradient) {
    gradient[0] = 2.0 * at[0];
    gradient[1] = 200.0 * at[1];
    return at[0] * at[0] + 100.0 * at[1] * at[1];
  };
  double lowest = 1e300;
  const ObjectiveSummary s = minimize_objective(saddle, x,
                                                {.method = ObjectiveMethod::gradient_descent,
                                                 .line_search = {.first_step = 0.02},
                                                 .max_iterations = 60,
                                                 .callback = [&](const ObjectiveIteration& i) {
                                                   lowest = std::min(lowest, i.value);
                                                   return true;
                                                 }});
  CHECK(s.status == ObjectiveStatus::max_iterations);
  CHECK(s.final_value == lowest);
  std::vector<double> gradient(2);
  CHECK(saddle(x, gradient) == lowest);
  CHECK(s.gradient_max == Approx(std::max(std::abs(gradient[0]), std::abs(gradient[1]))));
}

TEST_CASE("objective: adapters differentiate", "[minimize][objective]") {
  const auto beale = [](const auto* x) {
    const auto a = 1.5 - x[0] * (1.0 - x[1]), b = 2.25 - x[0] * (1.0 - x[1] * x[1]);
    return a * a + b * b;
  };
  JetObjective by_jets(beale);
  DifferencedObjective by_differences([&](std::span<const double> x) { return beale(x.data()); });
  const std::vector<double> at = {1.3, -0.4};
  std::vector<double> exact(2), near(2);
  CHECK(by_jets(at, exact) == by_differences(at, near));
  CHECK(by_jets(at, {}) == by_differences(at, {}));
  for (std::size_t j = 0; j < 2; ++j) CHECK(near[j] == Approx(exact[j]).epsilon(1e-8));

  std::vector<double> x = {1.0, 1.0}, y = x;
  CHECK(minimize_objective(by_jets, x).final_value < 1e-10);
  CHECK(minimize_objective(by_differences, y).final_value < 1e-10);

  // More variables than one strip of jets.
  JetObjective strips([](const auto* z) {
    auto sum = z[0] * 0.0;
    for (int j = 0; j < 19; ++j) sum += (z[j] - j) * (z[j] - j);
    return sum;
  });
  std::vector<double> z(19, 0.5), slopes(19);
  strips(z, slopes);
  for (int j = 0; j < 19; ++j) CHECK(slopes[static_cast<std::size_t>(j)] == 2.0 * (0.5 - j));
}

TEST_CASE("objective: same bits for 1, 2 and 3 threads and from run to run", "[minimize][objective][threads]") {
  for (const ObjectiveMethod method : line_methods) {
    const bool dense = method >= ObjectiveMethod::bfgs;
    const std::size_t n = dense ? 150 : 20002;  // several chunks, and a tail that fills no pack
    const auto solve = [&](int threads) {
      std::vector<double> x = rosenbrock_start(n);
      for (std::size_t j = 0; j < n; ++j) x[j] += 1e-3 * static_cast<double>(j % 97);
      minimize_objective(rosenbrock, x, {.method = method, .threads = threads, .max_iterations = 6});
      return x;
    };
    const auto one = solve(1);
    for (const int threads : {1, 2, 3}) {
      INFO(name(method) << ", " << threads << " threads");
      CHECK(same_bits(solve(threads), one));
    }
  }
}

TEST_CASE("objective: options out of their range are named", "[minimize][objective][fault]") {
  std::vector<double> x = {1.0, 2.0};
  const auto complaint = [&](const ObjectiveOptions& options) {
    try {
      minimize_objective(rosenbrock, x, options);
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string("none");
  };
  CHECK_THAT(complaint({.memory = 0}), Catch::Contains("memory"));
  CHECK_THAT(complaint({.threads = 0}), Catch::Contains("threads"));
  CHECK_THAT(complaint({.gradient_tolerance = std::nan("")}), Catch::Contains("gradient_tolerance"));
  CHECK_THAT(complaint({.line_search = {.sufficient_decrease = 0.7}}), Catch::Contains("sufficient_decrease"));
  CHECK_THAT(complaint({.line_search = {.curvature = 1e-5}}), Catch::Contains("curvature"));
}

TEST_CASE("objective: every status and method has its name", "[minimize][objective]") {
  for (int k = 0; k <= static_cast<int>(ObjectiveStatus::line_search_failed); ++k) {
    const ObjectiveStatus status{k};
    CHECK(name(status) != "unknown");
    CHECK(sentence(status) != "unknown");
    CHECK(is_converged(status) == (sentence(status).find("converged") == 0));
    CHECK(is_failure(status) == (sentence(status).find("failed") == 0));
  }
  CHECK(name(ObjectiveMethod::lbfgs) == "lbfgs");
  CHECK(name(ObjectiveMethod::broyden) == "broyden");
  CHECK(name(LineSearchType::fixed) == "fixed");
}

TEST_CASE("objective: nothing to move, or nothing to do", "[minimize][objective]") {
  std::vector<double> none;
  CHECK(minimize_objective([](auto, auto) { return 3.0; }, none).final_value == 3.0);
  for (const ObjectiveMethod method : line_methods) {
    std::vector<double> x = {1.0, 1.0};
    const ObjectiveSummary s = minimize_objective(rosenbrock, x, {.method = method, .gradient_tolerance = 0.0});
    CHECK(s.status == ObjectiveStatus::gradient_converged);
    CHECK(s.evaluations == 1);
  }
}

TEST_CASE("objective: near a minimum slopes tell what values cannot", "[minimize][objective]") {
  // f is 1.5e4 there, and 1e-6 of gradient is 1e-13 of value: less than its rounding.
  const TestFunction& f = *find_test_function("logistic-regression");
  std::vector<double> x = f.start(30000 / scale);
  const ObjectiveSummary s = minimize_objective(f, x);
  INFO(s);
  CHECK(s.status == ObjectiveStatus::gradient_converged);
  CHECK(s.evaluations < 1.3 * s.iterations);
}
