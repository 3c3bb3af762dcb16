// SPDX-License-Identifier: Apache-2.0
// Typical sizes: steps of differences near 0.
#include <cmath>
#include <limits>

#include "heliotrope/problem/gradient_evaluator.hpp"
#include "problem/problems.hpp"

using namespace heliotrope;
using namespace heliotrope_test;

namespace {

constexpr double size = 1e-8;
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

/// a sin(x / 1e-8): differences take steps that suit 1e-8, or see noise.
template <class S>
struct Wave {
  S a;
  template <class T>
  void operator()(const T* x, T* r) const {
    using std::sin;
    r[0] = a * sin(x[0] * (1.0 / size)) + 0.5 * x[1];
  }
};
/// The same of the angle of a pose.
struct Turn {
  template <class T>
  void operator()(const T* pose, T* r) const {
    using std::sin;
    r[0] = sin(pose[2] * (1.0 / size)) + 0.5 * pose[0];
  }
};

/// The gradient of 1/2 r^2, and J, of residuals a sin(x / s) + y / 2 at x = 0, y = 1: r = 1/2 for each.
void check_wave(const Problem& problem, double tolerance) {
  const std::vector<double> J = dense(problem.evaluate({.jacobian = true}));
  REQUIRE(J.size() >= 2);
  CHECK(J[0] == Approx(1.0 / size).epsilon(tolerance));
  CHECK(J[1] == Approx(0.5).epsilon(tolerance));
  GradientEvaluator streamed(problem, {});
  std::vector<double> gradient(static_cast<std::size_t>(problem.num_columns()));
  streamed.evaluate(problem, problem.values(), gradient);
  check_near(gradient, problem.evaluate({.gradient = true}).gradient, 1e-12);
}

}  // namespace

TEST_CASE("typical: differences of typed residuals at 0 take steps for what is typical", "[problem]") {
  const auto kind = GENERATE(Derivatives::central, Derivatives::forward, Derivatives::coloured);
  Problem problem;
  const auto x = problem.add_variable({0.0, 1.0});
  problem.add_residuals<1>(std::vector<Wave<double>>(11, {1.0}), ResidualOptions{.derivatives = kind}, x);
  const std::vector<double> blind = dense(problem.evaluate({.jacobian = true}));
  CHECK(std::abs(blind[0] * size - 1.0) > 0.3);  // of a step for 1
  problem.set_typical(x, {size, 1.0});
  check_wave(problem, kind == Derivatives::forward ? 1e-6 : 1e-9);
  problem.clear_typical();
  CHECK(dense(problem.evaluate({.jacobian = true})) == blind);
}

TEST_CASE("typical: so do those of residuals of run-time sizes and of tangent directions", "[problem]") {
  Problem dynamic;
  const auto x = dynamic.add_variable({0.0, 1.0});
  const auto other = dynamic.add_variable({3.0});
  const std::vector<AnyVariable> variables{other, x};
  const auto wave = [](const double* const* v, double* r) { Wave<double>{v[0][0] / 3.0}(v[1], r); };
  dynamic.add_dynamic_residual(1, wave, variables);
  dynamic.set_typical(x, {size, 1.0});
  const std::vector<double> row = dense(dynamic.evaluate({.jacobian = true}));
  CHECK(row[0] == Approx(1.0 / size).epsilon(1e-9));  // columns are in order of addition
  CHECK(row[1] == Approx(0.5).epsilon(1e-9));

  Problem turned;
  const auto pose = turned.add_variable<SE2>({0.4, 0.0, 0.0});
  const auto kind = GENERATE(Derivatives::central, Derivatives::coloured);
  turned.add_residual<1>(Turn{}, ResidualOptions{.derivatives = kind}, pose);
  turned.set_typical(pose, {1.0, 1.0, size});
  const std::vector<double> J = dense(turned.evaluate({.jacobian = true}));
  CHECK(J[2] == Approx(1.0 / size).epsilon(1e-9));
  CHECK(J[0] == Approx(0.5).epsilon(1e-9));
}

TEST_CASE("typical: so do those of black boxes, by whatever coordinates", "[problem][function]") {
  const auto method = GENERATE(DifferenceMethod::central, DifferenceMethod::forward);
  const double tolerance = method == DifferenceMethod::central ? 1e-9 : 1e-6;
  const auto f = [](std::span<const double> x, std::span<double> r) { Wave<double>{1.0}(x.data(), r.data()); };
  SparsityPattern pattern;
  pattern.num_rows = 1, pattern.num_columns = 2;
  pattern.row_begin = {0, 2}, pattern.columns = {0, 1};
  Problem problem;
  const auto x = problem.add_variable({0.0, 1.0});
  problem.add_function(1, f, x, pattern, {.method = method});
  problem.set_typical(x, {size, 1.0});
  check_wave(problem, tolerance);

  const auto g = [](std::span<const double> v, std::span<double> r) { Turn{}(v.data(), r.data()); };
  SparsityPattern dense_row;
  dense_row.num_rows = 1, dense_row.num_columns = 3;
  dense_row.row_begin = {0, 3}, dense_row.columns = {0, 1, 2};
  Problem turned;
  const auto pose = turned.add_variable<SE2>({0.4, 0.0, 0.0});
  turned.add_function(1, g, pose, dense_row, {.method = method});
  turned.set_typical(pose, {1.0, 1.0, size});
  CHECK(dense(turned.evaluate({.jacobian = true}))[2] == Approx(1.0 / size).epsilon(tolerance));
}

TEST_CASE("typical: sizes are kept by copies and moves, and by variables added later", "[problem]") {
  Problem problem;
  const auto a = problem.add_variable({1.0, 2.0});
  CHECK(problem.typical(a).empty());
  problem.set_typical(a, 0.5);
  const auto b = problem.add_variable<SE3>({0, 0, 0, 0, 0, 0, 1});
  CHECK(problem.typical(b).empty());
  problem.set_typical(b, {1.0, 2.0, 3.0, 4.0, 5.0, 6.0});
  Problem copy = problem;
  copy.set_typical(a, {7.0, 8.0});
  CHECK(problem.typical(a) == std::vector<double>{0.5, 0.5});
  Problem moved = std::move(copy);
  CHECK(moved.typical(a) == std::vector<double>{7.0, 8.0});
  CHECK(moved.typical(b) == std::vector<double>{1.0, 2.0, 3.0, 4.0, 5.0, 6.0});
  CHECK(moved.num_columns() == 8);
  moved.clear_typical();
  CHECK(moved.typical(b).empty());
}

TEST_CASE("typical: sizes that are none are refused", "[problem][fault]") {
  Problem problem;
  const auto x = problem.add_variable({1.0, 2.0});
  const auto pose = problem.add_variable<SE3>({0, 0, 0, 0, 0, 0, 1});
  const double wrong = GENERATE(0.0, -1.0, not_a_number, std::numeric_limits<double>::infinity());
  CHECK_THROWS_WITH(problem.set_typical(x, {1.0, wrong}),
                    Catch::Contains("typical sizes of variable 0") && Catch::Contains("for coordinate 1, expected"));
  CHECK_THROWS_AS(problem.set_typical(x, wrong), Error);
  CHECK_THROWS_WITH(problem.set_typical(pose, {1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0}),
                    Catch::Contains("found 7, expected one for each of its 6 coordinates"));
  CHECK_THROWS_AS(problem.set_typical(AnyVariable(9), 1.0), Error);
  CHECK(problem.typical(x).empty());
}
