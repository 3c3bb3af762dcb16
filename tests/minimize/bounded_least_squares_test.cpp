// SPDX-License-Identifier: Apache-2.0
// Bounds of variables in least squares.
#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>
#include <vector>

#include "catch.hpp"
#include "heliotrope/heliotrope.hpp"

using namespace heliotrope;

namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();
constexpr double lowest = -0.5, highest = 0.7;
bool outside = false;  // whether a residual was evaluated where it may not be

/// Four numbers coupled by exponentials and distances.
struct Coupled {
  bool guarded = false;
  template <class T>
  void operator()(const T* x, T* r) const {
    using namespace heliotrope::math;
    for (int i = 0; i < 3; ++i) r[i] = exp(0.5 * x[i]) - 0.2 * x[i + 1] * x[i] + 0.3 * i - 1.5;
    r[3] = 2.0 * (x[0] - x[3]) + 1.0;
    r[4] = 0.1 * x[1] + x[2] - 2.0;
    for (int i = 0; i < 4 && guarded; ++i) {
      if constexpr (std::is_same_v<T, double>) outside |= !(x[i] >= lowest && x[i] <= highest);
    }
  }
};

Problem coupled(const std::vector<double>& start, bool guarded = false) {
  Problem problem;
  const auto x = problem.add_variable<Euclidean<4>>(std::span<const double>(start));
  problem.add_residual<5>(Coupled{guarded}, x);
  return problem;
}

/// The minimum within bounds by projected gradients with backtracking: slow and obvious.
double slow_minimum(Problem problem, const std::vector<double>& lower, const std::vector<double>& upper) {
  std::vector<double> x(problem.values().begin(), problem.values().end());
  const auto cost = [&](const std::vector<double>& at) {
    return problem.evaluate({.values = at, .residuals = false}).cost;
  };
  for (std::size_t j = 0; j < x.size(); ++j) x[j] = std::clamp(x[j], lower[j], upper[j]);
  for (int k = 0; k < 3000; ++k) {
    const Evaluation at = problem.evaluate({.values = x, .gradient = true});
    for (double t = 1.0; t > 1e-12; t *= 0.5) {
      std::vector<double> next = x;
      double slope = 0.0;
      for (std::size_t j = 0; j < x.size(); ++j) {
        next[j] = std::clamp(x[j] - t * at.gradient[j], lower[j], upper[j]);
        slope += at.gradient[j] * (next[j] - x[j]);
      }
      if (cost(next) > at.cost + 1e-4 * slope) continue;
      x = next;
      break;
    }
  }
  return cost(x);
}

/// max_j |P(x - g) - x|
double projected_gradient(const Problem& problem) {
  const Evaluation at = problem.evaluate({.gradient = true});
  double most = 0.0;
  for (std::int64_t v = 0, j = 0; v < problem.num_variables(); ++v) {
    const auto lower = problem.lower_bounds(AnyVariable(v)), upper = problem.upper_bounds(AnyVariable(v));
    for (std::size_t k = 0; k < lower.size(); ++k, ++j) {
      const double x = problem.values()[static_cast<std::size_t>(j)];
      most = std::max(most, std::abs(std::clamp(x - at.gradient[static_cast<std::size_t>(j)], lower[k], upper[k]) - x));
    }
  }
  return most;
}

bool is_within(const Problem& problem) {
  bool within = true;
  for (std::int64_t v = 0; v < problem.num_variables(); ++v) {
    const auto lower = problem.lower_bounds(AnyVariable(v)), upper = problem.upper_bounds(AnyVariable(v));
    const auto x = problem.value(AnyVariable(v));
    for (std::size_t k = 0; k < lower.size(); ++k) within = within && x[k] >= lower[k] && x[k] <= upper[k];
  }
  return within;
}

constexpr Method methods[] = {Method::levenberg_marquardt, Method::gauss_newton, Method::dogleg,
                              Method::subspace_dogleg};

}  // namespace

