// SPDX-License-Identifier: Apache-2.0
#include "minimize/residual_curvature.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "catch.hpp"
#include "heliotrope/minimize/minimize.hpp"
#include "heliotrope/problem/problem.hpp"

using namespace heliotrope;
using heliotrope::detail::ResidualCurvature;

namespace {

/// [More1981, 16]: residuals stay large at the minimum.
template <class S>
struct BrownDennis {
  S t;
  template <class T>
  void operator()(const T* x, T* r) const {
    using std::exp, std::sin, std::cos;
    const T a = x[0] + t * x[1] - exp(t), b = x[2] + x[3] * sin(t) - cos(t);
    r[0] = a * a + b * b;
  }
};

Problem brown_dennis() {
  std::vector<BrownDennis<double>> samples;
  for (int i = 1; i <= 20; ++i) samples.push_back({0.2 * i});
  Problem problem;
  problem.add_residuals<1>(samples, problem.add_variable({25.0, 5.0, -5.0, -1.0}));
  return problem;
}

constexpr LinearSolverType solver = LinearSolverType::dense_qr;

/// Solves from the usual start: the point, and a cost an iteration.
std::vector<double> path(Problem& problem, const MinimizeOptions& options) {
  const std::vector<double> start = {25.0, 5.0, -5.0, -1.0};
  if (options.resume == nullptr) problem.set_value(AnyVariable(0), start);
  const Summary summary = minimize(problem, options);
  std::vector<double> result(problem.values().begin(), problem.values().end());
  for (const Iteration& one : summary.iterations) result.push_back(one.cost);
  return result;
}

}  // namespace

TEST_CASE("residual curvature: a solve that used it goes on with the same bits", "[minimize]") {
  std::vector<Checkpoint> all;
  Problem through = brown_dennis();
  MinimizeOptions options{.linear = solver, .checkpoint_seconds = 0.0};
  options.checkpoint = [&](const Checkpoint& one) { all.push_back(one); };
  const std::vector<double> expected = path(through, options);
  const auto learnt = [](const Checkpoint& one) { return one.model.size() == 6; };
  const auto used = [&](const Checkpoint& one) { return learnt(one) && one.model[1] == 1.0; };
  CHECK(std::any_of(all.begin(), all.end(), used));
  options.checkpoint = {};
  for (const Checkpoint& one : all) {
    Problem again = brown_dennis();
    options.resume = &one;
    CHECK(path(again, options) == expected);
  }
  const auto last = std::find_if(all.begin(), all.end(), learnt);
  REQUIRE(last != all.end());
  Checkpoint broken = *last;
  broken.model.pop_back();
  Problem again = brown_dennis();
  options.resume = &broken;
  CHECK_THROWS_WITH(minimize(again, options), "the checkpoint has 5 numbers of the model; expected 1 or 6");
}

TEST_CASE("residual curvature: solves by other methods leave nothing of it behind", "[minimize]") {
  const MinimizeOptions damped{.linear = solver}, undamped{.method = Method::gauss_newton, .linear = solver};
  Problem fresh = brown_dennis(), other = brown_dennis(), mixed = brown_dennis();
  const std::vector<double> by_damped = path(fresh, damped), by_undamped = path(other, undamped);
  CHECK(path(mixed, damped) == by_damped);
  CHECK(path(mixed, undamped) == by_undamped);
  CHECK(path(mixed, damped) == by_damped);
  Problem reverse = brown_dennis();
  CHECK(path(reverse, undamped) == by_undamped);
  CHECK(path(reverse, damped) == by_damped);
}

TEST_CASE("residual curvature: learnt where J'J promises too much, used where it tells better", "[minimize]") {
  // f = g's + 1/2 s'(J'J + S) s with S = diag(4, 0, -1)
  const std::vector<double> step = {0.5, 2.0, 1.0}, expected = {1.0, 2.0, 3.0}, gradient = {3.0, 2.0, 2.0};
  const std::vector<double> scale = {1.0, 2.0, 3.0};
  ResidualCurvature s;
  s.resize(3);
  CHECK_FALSE(s.change());
  CHECK_FALSE(s.leave(step, 1.0, 0.95));  // a good model: nothing to learn
  REQUIRE(s.leave(step, 1.0, 0.5));
  s.arrive(step, expected, gradient, scale);
  CHECK(s[0] == 0.0);  // learnt, not used

  CHECK(s.leave(step, 1.0, 0.6));  // with S the promise is 0.5, without 1
  CHECK(s[0] == 4.0);
  CHECK(s[1] == 0.0);
  CHECK(s[2] == 0.0);  // never negative

  CHECK(s.leave(step, 0.5, 0.8));  // in use, 0.5 with S and 1 without
  CHECK(s[0] == 0.0);
  REQUIRE(s.change());
  CHECK(s[0] == 4.0);

  std::vector<double> saved;
  s.save(saved);
  ResidualCurvature again;
  again.resize(3);
  CHECK(again.restore(saved));
  CHECK(again[0] == 4.0);

  ResidualCurvature other;
  other.resize(2);
  CHECK_FALSE(other.restore(saved));

  s.reset();
  CHECK(s[0] == 0.0);
  CHECK_FALSE(s.change());
  saved.clear();
  s.save(saved);
  CHECK(saved.empty());
}

TEST_CASE("residual curvature: what is not finite and steps of zero teach nothing", "[minimize][fault]") {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<double> step = {0.0, 1.0, 1.0}, expected = {0.0, 0.0, 0.0}, gradient = {1.0, nan, 2.0};
  const std::vector<double> scale = {1.0, 2.0, 3.0};
  ResidualCurvature s;
  s.resize(3);
  REQUIRE(s.leave(step, 1.0, nan));
  s.arrive(step, expected, gradient, scale);
  REQUIRE(s.change());
  CHECK(s[0] == 0.0);
  CHECK(s[1] == 0.0);
  CHECK(s[2] == 2.0);

  ResidualCurvature none;
  CHECK_FALSE(none.leave(step, 1.0, 0.1));
  CHECK(none[2] == 0.0);
}
