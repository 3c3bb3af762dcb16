// SPDX-License-Identifier: Apache-2.0
// Problem::compact: as if what was disabled had never been added.
#include <limits>
#include <optional>

#include "heliotrope/heliotrope.hpp"
#include "problem/count_allocations.hpp"
#include "problem/problems.hpp"

using namespace heliotrope;
using namespace heliotrope_test;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// b - a - d, the difference weighed by a power that all lanes of a block share.
template <class S>
struct Apart {
  S d;
  int power;
  template <class T>
  void operator()(const T* a, const T* b, T* r) const {
    T size = b[0] - a[0] - d;
    for (int i = 1; i < power; ++i) size = size * 1.5;
    r[0] = size, r[1] = b[1] - a[1] * a[0];
  }
};
/// One object a residual.
struct Pull {
  double to;
  void operator()(const double* a, double* r) const { r[0] = a[0] - to; }
};

/// Chains of points with every way of storing residuals; those whose number `keep` refuses are left out, or not added.
struct Chain {
  static constexpr int size = 60;
  Problem problem;
  std::vector<Variable<Euclidean<2>>> points;
  std::vector<Residuals> residuals;  ///< in order of addition; empty where left out by never being added
  std::optional<Variable<SE2>> pose, lone;

  template <class Keep>
  Chain(bool add_all, const Keep& keep) {
    const auto weights = [](int k) { return std::vector<double>{1.0 + 0.1 * k, 0.2, 0.0, 2.0}; };
    for (int i = 0; i < size; ++i) points.push_back(problem.add_variable({1.0 + 0.01 * i, 0.5 - 0.02 * i}));
    pose = problem.add_variable<SE2>({0.1, 0.2, 0.3});
    lone = problem.add_variable<SE2>({0.0, 0.0, 0.0});
    const auto add = [&](int k, const auto& make) { residuals.push_back(add_all || keep(k) ? make() : Residuals()); };
    for (int k = 0; k + 1 < size; ++k) {
      const auto a = points[static_cast<std::size_t>(k)], b = points[static_cast<std::size_t>(k) + 1];
      const auto w = weights(k % 3);
      const std::vector<AnyVariable> both{a, b};
      add(4 * k, [&] { return problem.add_residual<2>(Apart<double>{0.1, 1 + k % 3}, a, b); });
      add(4 * k + 1, [&] {
        return problem.add_residual<2>(Apart<double>{0.2, 2}, ResidualOptions{.sqrt_information = w, .name = "w"}, a,
                                       b);
      });
      add(4 * k + 2, [&] { return problem.add_residual<1>(Pull{0.01 * k}, a); });
      add(4 * k + 3, [&] {
        const double d = 0.03 * k;
        return problem.add_dynamic_residual(
            1, [d](const auto* const* x, auto* r) { r[0] = x[0][0] * x[1][1] - d; }, both);
      });
    }
    if (add_all) {
      for (std::size_t k = 0; k < residuals.size(); ++k) {
        if (!keep(static_cast<int>(k))) problem.disable(residuals[k]);
      }
    }
  }
};

void check_same(const Problem& found, const Problem& expected) {
  const EvaluationOptions all{.gradient = true, .jacobian = true};
  const Evaluation a = found.evaluate(all), b = expected.evaluate(all);
  CHECK(a.cost == b.cost);
  CHECK(a.residuals == b.residuals);
  CHECK(a.gradient == b.gradient);
  CHECK(a.jacobian.column == b.jacobian.column);
  CHECK(a.jacobian.value == b.jacobian.value);
}

std::vector<double> numbers(const Problem& problem) { return {problem.values().begin(), problem.values().end()}; }

}  // namespace