TEST_CASE("bounds: what is stated and refused", "[problem][bounded]") {
  Problem problem;
  const auto a = problem.add_variable({1.0, 2.0});
  const auto pose = problem.add_variable<SE3>({0, 0, 0, 0, 0, 0, 1});
  CHECK(!problem.has_bounds());
  CHECK(problem.lower_bounds(a) == std::vector<double>{-infinite, -infinite});
  problem.set_bounds(a, {0.0, -infinite}, {5.0, 3.0});
  CHECK(problem.has_bounds());
  CHECK(problem.lower_bounds(a) == std::vector<double>{0.0, -infinite});
  CHECK(problem.upper_bounds(a) == std::vector<double>{5.0, 3.0});
  CHECK(problem.upper_bounds(pose) == std::vector<double>(7, infinite));
  const auto b = problem.add_variable({3.0});  // added later: none
  CHECK(problem.lower_bounds(b) == std::vector<double>{-infinite});
  problem.set_bounds(b, -1.0, 1.0);
  const Problem copy = problem;
  CHECK(copy.upper_bounds(b) == std::vector<double>{1.0});
  CHECK_THROWS_AS(problem.set_bounds(pose, 0.0, 1.0), Error);
  CHECK_THROWS_AS(problem.set_bounds(a, {1.0, 0.0}, {0.5, 1.0}), Error);
  CHECK_THROWS_AS(problem.set_bounds(a, {std::nan(""), 0.0}, {0.5, 1.0}), Error);
  CHECK_THROWS_AS(problem.set_bounds(a, std::vector<double>{0.0}, std::vector<double>{1.0}), Error);
  CHECK_THROWS_AS(problem.set_bounds(b, infinite, infinite), Error);
  CHECK_THROWS_AS(problem.set_bounds(AnyVariable(7), 0.0, 1.0), Error);
  CHECK(problem.lower_bounds(a) == std::vector<double>{0.0, -infinite});
  problem.set_bounds(a, 1, -2.0, infinite);
  CHECK(problem.lower_bounds(a) == std::vector<double>{0.0, -2.0});
  CHECK(problem.upper_bounds(a) == std::vector<double>{5.0, infinite});
  CHECK_THROWS_WITH(problem.set_bounds(a, 2, 0.0, 1.0),
                    "bounds of variable 0: found number 2, expected one of its 2, counted from 0");
  problem.clear_bounds();
  CHECK(!problem.has_bounds());
  CHECK(copy.has_bounds());
}

TEST_CASE("bounds: every method and linear solver ends at the minimum of a slow method", "[minimize][bounded][truth]") {
  struct Box {
    std::vector<double> lower, upper;
  };
  const Box boxes[] = {{{-9, -9, -9, -9}, {9, 9, 9, 9}},      // nothing active
                       {{0, 0, 0, 0}, {0.4, 0.5, 0.6, 0.7}},  // several
                       {{-1, 0.3, -1, -1}, {1, 0.3, 1, 1}},   // one held
                       {{-infinite, -infinite, 1.5, -infinite}, {infinite, infinite, infinite, 0.9}}};
  for (const Box& box : boxes) {
    const Problem start = coupled({0.2, 0.4, 0.3, 0.1});
    const double slow = slow_minimum(start, box.lower, box.upper);
    for (const Method method : methods) {
      for (const auto linear : {LinearSolverType::dense_qr, LinearSolverType::dense_cholesky,
                                LinearSolverType::cholesky, LinearSolverType::eigen_cholesky}) {
        Problem problem = start;
        problem.set_bounds(AnyVariable(0), box.lower, box.upper);
        const Summary s = minimize(problem, {.method = method, .linear = linear});
        INFO(s.method << ", " << s.linear_solver << ": " << s);
        CHECK(s.converged());
        CHECK(s.final_cost <= slow * (1.0 + 1e-8) + 1e-14);
        CHECK(s.final_cost >= slow * (1.0 - 1e-5) - 1e-10);
        CHECK(projected_gradient(problem) <= 1e-5);
        CHECK(is_within(problem));
      }
    }
  }
}

