// SPDX-License-Identifier: Apache-2.0
// The ways in which residuals enter a problem, and that all of them mean the same.
#include "heliotrope/problem/residual_group.hpp"

#include <array>

#include "problem/problems.hpp"

using namespace heliotrope;
using namespace heliotrope_test;

namespace {

const EvaluationOptions everything{.gradient = true, .jacobian = true};

template <class R>
Evaluation evaluate_exponentials(int count, Derivatives derivatives = Derivatives::automatic) {
  Problem problem;
  const auto mc = problem.add_variable({0.3, 0.1});
  problem.add_residuals<1>(samples<R>(count), {.derivatives = derivatives}, mc);
  return problem.evaluate(everything);
}

void check_agreement(const Evaluation& a, const Evaluation& b, double tolerance) {
  CHECK(a.cost == Approx(b.cost).epsilon(1e-13));
  check_near(a.residuals, b.residuals, 1e-13);
  check_near(a.gradient, b.gradient, tolerance);
  check_near(dense(a), dense(b), tolerance);
}

}  // namespace

TEST_CASE("residuals: every kind of type and every derivative agree, whatever the count", "[problem][residuals]") {
  for (int count : {1, 2, 7, 8, 9, 15, 16, 17, 63, 65, 300}) {
    INFO(count << " residuals");
    const Evaluation truth = evaluate_exponentials<PlainExponential>(count, Derivatives::autodiff);
    REQUIRE(truth.residuals.size() == static_cast<std::size_t>(count));
    check_agreement(evaluate_exponentials<Exponential<double>>(count), truth, 1e-13);
    check_agreement(evaluate_exponentials<Exponential<double>>(count, Derivatives::complex_step), truth, 1e-13);
    check_agreement(evaluate_exponentials<Exponential<double>>(count, Derivatives::central), truth, 1e-8);
    check_agreement(evaluate_exponentials<Exponential<double>>(count, Derivatives::forward), truth, 1e-5);
    check_agreement(evaluate_exponentials<PlainExponential>(count, Derivatives::complex_step), truth, 1e-13);
    check_agreement(evaluate_exponentials<PlainExponential>(count, Derivatives::central), truth, 1e-8);
    check_agreement(evaluate_exponentials<DoubleExponential>(count), truth, 1e-8);
    check_agreement(evaluate_exponentials<DoubleExponential>(count, Derivatives::forward), truth, 1e-5);
    check_agreement(evaluate_exponentials<AnalyticExponential<double>>(count), truth, 1e-13);
    check_agreement(evaluate_exponentials<AnalyticExponential<double>>(count, Derivatives::autodiff), truth, 1e-13);
  }
}

TEST_CASE("residuals: by span, one at a time and by columns", "[problem][residuals]") {
  const auto data = samples<Exponential<double>>(21);
  Problem spans, singly, by_columns;
  const auto a = spans.add_variable({0.3, 0.1});
  singly.add_variable({0.3, 0.1});
  by_columns.add_variable({0.3, 0.1});
  spans.add_residuals<1>(std::span(data).first(5), a);
  spans.add_residuals<1>(std::span(data).subspan(5), a);
  for (const auto& d : data) singly.add_residual<1>(d, a);
  std::vector<double> x, y;
  for (const auto& d : data) x.push_back(d.x), y.push_back(d.y);
  by_columns.add_residuals<1>(
      columns(x, y),
      [](auto px, auto py, const auto* mc, auto* r) {
        using std::exp;
        r[0] = py - exp(mc[0] * px + mc[1]);
      },
      a);
  const Evaluation truth = spans.evaluate(everything);
  check_agreement(singly.evaluate(everything), truth, 1e-14);
  check_agreement(by_columns.evaluate(everything), truth, 1e-14);
}

namespace {
struct Difference {
  static constexpr int residuals = 2;
  void operator()(const double* p, const double* q, double* r) const { r[0] = p[0] - q[0], r[1] = p[1] - q[1]; }
};
}  // namespace