TEST_CASE("compact: what remains has the bits of a problem that never had the rest", "[problem]") {
  const auto keep = [](int k) { return k < 4 || (k % 7 != 2 && k % 5 != 0); };  // the first of each group stay
  Chain chain(true, keep), without(false, keep);
  const Renumbering now = chain.problem.compact();
  CHECK(chain.problem.num_variables() == without.problem.num_variables());  // each point is in something that counts
  check_same(chain.problem, without.problem);
  CHECK(minimize(chain.problem).final_cost == minimize(without.problem).final_cost);
  CHECK(numbers(chain.problem) == numbers(without.problem));
  for (std::size_t k = 0; k < chain.residuals.size(); ++k) {
    CHECK(now(chain.residuals[k]) == without.residuals[k]);  // empty ones are those that went
  }
  // New residuals go on where others ended, and old handles of what remains serve.
  for (Chain* c : {&chain, &without}) {
    c->problem.add_residual<2>(Apart<double>{0.7, 3}, c->points[3], c->points[9]);
    c->problem.add_residual<1>(Pull{0.7}, c->points[4]);
    c->problem.disable(c == &chain ? now(c->residuals[1]) : c->residuals[1]);
    const Apart<double> other{0.9, 1};
    c->problem.set_data(c == &chain ? now(c->residuals[12]) : c->residuals[12], std::span(&other, 1));
  }
  check_same(chain.problem, without.problem);
}

TEST_CASE("compact: variables that lost their residuals go, with all that is said of variables", "[problem]") {
  Chain chain(true, [](int k) { return k >= 4 * 20; });  // points 0 to 19 are in nothing that counts
  Problem& problem = chain.problem;
  problem.disable(chain.points[40]);  // goes with its residuals
  problem.fix(chain.points[25]);
  problem.hold(chain.points[26], 1);
  problem.set_bounds(chain.points[27], {0.0, -infinity}, {9.0, infinity});
  problem.set_typical(chain.points[28], {3.0, 4.0});
  std::vector<double> memory(4, 0.0);
  problem.attach(VariableRange(Variables<Euclidean<2>>(19, 2)), memory);  // of which the first goes
  const double cost = problem.evaluate().cost;
  const double at_30 = problem.value(chain.points[30])[0];

  const Renumbering now = problem.compact();
  CHECK(problem.evaluate().cost == cost);
  CHECK(problem.num_variables() == Chain::size - 21 + 2);
  CHECK(problem.num_values() == 2 * (Chain::size - 21) + 6);
  CHECK(now(chain.points[19]).index() == -1);
  CHECK(now(chain.points[20]).index() == 0);
  CHECK(now(AnyVariable(40)).index() == -1);
  CHECK(now(AnyVariable(41)).index() == 20);
  CHECK(problem.value(now(chain.points[30]))[0] == at_30);
  CHECK(problem.value(now(*chain.lone)).size() == 3);  // no residual ever named it: it stays
  const Variables<Euclidean<2>> range(15, 10);
  CHECK(now(range).first() == 0);
  CHECK(now(range).size() == 5);
  CHECK(now(VariableRange(Variables<Euclidean<2>>(0, 5))) == VariableRange());
  CHECK(problem.is_fixed(now(chain.points[25])));
  CHECK(problem.is_held(now(chain.points[26]), 1));
  CHECK_FALSE(problem.is_held(now(chain.points[27]), 1));
  CHECK(problem.upper_bounds(now(chain.points[27]))[0] == 9.0);
  CHECK(problem.typical(now(chain.points[28])) == std::vector<double>{3.0, 4.0});
  problem.write_attached();
  CHECK(memory == std::vector<double>{0.0, 0.0, problem.value(now(chain.points[20]))[0],
                                      problem.value(now(chain.points[20]))[1]});
  const Renumbering again = problem.compact();
  CHECK(again(now(chain.points[30])) == now(chain.points[30]));
  CHECK(problem.evaluate().cost == cost);
}

