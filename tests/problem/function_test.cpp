// SPDX-License-Identifier: Apache-2.0
// Black-box functions among a problem's residuals, against the same residuals stated one by one.
#include <cmath>
#include <numeric>

#include "heliotrope/problem/evaluator.hpp"
#include "heliotrope/problem/se2.hpp"
#include "problem/problems.hpp"

using namespace heliotrope;
using namespace heliotrope_test;
using Catch::Matchers::Contains;

namespace {

/// Broyden's tridiagonal function; x[-1] = x[n] = 0.
struct Tridiagonal {
  std::int64_t n;
  template <class T>
  void operator()(const T* x, T* r) const {
    for (std::int64_t i = 0; i < n; ++i) {
      r[i] = (3.0 - 2.0 * x[i]) * x[i] + 1.0;
      if (i > 0) r[i] = r[i] - x[i - 1];
      if (i + 1 < n) r[i] = r[i] - 2.0 * x[i + 1];
    }
  }
};

/// A row of it between two others.
template <class S>
struct Row {
  S unused;
  template <class T>
  void operator()(const T* before, const T* at, const T* behind, T* r) const {
    r[0] = (3.0 - 2.0 * at[0]) * at[0] + 1.0 - before[0] - 2.0 * behind[0];
  }
};

/// Where points of the plane appear from a pose: two numbers each.
struct Sightings {
  int count;
  void operator()(std::span<const double> x, std::span<double> r) const {
    const double* const pose = x.data();
    for (int i = 0; i < count; ++i) {
      const double dx = x[3 + 2 * i] - pose[0], dy = x[4 + 2 * i] - pose[1];
      r[2 * i] = std::cos(pose[2]) * dx + std::sin(pose[2]) * dy - 0.1 * i;
      r[2 * i + 1] = -std::sin(pose[2]) * dx + std::cos(pose[2]) * dy - 0.3;
    }
  }
};
template <class S>
struct Sighting {
  S i;
  template <class T>
  void operator()(const T* pose, const T* point, T* r) const {
    using namespace heliotrope::math;
    const T dx = point[0] - pose[0], dy = point[1] - pose[1];
    r[0] = cos(pose[2]) * dx + sin(pose[2]) * dy - 0.1 * i;
    r[1] = -sin(pose[2]) * dx + cos(pose[2]) * dy - 0.3;
  }
};

std::vector<double> start(std::int64_t n) {
  std::vector<double> x;
  for (std::int64_t i = 0; i < n; ++i) x.push_back(-0.8 - 0.3 * std::sin(0.7 * static_cast<double>(i)));
  return x;
}

std::vector<double> to_dense(const Evaluation& e) {
  std::vector<double> a(e.residuals.size() * static_cast<std::size_t>(e.jacobian.num_columns), 0.0);
  for (std::size_t i = 0; i < e.residuals.size(); ++i) {
    for (std::int64_t k = e.jacobian.row_begin[i]; k < e.jacobian.row_begin[i + 1]; ++k) {
      a[i * static_cast<std::size_t>(e.jacobian.num_columns) +
        static_cast<std::size_t>(e.jacobian.column[static_cast<std::size_t>(k)])] +=
          e.jacobian.value[static_cast<std::size_t>(k)];
    }
  }
  return a;
}

void check_close(const std::vector<double>& a, const std::vector<double>& b, double tolerance) {
  REQUIRE(a.size() == b.size());
  double largest = 1.0, error = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    largest = std::max(largest, std::abs(b[i]));
    error = std::max(error, std::abs(a[i] - b[i]));
  }
  CHECK(error <= tolerance * largest);
}

void check_same_derivatives(const Problem& a, const Problem& b) {
  for (bool apply_loss : {false, true}) {
    const EvaluationOptions options{.apply_loss = apply_loss, .gradient = true, .jacobian = true};
    const Evaluation of_a = a.evaluate(options), of_b = b.evaluate(options);
    CHECK(of_a.cost == Approx(of_b.cost).epsilon(1e-14));
    check_close(of_a.residuals, of_b.residuals, 1e-8);
    check_close(to_dense(of_a), to_dense(of_b), 1e-8);
    check_close(of_a.gradient, of_b.gradient, 1e-8);
  }
}

}  // namespace

