// SPDX-License-Identifier: Apache-2.0
// What a solve says of the numbers to blame: those that nothing depends on, and those for which it failed.
#include <cmath>
#include <limits>
#include <sstream>

#include "catch.hpp"
#include "heliotrope/heliotrope.hpp"

using namespace heliotrope;
using Catch::Matchers::Contains;

namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

/// A line whose model has five numbers of which two are read, and a pose of which one direction is.
struct Line {
  double t, y;
  template <class T>
  void operator()(const T* x, const T* pose, T* r) const {
    r[0] = y - x[0] - x[1] * t;
    r[1] = pose[2] - 0.1;
  }
};
struct Fit {
  Problem problem;
  Variable<Euclidean<5>> x = problem.add_variable({1.0, 1.0, 7.0, 8.0, 9.0});
  Variable<SE2> pose = problem.add_variable<SE2>({0.0, 0.0, 0.5});
  Residuals lines = problem.add_residuals<2>(std::vector<Line>{{0, 1}, {1, 2.1}, {2, 2.9}}, x, pose);
};

std::string text(const Summary& summary) {
  std::ostringstream out;
  out << summary;
  return out.str();
}

/// Finite at 0 alone.
struct Spike {
  void operator()(const double* x, double* r) const { r[0] = x[0] == 0.0 ? 1.0 : not_a_number; }
  void jacobian(const double*, double* J) const { J[0] = 1.0; }
};

}  // namespace

TEST_CASE("without effect: numbers that no residual reads are told", "[minimize]") {
  const auto linear = GENERATE(LinearSolverType::dense_qr, LinearSolverType::cholesky, LinearSolverType::schur_dense,
                               LinearSolverType::streamed, LinearSolverType::conjugate_gradients);
  const auto method = GENERATE(Method::levenberg_marquardt, Method::gauss_newton);
  CAPTURE(static_cast<int>(linear));
  Fit fit;
  const Summary summary = minimize(fit.problem, {.method = method, .linear = linear});
  CHECK(summary.converged());
  CHECK(summary.num_without_effect == 5);
  const std::vector<Coordinate> expected{{0, 2}, {0, 3}, {0, 4}, {1, 0}, {1, 1}};
  CHECK(summary.without_effect == expected);
  CHECK(summary.note ==
        "nothing depends on number 2 of variable 0, number 3 of variable 0, number 4 of variable 0, "
        "direction 0 of variable 1 (SE2) and 1 more: their derivatives are all zero");
  CHECK_THAT(text(summary), Contains("nothing depends on number 2"));
  CHECK(fit.problem.value(fit.x)[4] == 9.0);
}

TEST_CASE("without effect: a number that moved to where nothing changes is not told", "[minimize]") {
  Problem problem;
  const auto x = problem.add_variable({1.0});
  const auto hinge = [](const auto* a, auto* r) {
    using namespace heliotrope::math;
    r[0] = select(a[0] > 0.5, a[0], 0.0 * a[0]);
  };
  problem.add_residual<1>(hinge, x);
  const Summary summary = minimize(problem);
  CHECK(problem.value(x)[0] < 0.5);
  CHECK(summary.num_without_effect == 0);
  CHECK(summary.note.empty());
}

TEST_CASE("without effect: what is meant to stay is not told", "[minimize]") {
  Fit fit;
  fit.problem.hold(fit.x, 2);
  fit.problem.hold(fit.x, 3);
  fit.problem.fix(fit.pose);
  const auto idle = fit.problem.add_variable({3.0});
  const auto out = fit.problem.add_variable<SE2>({1, 2, 3});
  const auto y = fit.problem.add_variable({0.0, 0.0, 0.0, 0.0, 0.0});
  fit.problem.disable(fit.problem.add_residual<2>(Line{0.0, 1.0}, fit.x, out));
  const Residuals more = fit.problem.add_residual<2>(Line{1.0, 1.0}, y, fit.pose);
  fit.problem.disable(y);
  const Summary summary = minimize(fit.problem);
  CHECK(summary.without_effect == std::vector<Coordinate>{{0, 4}, {idle.index(), 0}});
  CHECK(summary.note ==
        "nothing depends on number 4 of variable 0 and number 0 of variable 2: their derivatives are "
        "all zero");
  fit.problem.fix(idle);
  fit.problem.hold(fit.x, 4);
  Summary again = summary;
  minimize(fit.problem, {}, again);
  CHECK(again.num_without_effect == 0);
  CHECK(again.without_effect.empty());
  CHECK(again.note.empty());
  CHECK_THAT(text(again), !Contains("nothing depends"));
  CHECK_FALSE(fit.problem.is_enabled(more));
}

TEST_CASE("without effect: a number at its bound has an effect", "[minimize][bounded]") {
  Fit fit;
  fit.problem.fix(fit.pose);
  fit.problem.set_bounds(fit.x, {-infinite, 2.0, 0.0, 0.0, 9.0}, {infinite, 3.0, 9.0, 9.0, 9.0});
  const Summary summary = minimize(fit.problem);
  CHECK(fit.problem.value(fit.x)[1] == 2.0);
  CHECK(summary.without_effect == std::vector<Coordinate>{{0, 2}, {0, 3}, {0, 4}});
}

TEST_CASE("without effect: a failed solve names the residual of its last trial point", "[minimize][fault]") {
  const auto method = GENERATE(Method::levenberg_marquardt, Method::gauss_newton, Method::dogleg);
  Problem problem;
  problem.add_variable({3.0});
  const auto x = problem.add_variable({0.0});
  problem.add_residual<1>(Spike{}, ResidualOptions{.name = "spike"}, x);
  const Summary summary = minimize(problem, {.method = method});
  CHECK(summary.status == Status::linear_failure);
  CHECK_THAT(summary.message,
             Contains("(at the last trial point residual 0 of block 0 of type spike is nan; its variables are 1)"));
  CHECK(summary.without_effect == std::vector<Coordinate>{{0, 0}});
  CHECK(problem.value(x)[0] == 0.0);
}

TEST_CASE("without effect: a solve without a step tells how long columns are", "[minimize][fault]") {
  Problem problem;
  const auto x = problem.add_variable({0.0, 0.0});
  const auto tiny = [](auto s, const auto* v, auto* r) { r[0] = v[0] * 1e-160 + s, r[1] = v[1] * 2.0; };
  problem.add_residuals<2>(columns(std::vector<double>{1e153}), tiny, x);
  const Summary summary = minimize(problem, {.method = Method::gauss_newton});
  CHECK(summary.status == Status::linear_failure);
  CHECK_THAT(summary.message, Contains("the lengths of J's columns are from 1e-160 by number 0 of variable 0 to 2 by "
                                       "number 1 of variable 0"));
}

TEST_CASE("without effect: a derivative that is not finite at the start is named", "[minimize][fault]") {
  Problem problem;
  problem.add_variable({1.0});
  const auto x = problem.add_variable({2.0, 0.0});
  const auto root = [](auto s, const auto* v, auto* r) {
    using std::sqrt;
    r[0] = v[0] - s, r[1] = sqrt(v[1]) + v[0];
  };
  problem.add_residuals<2>(columns(std::vector<double>{1.0, 2.0}), root, ResidualOptions{.name = "root"}, x);
  const Summary summary = minimize(problem);
  CHECK(summary.status == Status::not_finite_at_start);
  CHECK_THAT(summary.message, Contains("(the derivative of residual 1 of block 0 of type root by number 1 of "
                                       "variable 1 is infinite)"));
}
