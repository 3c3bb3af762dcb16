// SPDX-License-Identifier: Apache-2.0
// Changes between solves that keep the structure.
#include <limits>

#include "heliotrope/problem/gradient_evaluator.hpp"
#include "heliotrope/problem/problem.hpp"
#include "problem/problems.hpp"

using namespace heliotrope;
using namespace heliotrope_test;

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

/// 1/2 |r|^2 and J'r by hand, of the residuals whose index is kept.
struct Sums {
  double cost = 0.0;
  std::vector<double> gradient = std::vector<double>(2);
};
template <class Keep>
Sums sums(const std::vector<Exponential<double>>& data, const double* mc, const Keep& keep) {
  Sums sums;
  for (std::size_t k = 0; k < data.size(); ++k) {
    if (!keep(k)) continue;
    const double e = std::exp(mc[0] * data[k].x + mc[1]), r = data[k].y - e;
    sums.cost += 0.5 * r * r;
    sums.gradient[0] -= r * e * data[k].x;
    sums.gradient[1] -= r * e;
  }
  return sums;
}

void check_sums(const Problem& problem, const Sums& expected) {
  const Evaluation e = problem.evaluate({.gradient = true});
  CHECK(e.cost == Approx(expected.cost));
  check_near(e.gradient, expected.gradient, 1e-12);
  GradientEvaluator streamed(problem, {});
  std::vector<double> gradient(2);
  CHECK(streamed.evaluate(problem, problem.values(), gradient) == Approx(expected.cost));
  check_near(gradient, expected.gradient, 1e-12);
}

}  // namespace

TEST_CASE("changes: handles name the residuals that a call added", "[problem]") {
  Problem problem;
  const auto mc = problem.add_variable({0.5, 0.1});
  const auto data = samples<Exponential<double>>(13);
  const Residuals first = problem.add_residuals<1>(data, mc);
  const Residuals second = problem.add_residual<1>(data[0], mc);
  CHECK(first.size() == 13);
  CHECK(second.size() == 1);
  CHECK(second.group() == first.group());
  CHECK(second.first() == 13);
  CHECK(first[4] == first.subrange(4, 1));
  CHECK_THROWS_WITH(first[13], "residuals 13 to 14 are not among the 13 of this handle");
  CHECK(problem.add_residuals<1>(std::vector<Exponential<double>>(), mc).size() == 0);
}

TEST_CASE("changes: what is disabled does not count, whatever it evaluates to", "[problem]") {
  Problem problem;
  const double start[] = {0.5, 0.1};
  const auto mc = problem.add_variable({0.5, 0.1});
  auto data = samples<Exponential<double>>(21);
  const Residuals all = problem.add_residuals<1>(data, mc);
  data[3].y = data[17].x = not_a_number;
  problem.set_data(all, std::span<const Exponential<double>>(data));
  CHECK_FALSE(std::isfinite(problem.evaluate().cost));

  problem.disable(all[3]);
  problem.disable(all.subrange(16, 3));
  const auto keep = [](std::size_t k) { return k != 3 && (k < 16 || k > 18); };
  check_sums(problem, sums(data, start, keep));
  CHECK_FALSE(problem.is_enabled(all));
  CHECK(problem.is_enabled(all[4]));
  CHECK(problem.num_residual_blocks() == 17);
  const Evaluation e = problem.evaluate({.jacobian = true});
  CHECK(e.residuals.size() == 17);
  CHECK(e.jacobian.row_begin.size() == 18);
  CHECK(e.residuals[3] == Approx(data[4].y - std::exp(0.5 * data[4].x + 0.1)));

  const Problem copy = problem;
  problem.enable(all.subrange(16, 1));
  check_sums(problem, sums(data, start, [&](std::size_t k) { return keep(k) || k == 16; }));
  check_sums(copy, sums(data, start, keep));
}

TEST_CASE("changes: a variable takes its residuals with it", "[problem]") {
  Problem problem;
  const auto x = problem.add_variables<1>(std::vector<double>{1.0, 2.0, 3.0});
  const auto difference = [](auto d, const auto* a, const auto* b, auto* r) { r[0] = b[0] - a[0] - d; };
  const std::vector<int> from{0, 1, 0}, to{1, 2, 2};
  const Residuals edges =
      problem.add_residuals<1>(columns(std::vector<double>{0.0, 0.0, 0.0}), difference, x[from], x[to]);
  CHECK(problem.evaluate().cost == 0.5 * (1.0 + 1.0 + 4.0));
  problem.disable(x[2]);
  CHECK(problem.evaluate().cost == 0.5);
  CHECK_FALSE(problem.is_enabled(x[2]));
  problem.disable(x[0]);
  CHECK(problem.num_residuals() == 0);
  problem.disable(edges[0]);
  problem.enable(x);
  CHECK(problem.evaluate().cost == 0.5 * (1.0 + 4.0));  // what was disabled by itself stays so
  problem.enable(edges);
  CHECK(problem.evaluate().cost == 3.0);
}