TEST_CASE("function: residuals and Jacobian are those of the rows one by one", "[problem][function][truth]") {
  constexpr std::int64_t n = 37;
  Problem whole, single;
  const auto x = whole.add_variables<1>(start(n)), y = single.add_variables<1>(start(n));
  const auto edge = single.add_variable({0.0});
  single.fix(edge);
  for (std::int64_t i = 0; i < n; ++i) {
    single.add_residual<1>(Row<double>{0.0}, {.loss = huber(1.0)}, i > 0 ? y[i - 1] : edge, y[i],
                           i + 1 < n ? y[i + 1] : edge);
  }
  const auto traced = [&] { whole.add_function(n, Tridiagonal{n}, x, {.loss = huber(1.0)}); };
  const auto probed = [&] {
    const auto f = [](std::span<const double> at, std::span<double> r) { Tridiagonal{n}(at.data(), r.data()); };
    whole.add_function(n, f, x, {.loss = huber(1.0)});
  };
  const auto given = [&] { whole.add_function(n, Tridiagonal{n}, x, tridiagonal(n), {.loss = huber(1.0)}); };
  SECTION("traced") { traced(); }
  SECTION("probed") { probed(); }
  SECTION("a stencil") { given(); }
  SECTION("fourth order") {
    whole.add_function(n, Tridiagonal{n}, x, {.loss = huber(1.0), .method = DifferenceMethod::fourth_order});
  }
  CHECK(whole.num_residuals() == n);
  check_same_derivatives(whole, single);

  whole.fix(x[5]), whole.fix(x[20]), single.fix(y[5]), single.fix(y[20]);
  check_same_derivatives(whole, single);
  const Problem copy = whole;
  whole.release(x[5]);
  check_same_derivatives(copy, single);
}

TEST_CASE("function: blocks of rows on manifolds, beside typed residuals", "[problem][function][truth]") {
  constexpr int count = 11;
  const bool function_first = GENERATE(false, true), fix_some = GENERATE(false, true);
  std::vector<double> points;
  std::vector<Sighting<double>> data;
  std::vector<int> all(count);
  std::iota(all.begin(), all.end(), 0);
  for (int i = 0; i < count; ++i) {
    points.insert(points.end(), {1.0 + i, 2.0 - 0.3 * i});
    data.push_back({static_cast<double>(i)});
  }
  const Loss loss = cauchy(0.5);
  Problem whole, single;
  for (Problem* problem : {&whole, &single}) {
    const auto other = problem->add_variable({0.4, 0.7});
    const auto pose = problem->add_variable<SE2>({0.5, -0.2, 3.0});
    const auto scene = problem->add_variables<2>(points);
    const auto add_typed = [&] { problem->add_residuals<1>(samples<Exponential<double>>(13), other); };
    if (!function_first) add_typed();
    if (problem == &whole) {
      problem->add_function(2 * count, Sightings{count}, {pose, scene},
                            {.loss = loss, .block_rows = 2, .name = "sightings"});
    } else {
      problem->add_residuals<2>(data, {.loss = loss}, pose, scene[all]);
    }
    if (function_first) add_typed();
    if (fix_some) problem->fix(scene[3]), problem->fix(scene[7]);
  }
  check_same_derivatives(whole, single);
  if (!fix_some) {
    whole.fix(whole.num_variables() > 1 ? AnyVariable(1) : AnyVariable(0)), single.fix(AnyVariable(1));
    check_same_derivatives(whole, single);
  }
}