TEST_CASE("bounds: nothing is evaluated outside, and a start outside is moved", "[minimize][bounded][fault]") {
  for (const Method method : methods) {
    Problem problem = coupled({3.0, -8.0, 0.1, highest}, true);
    problem.set_bounds(AnyVariable(0), lowest, highest);
    outside = false;
    double first = 0.0;
    const Summary s = minimize(problem, {.method = method, .callback = [&](const Iteration& i) {
                                           if (i.iteration == 0) first = i.cost;
                                           return true;
                                         }});
    INFO(s.method << ": " << s);
    CHECK(!outside);
    CHECK(std::isfinite(first));
    CHECK(s.final_cost <= first);
    CHECK(is_within(problem));
  }
}

TEST_CASE("bounds: differences of a black-box function stay within", "[minimize][bounded][fault]") {
  bool left = false;
  const auto f = [&left](std::span<const double> x, std::span<double> r) {
    for (double v : x) left |= !(v >= 0.0 && v <= 1.0);
    r[0] = std::sqrt(x[0]) + x[1] - 2.5;
    r[1] = x[1] * x[1] + x[0] - 0.2;
    r[2] = std::sqrt(1.0 - x[1]) + 0.1;
  };
  Problem problem;
  const auto x = problem.add_variable({0.0, 1.0});
  problem.set_bounds(x, 0.0, 1.0);
  problem.add_function(3, f, x, banded_pattern(3, 2, 2, 1));
  const Summary s = minimize(problem);
  INFO(s);
  CHECK(!left);
  CHECK(s.final_cost < s.initial_cost);
  problem.set_bounds(x, 0.25, 0.75);
  minimize(problem);
  CHECK(!left);
  CHECK(is_within(problem));
}

TEST_CASE("bounds: everything held, and held by a bound that is degenerate", "[minimize][bounded]") {
  Problem problem = coupled({0.2, 0.4, 0.3, 0.1});
  problem.set_bounds(AnyVariable(0), {0.2, 0.4, 0.3, 0.1}, {0.2, 0.4, 0.3, 0.1});
  const Summary s = minimize(problem);
  CHECK(s.status == Status::gradient_converged);
  CHECK(problem.values()[3] == 0.1);

  Problem line;  // the free minimum is on the bound: no gradient says that it is active
  const auto m = line.add_variable({5.0, 5.0});
  line.add_residuals<2>(
      columns(std::vector<double>{1.0}, std::vector<double>{0.0}),
      [](auto a, auto b, const auto* u, auto* r) {
        r[0] = u[0] - a;
        r[1] = u[1] + u[0] - a - b;
      },
      m);
  line.set_bounds(m, {1.0, 0.0}, {9.0, 9.0});
  CHECK(minimize(line).converged());
  CHECK(line.value(m)[0] == Approx(1.0));
  CHECK(line.value(m)[1] == Approx(0.0).margin(1e-9));
}

TEST_CASE("bounds: many small variables, the same bits for any number of threads", "[minimize][bounded][threads]") {
  // u'' by differences against a load, between obstacles: x_(j-1) - 2 x_j + x_(j+1) = load, a row a node.
  const auto solve = [](int threads, LinearSolverType linear) {
    constexpr int n = 300;
    Problem problem;
    const auto x = problem.add_variables<1>(std::vector<double>(n, 0.0));
    std::vector<int> left, middle, right;
    std::vector<double> load, none;
    for (int j = 1; j + 1 < n; ++j) {
      left.push_back(j - 1), middle.push_back(j), right.push_back(j + 1);
      load.push_back(0.01 * std::sin(0.05 * j));
    }
    problem.add_residuals<2>(
        columns(load),
        [](auto f, const auto* a, const auto* b, const auto* c, auto* r) {
          r[0] = a[0] - 2.0 * b[0] + c[0] - f;
          r[1] = 0.01 * b[0] * b[0];
        },
        x[left], x[middle], x[right]);
    for (int j = 0; j < n; ++j) problem.set_bounds(x[j], -0.5, j % 7 == 0 ? 0.2 : 1.0);
    const Summary s = minimize(problem, {.linear = linear, .threads = threads});
    CHECK(s.converged());
    CHECK(is_within(problem));
    CHECK(projected_gradient(problem) <= 1e-5);
    return std::vector<double>(problem.values().begin(), problem.values().end());
  };
  const std::vector<double> one = solve(1, LinearSolverType::automatic);
  CHECK(std::count(one.begin(), one.end(), -0.5) > 0);
  CHECK(std::count(one.begin(), one.end(), 0.2) > 0);
  CHECK(solve(3, LinearSolverType::automatic) == one);
}

