// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/problem/problem.hpp"

#include <sstream>

#include "problem/problems.hpp"

using namespace heliotrope;
using namespace heliotrope_test;

TEST_CASE("problem: variables single, in bulk, and of run-time size", "[problem]") {
  Problem problem;
  const auto a = problem.add_variable({1.0, 2.0});
  const auto pose = problem.add_variable<SE3>({1, 2, 3, 0, 0, 0, 1});
  const std::vector<double> many{1, 2, 3, 4, 5, 6};
  const auto points = problem.add_variables<3>(many);
  const auto longer = problem.add_variable(std::span<const double>(many).first(5));
  static_assert(std::is_same_v<decltype(a), const Variable<Euclidean<2>>>);
  CHECK(a.index() == 0);
  CHECK(points.size() == 2);
  CHECK(points[1].index() == 3);
  CHECK(longer.index() == 4);
  CHECK(problem.num_variables() == 5);
  CHECK(problem.num_values() == 2 + 7 + 6 + 5);
  CHECK(problem.num_columns() == 2 + 6 + 6 + 5);
  CHECK(problem.value(points[1])[0] == 4.0);
  CHECK(problem.values(points).size() == 6);
  CHECK(problem.value(pose)[6] == 1.0);
  std::ostringstream out;
  out << problem.value(a);
  CHECK(out.str() == "1 2");

  problem.set_value(a, {7.0, 8.0});
  CHECK(problem.value(a)[1] == 8.0);
  problem.fix(a);
  CHECK(problem.is_fixed(a));
  CHECK(problem.num_columns() == 17);
  problem.release(a);
  CHECK(problem.num_columns() == 19);
}

TEST_CASE("problem: a variable may start from the values of another one", "[problem]") {
  Problem problem;
  auto last = problem.add_variable({1.0, 2.0, 3.0});
  for (int i = 0; i < 100; ++i) {
    last = problem.add_variable<Euclidean<3>>(problem.value(last));
    REQUIRE(problem.value(last)[2] == 3.0);
  }
}

TEST_CASE("problem: misuse of variables is told", "[problem]") {
  Problem problem;
  const std::vector<double> five(5);
  CHECK_THROWS_WITH(problem.add_variables<3>(five), "a variable on Euclidean takes 3 numbers each; got 5 for 1");
  CHECK_THROWS_WITH(problem.add_variable(std::span<const double>{}), Catch::Contains("takes 0 numbers"));
  CHECK_THROWS_WITH(problem.value(AnyVariable(0)), "variable 0 is not one of the 0 variables of this problem");
  CHECK_THROWS_WITH(problem.fix(AnyVariable()), "variable -1 is not one of the 0 variables of this problem");
  const auto a = problem.add_variable({1.0, 2.0});
  CHECK_THROWS_WITH(problem.set_value(a, {1.0}), "variable 0 has 2 numbers; got 1");
  CHECK_THROWS_WITH(problem.set_values(five), "the problem has 2 numbers in all; got 5");
  CHECK_THROWS_WITH(problem.evaluate({.values = five}), "the problem has 2 numbers in all; got 5");
}

