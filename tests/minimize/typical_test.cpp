// SPDX-License-Identifier: Apache-2.0
// Typical sizes in a solve: units of variables do not matter.
#include <cmath>

#include "catch.hpp"
#include "heliotrope/heliotrope.hpp"
#include "heliotrope/problem/problem_access.hpp"

using namespace heliotrope;

namespace {

/// y - (h exp(-k t) + k) with (h, k) = unit b.
template <class S>
struct Decay {
  S t, y, unit;
  template <class T>
  void operator()(const T* b, T* r) const {
    using std::exp;
    const T height = b[0] * unit, rate = b[1] * unit;
    r[0] = y - (height * exp(-rate * t) + rate);
  }
};

/// A fit that starts with a number at 0, in units that make its numbers `s` times as large; typical sizes are s.
Problem decay(double s, Derivatives derivatives, Variable<Euclidean<2>>& b) {
  std::vector<Decay<double>> data;
  for (int i = 0; i < 17; ++i) {
    const double t = 0.1 * i;
    data.push_back({t, 2.0 * std::exp(-0.8 * t) + 0.8 + 0.01 * std::sin(5.0 * i), 1.0 / s});
  }
  Problem problem;
  b = problem.add_variable({0.5 * s, 0.0});
  problem.add_residuals<1>(data, ResidualOptions{.derivatives = derivatives}, b);
  problem.set_typical(b, s);
  return problem;
}

}  // namespace

TEST_CASE("typical: scaling numbers and their typical sizes alike gives the same iterates", "[minimize]") {
  const auto method = GENERATE(Method::levenberg_marquardt, Method::gauss_newton, Method::dogleg);
  const auto derivatives = GENERATE(Derivatives::autodiff, Derivatives::central);
  const double s = GENERATE(0x1p-30, 0x1p40);  // so that scaling rounds nothing
  CAPTURE(static_cast<int>(method), static_cast<int>(derivatives), s);
  Variable<Euclidean<2>> b;
  Problem one = decay(1.0, derivatives, b), scaled = decay(s, derivatives, b);
  const MinimizeOptions options{.method = method, .linear = LinearSolverType::dense_qr};
  const Summary expected = minimize(one, options), found = minimize(scaled, options);
  CHECK(expected.converged());
  CHECK(expected.final_cost < 0.01);
  CHECK(found.status == expected.status);
  REQUIRE(found.iterations.size() == expected.iterations.size());
  for (std::size_t i = 0; i < found.iterations.size(); ++i) {
    CHECK(found.iterations[i].cost == Approx(expected.iterations[i].cost).epsilon(1e-9));
    CHECK(found.iterations[i].step_norm ==
          Approx(s * expected.iterations[i].step_norm).epsilon(1e-6).margin(s * 1e-13));
  }
  for (std::size_t j = 0; j < 2; ++j) CHECK(scaled.value(b)[j] == Approx(s * one.value(b)[j]).epsilon(1e-8));
}

TEST_CASE("typical: a step is small beside what is typical, number by number", "[minimize]") {
  const auto iterations = [](double typical) {
    Problem problem;
    const auto x = problem.add_variable({0.0, 1e6});
    const auto pull = [](auto t, const auto* v, auto* r) { r[0] = (v[0] - t) * 1e3, r[1] = v[1] - 1e6 + v[0]; };
    problem.add_residuals<2>(columns(std::vector<double>{1.0}), pull, x);
    if (typical > 0.0) problem.set_typical(x, {typical, 1.0});
    const Summary summary =
        minimize(problem, {.cost_tolerance = 0.0, .gradient_tolerance = 0.0, .step_tolerance = 1e-3});
    CHECK(summary.status == Status::step_converged);
    return std::ssize(summary.iterations) - 1;
  };
  // A step of 1 from 0: small beside a million, the other number of the variable, but not beside 1.
  CHECK(iterations(0.0) == 1);
  CHECK(iterations(1e4) == 1);
  CHECK(iterations(0.1) > 1);
}

TEST_CASE("typical: setting sizes analyses nothing anew", "[minimize]") {
  Variable<Euclidean<2>> b;
  Problem problem = decay(1.0, Derivatives::autodiff, b);
  minimize(problem);
  const auto structure = detail::ProblemAccess::structure(problem);
  const auto* const cache = detail::ProblemAccess::cache(problem).get();
  problem.set_typical(b, {3.0, 4.0});
  problem.set_value(b, {0.5, 0.0});
  CHECK(minimize(problem).converged());
  CHECK(detail::ProblemAccess::structure(problem) == structure);
  CHECK(detail::ProblemAccess::cache(problem).get() == cache);
}

TEST_CASE("typical: a number at 0 is not left for a far plateau", "[minimize]") {
  // r = 50 - x / (1 + x^2): the step from 0 is 50 long.
  const auto first_step = [](double typical) {
    Problem problem;
    const auto x = problem.add_variable({0.0});
    const auto flat = [](auto t, const auto* v, auto* r) { r[0] = t - v[0] / (1.0 + v[0] * v[0]); };
    problem.add_residuals<1>(columns(std::vector<double>{50.0}), flat, x);
    if (typical > 0.0) problem.set_typical(x, typical);
    double step = 0.0;
    minimize(problem, {.callback = [&](const Iteration& i) {
               if (i.iteration == 1) step = i.step_norm;
               return i.iteration < 1;
             }});
    return step;
  };
  CHECK(first_step(0.0) > 10.0);
  CHECK(first_step(0.5) <= 1.5 * (1.0 + 1e-12));
}