TEST_CASE("bounds: columns of zeros get no step, with any linear solver", "[minimize][bounded][linear]") {
  for (const auto linear : {LinearSolverType::dense_qr, LinearSolverType::dense_cholesky, LinearSolverType::cholesky,
                            LinearSolverType::eigen_cholesky, LinearSolverType::conjugate_gradients}) {
    for (const Method method : methods) {
      Problem problem;
      const auto x = problem.add_variable({1.0, 4.0, 2.0});
      problem.add_residuals<2>(
          columns(std::vector<double>{3.0}),
          [](auto y, const auto* u, auto* r) {
            r[0] = u[0] * u[2] - y;
            r[1] = u[0] - 1.0 + 0.0 * u[1];
          },
          x);
      const Summary s = minimize(problem, {.method = method, .linear = linear});
      INFO(s.method << ", " << s.linear_solver << ": " << s);
      CHECK(s.converged());
      CHECK(problem.value(x)[1] == 4.0);
      CHECK(problem.value(x)[2] == Approx(3.0).epsilon(1e-6));
    }
  }
}

TEST_CASE("bounds: a held number stays where it is, within its bounds or not", "[minimize][bounded]") {
  Problem problem = coupled({0.2, 0.4, 0.3, 0.1});
  problem.set_bounds(AnyVariable(0), -0.1, 0.35);
  problem.hold(AnyVariable(0), 1);
  CHECK(minimize(problem).converged());
  CHECK(problem.values()[1] == 0.4);
  CHECK(problem.values()[0] <= 0.35);
  problem.let_go(AnyVariable(0), 1);
  CHECK(minimize(problem).converged());
  CHECK(problem.values()[1] <= 0.35);
}

TEST_CASE("bounds: set, changed and removed between solves", "[minimize][bounded]") {
  Problem problem = coupled({0.2, 0.4, 0.3, 0.1});
  const double free = minimize(problem).final_cost;
  problem.set_bounds(AnyVariable(0), lowest, 0.3);
  const double tight = minimize(problem).final_cost;
  CHECK(tight > free);
  CHECK(is_within(problem));
  problem.set_bounds(AnyVariable(0), lowest, 0.6);
  CHECK(minimize(problem).final_cost < tight);
  problem.clear_bounds();
  CHECK(minimize(problem).final_cost == Approx(free));
  problem.set_bounds(AnyVariable(0), lowest, 0.3);
  CHECK_THROWS_AS(minimize(problem, {.linear = LinearSolverType::schur_cholesky}), Error);
}

TEST_CASE("bounds: trial points where residuals are not finite are stepped back from", "[minimize][bounded][fault]") {
  const auto method = GENERATE(from_range(std::begin(methods), std::end(methods)));
  const double upper = GENERATE(2.0, 5.0);  // infinite at the bound, nan before it
  CAPTURE(static_cast<int>(method), upper);
  const auto cliff = [](auto floor, const auto* x, auto* r) {
    using namespace heliotrope::math;
    r[0] = log(2.0 - x[0]) + floor;
    r[1] = x[1] + 4.0;
  };
  Problem problem;
  const auto x = problem.add_variable({0.0, 1.0});
  problem.add_residuals<2>(columns(std::vector<double>{6.0}), cliff, x);
  problem.set_bounds(x, {-10.0, -3.0}, {upper, 3.0});
  const Summary summary = minimize(problem, {.method = method});
  CHECK(summary.converged());
  CHECK(2.0 - problem.value(x)[0] == Approx(std::exp(-6.0)).epsilon(1e-6));
  CHECK(problem.value(x)[1] == -3.0);
  CHECK(std::any_of(summary.iterations.begin(), summary.iterations.end(), [](const auto& i) { return !i.accepted; }));
}