TEST_CASE("function: rows of many shapes keep their order", "[problem][function][truth]") {
  // Row i sums the squares of x[0 .. i mod 5]: five shapes and one row that depends on nothing.
  constexpr std::int64_t m = 23;
  const auto f = [](const auto* x, auto* r) {
    for (std::int64_t i = 0; i < m; ++i) {
      r[i] = 0.0 * x[0] + static_cast<double>(i);
      for (std::int64_t j = 0; j < i % 5; ++j) r[i] = r[i] + x[j] * x[j];
    }
  };
  std::vector<std::int32_t> rows, columns;
  for (std::int32_t i = 0; i < m; ++i) {
    for (std::int32_t j = 0; j < i % 5; ++j) rows.push_back(i), columns.push_back(j);
  }
  Problem problem;
  const auto x = problem.add_variables<1>(std::vector<double>{1.0, 2.0, 3.0, 4.0, 5.0});
  problem.add_function(m, f, x, pattern_from_entries(m, 5, rows, columns));
  const Evaluation e = problem.evaluate({.jacobian = true});
  std::vector<double> r(m), expected(m * 5, 0.0);
  f(problem.values().data(), r.data());
  CHECK(e.residuals == r);
  for (std::size_t k = 0; k < rows.size(); ++k)
    expected[static_cast<std::size_t>(rows[k] * 5 + columns[k])] = 2.0 * (columns[k] + 1);
  check_close(to_dense(e), expected, 1e-9);
}

TEST_CASE("function: a colour is an evaluation, or two", "[problem][function]") {
  constexpr std::int64_t n = 1000;
  std::int64_t calls = 0;
  const auto f = [&calls](std::span<const double> x, std::span<double> r) {
    ++calls, Tridiagonal{n}(x.data(), r.data());
  };
  const auto evaluations = [&](const FunctionOptions& options) {
    Problem problem;
    problem.add_function(n, f, problem.add_variables<1>(start(n)), tridiagonal(n), options);
    Evaluator evaluator(problem, {});
    calls = 0;
    evaluator.cost(problem, problem.values());
    CHECK(calls == 1);
    evaluator.linearise(problem, problem.values());
    return calls - 1;
  };
  CHECK(evaluations({.method = DifferenceMethod::forward}) == 3);
  CHECK(evaluations({}) == 6);
  CHECK(evaluations({.method = DifferenceMethod::fourth_order}) == 12);
}

TEST_CASE("function: many points at once and several threads give the same bits", "[problem][function][threads]") {
  constexpr std::int64_t n = 400;
  const auto one = [](std::span<const double> x, std::span<double> r) { Tridiagonal{n}(x.data(), r.data()); };
  const auto many = [](int count, std::span<const double> xs, std::span<double> rs) {
    for (int k = 0; k < count; ++k) Tridiagonal{n}(xs.data() + k * n, rs.data() + k * n);
  };
  const auto jacobian = [&](const auto& f, bool concurrent, int threads) {
    Problem problem;
    problem.add_function(n, f, problem.add_variables<1>(start(n)), tridiagonal(n), {.concurrent = concurrent});
    return problem.evaluate({.jacobian = true, .threads = threads}).jacobian.value;
  };
  const auto expected = jacobian(one, false, 1);
  CHECK(jacobian(many, false, 1) == expected);
  CHECK(jacobian(one, true, 2) == expected);
  CHECK(jacobian(one, true, 3) == expected);
  CHECK(jacobian(many, true, 3) == expected);
}