TEST_CASE("changes: held coordinates have columns of zeros", "[problem]") {
  Problem problem;
  const auto mc = problem.add_variable({0.5, 0.1});
  const auto data = samples<Exponential<double>>(11);
  problem.add_residuals<1>(data, mc);
  const Evaluation free = problem.evaluate({.gradient = true, .jacobian = true});
  problem.hold(mc, 1);
  CHECK(problem.is_held(mc, 1));
  CHECK_FALSE(problem.is_held(mc, 0));
  const Evaluation held = problem.evaluate({.gradient = true, .jacobian = true});
  CHECK(held.gradient[0] == free.gradient[0]);
  CHECK(held.gradient[1] == 0.0);
  const auto with = dense(held), without = dense(free);
  for (std::size_t k = 0; k < 11; ++k) {
    CHECK(with[2 * k] == without[2 * k]);
    CHECK(with[2 * k + 1] == 0.0);
  }
  std::vector<double> gradient(2);
  GradientEvaluator(problem, {}).evaluate(problem, problem.values(), gradient);
  check_near(gradient, held.gradient, 1e-14);
  problem.let_go(mc, 1);
  CHECK(problem.evaluate({.gradient = true}).gradient == free.gradient);
  CHECK_THROWS_WITH(problem.hold(mc, 2), "variable 0 has no coordinate 2; it has 2");
}

TEST_CASE("changes: attached memory is read and written", "[problem]") {
  Problem problem;
  const auto a = problem.add_variables<2>(std::vector<double>(8));
  const auto b = problem.add_variable({0.0});
  std::vector<double> memory{1, 2, 3, 4, 5, 6, 7, 8};
  double single = 9.0;
  problem.attach(a, memory);
  problem.attach(b, std::span(&single, 1));
  problem.read_attached();
  CHECK(problem.value(a[3])[1] == 8.0);
  CHECK(problem.value(b)[0] == 9.0);

  problem.detach(a[1]);
  memory = {11, 12, 13, 14, 15, 16, 17, 18};
  problem.read_attached();
  CHECK(std::vector<double>(problem.values().begin(), problem.values().end()) ==
        std::vector<double>{11, 12, 3, 4, 15, 16, 17, 18, 9});
  problem.set_value(a[2], {-1.0, -2.0});
  problem.set_value(a[1], {0.0, 0.0});
  problem.write_attached();
  CHECK(memory == std::vector<double>{11, 12, 13, 14, -1, -2, 17, 18});
  CHECK_THROWS_WITH(problem.attach(a, std::span(&single, 1)), "attached variables have 8 numbers; the memory has 1");
}

TEST_CASE("changes: misuse is told", "[problem]") {
  Problem problem;
  const auto mc = problem.add_variable({0.5, 0.1});
  const auto data = samples<Exponential<double>>(3);
  const Residuals some = problem.add_residuals<1>(data, mc);
  CHECK_THROWS_WITH(problem.disable(Residuals(1, 0, 1)), "a handle of 1 residuals is not one of this problem");
  CHECK_THROWS_WITH(problem.disable(Residuals(0, 1, 3)), "a handle of 3 residuals is not one of this problem");
  CHECK_THROWS_WITH(problem.disable(AnyVariable(1)), "variable 1 is not one of the 1 variables of this problem");
  CHECK_THROWS_WITH(problem.set_data(some, std::span(data).first(2)), Catch::Contains("for 3 residuals"));
  const std::vector<PlainExponential> other(3);
  CHECK_THROWS_WITH(problem.set_data(some, std::span<const PlainExponential>(other)),
                    Catch::Contains("set_data got data of type"));
  const auto terms = problem.add_terms(std::vector{[](const auto* x, auto* f) { f[0] = x[0]; }}, mc);
  CHECK_THROWS_WITH(problem.set_loss(terms, huber(1)), "terms have no loss");
}