TEST_CASE("compact: black boxes, columns and terms stay what they are", "[problem][function]") {
  Problem problem;
  const auto first = problem.add_variable({1.0});
  const auto u = problem.add_variables<1>(std::vector<double>{0.1, 0.2, 0.3, 0.4});
  const std::vector<double> numbers_of_data{1.0, 2.0, 3.0};
  const auto data = columns(numbers_of_data);
  const auto square = [](auto d, const auto* x, auto* r) { r[0] = x[0] * x[0] - d; };
  const Residuals gone = problem.add_residuals<1>(data, square, first);
  const Residuals kept = problem.add_residuals<1>(data, square, u[1]);
  const auto f = [](const auto* x, auto* r) { r[0] = x[0] * x[1], r[1] = x[2] + 1.0; };  // u[3] is in no row
  problem.add_function(2, f, u);
  const Residuals other = problem.add_residual<1>(Pull{2.0}, u[3]);
  problem.disable(gone);
  problem.disable(other);
  problem.disable(kept[1]);
  const Evaluation before = problem.evaluate({.gradient = true});
  const Renumbering now = problem.compact();
  CHECK(problem.num_variables() == 4);
  CHECK(now(gone).size() == 0);
  CHECK(now(kept).size() == 2);
  const Evaluation after = problem.evaluate({.gradient = true});
  CHECK(after.cost == before.cost);
  CHECK(after.gradient == std::vector<double>(before.gradient.begin() + 1, before.gradient.end()));
  CHECK(minimize(problem).converged());

  Problem sums;
  const auto x = sums.add_variable({0.5, 1.0});
  const auto term = [](auto d, const auto* v, auto* value) { value[0] = d * v[0] * v[1]; };
  const Residuals terms = sums.add_terms(data, term, x);
  sums.disable(terms.subrange(0, 2));
  const double cost = sums.evaluate().cost;
  CHECK(cost == 1.5);
  sums.compact();
  CHECK(sums.num_terms() == 1);
  CHECK(sums.evaluate().cost == cost);
}

TEST_CASE("compact: all may go, nothing may, and handles of others are refused", "[problem][fault]") {
  Problem problem;
  const auto a = problem.add_variable({1.0, 2.0});
  const Residuals pulls = problem.add_residuals<1>(std::vector<Pull>(9, {0.5}), a);
  const Problem copy = problem;
  const auto structure = detail::ProblemAccess::structure(problem);
  const Renumbering same = problem.compact();
  CHECK(same(pulls) == pulls);
  CHECK(same(a) == a);
  CHECK(detail::ProblemAccess::structure(problem) == structure);  // nothing changed
  problem.disable(pulls);
  const Renumbering none = problem.compact();
  CHECK(problem.num_variables() == 0);
  CHECK(problem.num_residuals() == 0);
  CHECK(none(pulls).size() == 0);
  CHECK(none(a).index() == -1);
  CHECK(problem.evaluate().cost == 0.0);
  CHECK_THROWS_WITH(none(AnyVariable(1)), Catch::Contains("variable 1 was not one of the 1 variables"));
  CHECK_THROWS_WITH(none(Residuals(0, 5, 5)), Catch::Contains("a handle of 5 residuals is not one of"));
  CHECK_THROWS_AS(none(Residuals(7, 0, 1)), Error);
  CHECK(copy.num_residuals() == 9);
  CHECK(copy.evaluate().cost == Approx(9 * 0.125));
}

TEST_CASE("compact: a sliding window takes no more memory than its first positions", "[problem][storage]") {
  if (!allocations_are_counted()) return;
  constexpr int added = 2000, window = 3;
  const auto run = [](bool compact) {
    Problem problem;
    std::vector<Variables<Euclidean<2>>> frames;
    std::vector<std::int32_t> indices(added);
    for (int k = 0; k < added; ++k) indices[static_cast<std::size_t>(k)] = k;
    std::int64_t early = 0;
    const std::int64_t before = allocated_bytes();
    for (int frame = 0; frame < 20; ++frame) {
      frames.push_back(problem.add_variables<2>(std::vector<double>(2 * added, 1.0)));
      if (frame > 0) {
        problem.add_residuals<2>(std::vector<Apart<double>>(added, {0.1, 2}), frames[frames.size() - 2][indices],
                                 frames.back()[indices]);
      }
      if (frames.size() > window) {
        problem.disable(frames.front());
        frames.erase(frames.begin());
      }
      if (compact) {
        const Renumbering now = problem.compact();
        for (auto& f : frames) f = now(f);
      }
      if (frame == window + 1) early = allocated_bytes() - before;
    }
    return static_cast<double>(allocated_bytes() - before) / static_cast<double>(early);
  };
  CHECK(run(true) < 1.1);
  CHECK(run(false) > 3.0);
}