TEST_CASE("problem: misuse of residuals is told, and nothing is added", "[problem]") {
  Problem problem, other;
  const auto mc = problem.add_variable({0.0, 0.0});
  const auto data = samples<Exponential<double>>(3);
  const auto two = problem.add_variables<2>(std::vector<double>(4));
  const std::vector<int> indices{0, 1, 2};
  const std::vector<double> weights(7);

  CHECK_THROWS_WITH(problem.add_residuals<1>(data, two),
                    "a list of variables has another length than the 3 residuals added");
  CHECK_THROWS_WITH(problem.add_residuals<1>(data, two[std::span<const int>(indices)]),
                    "index 2 of residual 2 is outside the range of 2 variables");
  CHECK_THROWS_WITH(problem.add_residuals<1>(data, {.sqrt_information = weights}, mc),
                    "sqrt_information has 7 numbers; expected 1 for all residuals or as many for each of 3");
  CHECK_THROWS_WITH(problem.add_residuals<1>(data, Variable<Euclidean<2>>(9)),
                    "variable 9 is not one of the 3 variables of this problem");
  other.add_variable<SE2>({0, 0, 0});
  CHECK_THROWS_WITH(other.add_residuals<1>(data, mc),
                    Catch::Contains("variable 0 of this problem has") && Catch::Contains("another problem, says 2"));
  const auto writes = [](std::size_t count) {
    return [count](const double* x, double* r) {
      for (std::size_t i = 0; i < count; ++i) r[i] = x[i % 2];
    };
  };
  CHECK_THROWS_WITH(problem.add_residual<2>(writes(1), mc),
                    Catch::Contains("never writes residual 1 of the 2 declared"));
  CHECK_THROWS_WITH(problem.add_residual<2>(writes(3), mc), Catch::Contains("writes residual 2, past the 2 declared"));
  const auto reads = [](int number) {
    return [number](const double* a, const double* b, double* r) { r[0] = a[0] * b[number]; };
  };
  CHECK_NOTHROW(Problem(problem).add_residual<1>(reads(1), mc, mc));
  CHECK_THROWS_WITH(problem.add_residual<1>(reads(2), mc, mc),
                    Catch::Contains("reads number 2 of variable 1 of its residual, which has 2 (both counted from 0)"));
  CHECK_THROWS_WITH(problem.add_residual<1>(reads(9), mc, mc), Catch::Contains("reads number 9 of variable 1"));
  CHECK_THROWS_WITH(problem.add_residuals<1>(
                        columns(std::vector{1.0, 2.0}), [](auto x, const auto* a, auto* r) { r[0] = x * a[2]; }, mc),
                    Catch::Contains("reads number 2 of variable 0"));
  CHECK_THROWS_WITH(problem.add_residuals<1>(samples<DoubleExponential>(3), {.derivatives = Derivatives::autodiff}, mc),
                    Catch::Contains("DoubleExponential cannot be differentiated by jets"));
  CHECK_THROWS_WITH(problem.add_residuals<1>(data, {.derivatives = Derivatives::analytic}, mc),
                    Catch::Contains("cannot be differentiated by its own formula"));
  const std::vector<double> x{1, 2}, y{1, 2, 3};
  const auto line = [](auto a, auto b, const auto* p, auto* r) { r[0] = p[0] * a + p[1] - b; };
  CHECK_THROWS_WITH(problem.add_residuals<1>(columns(x, y), line, mc),
                    "columns of data have different lengths: 2 and 3");
  CHECK_THROWS_WITH(problem.add_residuals<1>(columns(x, x), line, {.derivatives = Derivatives::analytic}, mc),
                    Catch::Contains("cannot be differentiated by its own formula"));

  CHECK(problem.num_residual_blocks() == 0);
  CHECK(problem.evaluate({.gradient = true}).cost == 0.0);
}

TEST_CASE("problem: copies are independent, moves leave nothing behind", "[problem]") {
  Problem problem;
  const auto mc = problem.add_variable({0.1, 0.2});
  problem.add_residuals<1>(samples<Exponential<double>>(11), mc);
  problem.add_residuals<1>(samples<PlainExponential>(3), mc);
  const double cost = problem.evaluate().cost;

  Problem copy = problem;
  copy.set_value(mc, {0.5, 0.5});
  copy.add_residuals<1>(samples<Exponential<double>>(5), mc);
  CHECK(problem.evaluate().cost == cost);
  CHECK(copy.num_residual_blocks() == 19);
  CHECK(copy.evaluate().cost != cost);

  Problem moved = std::move(problem);
  CHECK(moved.evaluate().cost == cost);
  CHECK(problem.num_variables() == 0);  // NOLINT: moved from, and still a problem
  CHECK(problem.num_residual_blocks() == 0);
  problem = moved;
  CHECK(problem.evaluate().cost == cost);
  moved = std::move(copy);
  CHECK(moved.num_residual_blocks() == 19);
}

TEST_CASE("problem: a copy outlives its original, columns included", "[problem]") {
  const std::vector<double> x{1, 2, 3}, y{2, 4, 7};
  Problem copy;
  Variable<Euclidean<2>> p;
  for (int i = 0; i < 20; ++i) {
    Problem original = copy;
    if (i == 0) p = original.add_variable({1.0, 0.0});
    const double scale = i;
    original.add_residuals<1>(
        columns(x, y), [scale](auto a, auto b, const auto* q, auto* r) { r[0] = q[0] * a + q[1] - b + scale; }, p);
    copy = original;
  }
  CHECK(copy.num_residual_blocks() == 60);
  const auto residuals = copy.evaluate().residuals;
  for (std::size_t i = 0; i < 60; ++i) {
    CHECK(residuals[i] == x[i % 3] - y[i % 3] + static_cast<double>(i / 3));
  }
}

TEST_CASE("problem: an add call that fails leaves an evaluated problem as it was", "[problem][fault]") {
  Problem problem;
  const std::vector<double> starts{0.1, 0.2, 0.3, 0.4, 0.5, 0.6};
  const auto curves = problem.add_variables<2>(starts);
  problem.add_residual<1>(PlainExponential{1.0, 2.0}, curves[0]);
  const double cost = problem.evaluate().cost;
  const std::vector<Exponential<double>> data{{1, 2}, {2, 3}, {3, 4}};
  const std::vector<int> indices{0, 1, 7};
  CHECK_THROWS_WITH(problem.add_residuals<1>(data, curves[std::span<const int>(indices)]), Catch::Contains("index 7"));
  CHECK(problem.evaluate({.gradient = true, .jacobian = true}).cost == cost);
  CHECK(problem.num_residual_blocks() == 1);
}