TEST_CASE("function: misuse is told", "[problem][function][fault]") {
  Problem problem;
  const auto x = problem.add_variables<1>(start(6));
  const auto pose = problem.add_variable<SE2>({0.0, 0.0, 0.0});
  const auto f = [](std::span<const double> at, std::span<double> r) { Tridiagonal{6}(at.data(), r.data()); };
  const auto none = [](std::span<const double>, std::span<double>) {};
  const auto twice = [](const double*, double* r) { std::fill_n(r, 7, 1.0); };
  const SparsityPattern pattern = stencil_pattern(tridiagonal(6));
  CHECK_THROWS_WITH(problem.add_function(0, f, x, pattern), Contains("found 0 residuals"));
  CHECK_THROWS_WITH(problem.add_function(6, f, x, pattern, {.block_rows = 4}), Contains("blocks of 4"));
  CHECK_THROWS_WITH(problem.add_function(6, f, x, pattern, {.refresh = 0}), Contains("refresh is 0"));
  CHECK_THROWS_WITH(problem.add_function(6, f, x, tridiagonal(7)), Contains("7 x 7") && Contains("6 residuals x 6"));
  CHECK_THROWS_WITH(problem.add_function(6, none, x, pattern, {.name = "lazy"}),
                    Contains("function lazy never writes residual 0 of 6"));
  CHECK_THROWS_WITH(problem.add_function(6, twice, x, pattern), Contains("writes past its 6 residuals"));
  CHECK_THROWS_WITH(problem.add_function(6, f, {x, x[2]}, SparsityPattern(banded_pattern(6, 7, 1, 1))),
                    Contains("takes variable 2 twice"));
  CHECK_THROWS_WITH(problem.add_function(6, f, {x[0], x[1], x[2], pose}, pattern, {.refresh = 2}),
                    Contains("expected Euclidean"));
  CHECK_THROWS_WITH(problem.add_function(6, f, AnyVariable(99), pattern), Contains("variable 99"));
  CHECK_THROWS_WITH(problem.add_function(6, f, std::vector<VariableRange>{}, pattern), Contains("no variables"));
  const auto random = [state = 0.0](std::span<const double>, std::span<double> r) mutable { r[0] = state += 1.0; };
  static_assert(!detail::TakesSpans<decltype(random)>);  // it changes when it is called
  CHECK(problem.num_residuals() == 0);
  problem.add_function(6, f, x);
  CHECK(problem.num_residuals() == 6);
}

TEST_CASE("function: a residual that is not finite is named", "[problem][function][fault]") {
  Problem problem;
  const auto x = problem.add_variables<1>(std::vector<double>{1.0, -1.0, 2.0});
  const auto root = [](const auto* at, auto* r) {
    using namespace heliotrope::math;
    for (int i = 0; i < 3; ++i) r[i] = sqrt(at[i]);
  };
  problem.add_function(3, root, x, {.name = "roots"});
  Evaluator evaluator(problem, {});
  CHECK(!std::isfinite(evaluator.linearise(problem, problem.values())));
  CHECK_THAT(evaluator.find_non_finite(problem, problem.values()),
             Contains("block 1 of function roots is nan; its variables are 1"));
  problem.set_value(x[1], {4.0});
  evaluator.linearise(problem, problem.values());
  CHECK(evaluator.jacobian().parts[0].jacobian[1] == Approx(0.25));
}

TEST_CASE("derivatives: coloured differences of the whole are central differences to the bit", "[problem][truth]") {
  std::vector<double> points;
  std::vector<Sighting<double>> data;
  std::vector<int> poses, places;
  for (int i = 0; i < 60; ++i) {
    points.insert(points.end(), {1.0 + 0.1 * i, 2.0 - 0.3 * i});
    data.push_back({static_cast<double>(i % 7)});
    poses.push_back(i % 4), places.push_back((i * 7) % 60);
  }
  Problem problem;
  const auto pose = problem.add_variables<SE2>(std::vector<double>{0, 0, 0, 1, 2, 0.5, 2, 3, -3, 0.1, 0.2, 0.3});
  const auto scene = problem.add_variables<2>(points);
  const double weight[] = {2.0, 0.5, 0.0, 1.5};
  const bool weighted = GENERATE(false, true);  // differences of weighted residuals, weighted differences of residuals
  const auto weights = weighted ? std::span<const double>(weight) : std::span<const double>();
  problem.add_residuals<2>(data, {.loss = huber(0.5), .sqrt_information = weights}, pose[poses], scene[places]);
  problem.add_residuals<1>(samples<DoubleExponential>(9), scene[4]);
  problem.fix(pose[0]), problem.fix(scene[9]);
  const auto jacobian = [&](Derivatives derivatives, int threads) {
    const Evaluation e = problem.evaluate({.jacobian = true, .derivatives = derivatives, .threads = threads});
    return e.jacobian.value;
  };
  const auto coloured = jacobian(Derivatives::coloured, 1);
  check_close(coloured, jacobian(Derivatives::central, 1), weighted ? 1e-9 : 1e-15);
  CHECK(jacobian(Derivatives::coloured, 3) == coloured);
}