TEST_CASE("residuals: lists of variables, ranges indexed, and one for each", "[problem][residuals]") {
  Problem problem;
  const auto points = problem.add_variables<2>(std::vector<double>{0, 0, 1, 10, 2, 20, 3, 30});
  const std::vector<Difference> data(3);
  const std::vector<std::uint32_t> from{0, 1, 2}, to{3, 3, 0};
  const std::vector<Variable<Euclidean<2>>> list{points[1], points[2], points[3]};
  problem.add_residuals(data, points[std::span<const std::uint32_t>(from)], points[std::span<const std::uint32_t>(to)]);
  problem.add_residuals(data, list, points[0]);
  const std::vector<double> expected{-3, -30, -2, -20, 2, 20, 1, 10, 2, 20, 3, 30};
  CHECK(problem.evaluate().residuals == expected);
  CHECK(problem.num_residuals() == 12);
  const auto three = problem.add_variables<2>(std::vector<double>(6, 1.0));
  problem.add_residuals(data, three, points[0]);
  CHECK(problem.evaluate().residuals[12] == 1.0);
}

TEST_CASE("residuals: loss, name and weights part groups, equal options join them", "[problem][residuals]") {
  Problem problem;
  const auto mc = problem.add_variable({0.3, 0.1});
  const auto data = samples<Exponential<double>>(3);
  for (int i = 0; i < 2; ++i) {
    problem.add_residuals<1>(data, mc);
    problem.add_residuals<1>(data, {.loss = huber(0.1)}, mc);
    problem.add_residuals<1>(data, {.name = "second"}, mc);
  }
  CHECK(detail::ProblemAccess::groups(problem).size() == 3);
  CHECK(detail::ProblemAccess::groups(problem)[2].name == "second");
  CHECK(problem.num_residual_blocks() == 18);
}

TEST_CASE("residuals: set_data replaces the data and nothing else", "[problem][residuals]") {
  Problem problem, fresh;
  const auto mc = problem.add_variable({0.3, 0.1});
  fresh.add_variable({0.3, 0.1});
  const auto data = samples<Exponential<double>>(13);
  auto changed = data;
  for (auto& d : changed) d.x += 0.25, d.y -= 1.0;
  problem.add_residuals<1>(data, mc);
  problem.add_residuals<1>(samples<PlainExponential>(3), mc);
  problem.evaluate();
  problem.set_data(std::span<const Exponential<double>>(changed));
  problem.set_data(std::span<const PlainExponential>(std::vector<PlainExponential>(3, {1.0, 2.0})));
  fresh.add_residuals<1>(changed, mc);
  fresh.add_residuals<1>(std::vector<PlainExponential>(3, {1.0, 2.0}), mc);
  check_agreement(problem.evaluate(everything), fresh.evaluate(everything), 0.0);
  CHECK_THROWS_WITH(problem.set_data(std::span<const Exponential<double>>(data).first(4)),
                    Catch::Contains("set_data got 4 residuals") && Catch::Contains("the problem has 13"));
}

namespace {
/// One residual of a group of several variables: more columns than a strip of jets.
template <int N>
struct Wide {
  template <class T>
  void operator()(const T* x, const T* y, T* r) const {
    using std::sin;
    r[0] = T(0.0), r[1] = T(1.0);
    for (int i = 0; i < N; ++i) {
      r[0] += sin(x[i]) * y[N - 1 - i];
      r[1] += x[i] * y[i] * (0.1 * (i + 1));
    }
  }
};
template <int N>
void check_wide() {
  Problem problem;
  std::vector<double> values;
  for (int i = 0; i < 2 * N; ++i) values.push_back(std::cos(1.0 + i));
  const auto v = problem.add_variables<N>(values);
  problem.add_residual<2>(Wide<N>{}, v[0], v[1]);
  const auto jets = dense(problem.evaluate(everything));
  CHECK(jets.size() == 4 * N);
  CHECK(jets[2 * N - 1] == Approx(std::sin(values[0])));
  check_near(jets, dense(problem.evaluate({.jacobian = true, .derivatives = Derivatives::complex_step})), 1e-14);
}
}  // namespace

TEST_CASE("residuals: more columns than jets have lanes", "[problem][residuals]") {
  check_wide<17>();
  check_wide<40>();
}

TEST_CASE("residuals: a variable that one residual takes twice", "[problem][residuals]") {
  Problem problem;
  const auto x = problem.add_variable({3.0});
  const auto y = problem.add_variable({5.0});
  const auto product = [](const auto* a, const auto* b, auto* r) { r[0] = a[0] * b[0]; };
  problem.add_residual<1>(product, x, x);
  problem.add_residual<1>(product, x, y);
  const Evaluation e = problem.evaluate(everything);
  CHECK(dense(e) == std::vector<double>{6.0, 0.0, 5.0, 3.0});
  CHECK(e.jacobian.column.size() == 3);
  CHECK(e.gradient == std::vector<double>{9 * 6.0 + 15 * 5.0, 15 * 3.0});
}
