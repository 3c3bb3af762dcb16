// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/minimize/small_problem.hpp"

#include "catch.hpp"
#include "heliotrope/heliotrope.hpp"
#include "minimize/small_problems.hpp"

using namespace heliotrope;
using namespace heliotrope_test;

namespace {

struct Rosenbrock {
  static constexpr int residuals = 2;
  template <class T>
  void operator()(const T* x, T* r) const {
    r[0] = 10.0 * (x[1] - x[0] * x[0]);
    r[1] = 1.0 - x[0];
  }
};

struct WithJacobian : Rosenbrock {
  void jacobian(const double* x, double* J) const {
    J[0] = -20.0 * x[0], J[1] = 10.0;
    J[2] = -1.0, J[3] = 0.0;
  }
};

struct WithBoth : Rosenbrock {
  void jacobian(const double* x, double* r, double* J) const {
    (*this)(x, r);
    WithJacobian{}.jacobian(x, J);
  }
};

/// A line through at most 8 points.
struct Line {
  static constexpr int residuals = 8;
  int count = 0;
  std::array<double, 8> t{}, y{};
  int num_residuals() const { return count; }
  template <class T>
  void operator()(const T* x, T* r) const {
    for (std::size_t m = 0; m < static_cast<std::size_t>(count); ++m) r[m] = x[0] + x[1] * t[m] - y[m];
  }
};

/// Finite only left of 2, where its minimum is not far.
struct Cliff {
  static constexpr int residuals = 1;
  template <class T>
  void operator()(const T* x, T* r) const {
    using namespace heliotrope::math;
    r[0] = log(2.0 - x[0]) + 6.0;
  }
};

/// The derivative at zero is infinite, the value is not.
struct Cusp {
  static constexpr int residuals = 1;
  template <class T>
  void operator()(const T* x, T* r) const {
    using namespace heliotrope::math;
    r[0] = sqrt(x[0]) + 1.0;
  }
};

/// Two directions that a rotation takes to what was seen of them.
struct Seen {
  static constexpr int residuals = 6;
  std::array<double, 6> before, after;
  template <class T>
  void operator()(const T* q, T* r) const {
    for (std::size_t k = 0; k < 2; ++k) {
      T turned[3];
      rotate(q, before.data() + 3 * k, turned);
      for (std::size_t i = 0; i < 3; ++i) r[3 * k + i] = turned[i] - after[3 * k + i];
    }
  }
  /// q = (w, x, y, z), of length 1.
  template <class T>
  static void rotate(const T* q, const double* v, T* y) {
    const T s = 2.0 * (q[1] * v[0] + q[2] * v[1] + q[3] * v[2]), w2 = 2.0 * q[0];
    const T c = q[0] * q[0] - q[1] * q[1] - q[2] * q[2] - q[3] * q[3];
    y[0] = c * v[0] + s * q[1] + w2 * (q[2] * v[2] - q[3] * v[1]);
    y[1] = c * v[1] + s * q[2] + w2 * (q[3] * v[0] - q[1] * v[2]);
    y[2] = c * v[2] + s * q[3] + w2 * (q[1] * v[1] - q[2] * v[0]);
  }
};

constexpr SmallOptions tight{.cost_tolerance = 1e-14};

}  // namespace

TEST_CASE("small: Rosenbrock is solved by jets and by the functor's own jacobian alike", "[minimize][small]") {
  const auto solve = [](const auto& functor) {
    std::array<double, 2> x{-1.2, 1.0};
    const SmallSummary summary = minimize_small(functor, x, {.cost_threshold = 1e-28});
    CHECK(summary.converged());
    CHECK(summary.initial_cost == Approx(12.1));
    CHECK(x[0] == Approx(1.0).margin(1e-10));
    CHECK(x[1] == Approx(1.0).margin(1e-10));
    return summary.iterations;
  };
  const int by_jets = solve(Rosenbrock{});
  CHECK(by_jets < 40);
  CHECK(solve(WithJacobian{}) == by_jets);
  CHECK(solve(WithBoth{}) == by_jets);
}

TEST_CASE("small: answers are those of minimize", "[minimize][small]") {
  const Circles circles(20);
  for (std::size_t i = 0; i < circles.problems.size(); ++i) {
    Problem problem;
    const auto circle = problem.add_variable<Euclidean<3>>(std::span<const double>(circles.starts[i]));
    std::vector<CirclePoint<double>> points;
    for (std::size_t m = 0; m < 6; ++m) points.push_back({circles.problems[i].u[m], circles.problems[i].v[m]});
    problem.add_residuals<1>(points, circle);
    const Summary large = minimize(problem, {.cost_tolerance = 1e-14});

    std::array<double, 3> x = circles.starts[i];
    const SmallSummary summary = minimize_small(circles.problems[i], x, tight);
    CHECK(summary.converged());
    CHECK(summary.initial_cost == Approx(large.initial_cost).epsilon(1e-13));
    CHECK(summary.final_cost == Approx(large.final_cost).epsilon(1e-10));
    CHECK(summary.gradient_max < 1e-6);
    for (std::size_t k = 0; k < 3; ++k) CHECK(x[k] == Approx(problem.values()[k]).margin(1e-6));
  }
}

TEST_CASE("small: the number of residuals may be known at run time alone", "[minimize][small]") {
  Line line{.count = 5};
  for (std::size_t m = 0; m < 8; ++m) {
    line.t[m] = static_cast<double>(m);
    line.y[m] = m < 5 ? 3.0 - 2.0 * line.t[m] : 1e300;  // never looked at
  }
  std::array<double, 2> x{0.0, 0.0};
  const SmallSummary summary = minimize_small(line, x);
  CHECK(summary.converged());
  CHECK(x[0] == Approx(3.0).epsilon(1e-9));
  CHECK(x[1] == Approx(-2.0).epsilon(1e-9));
}

TEST_CASE("small: steps stay on a manifold", "[minimize][small]") {
  const std::array<double, 4> truth{0.5, -0.5, 0.5, 0.5};
  Seen seen{.before = {1.0, 0.2, 0.0, -0.3, 1.0, 0.5}, .after = {}};
  for (std::size_t k = 0; k < 2; ++k) Seen::rotate(truth.data(), seen.before.data() + 3 * k, seen.after.data() + 3 * k);
  std::array<double, 4> q{1.0, 0.0, 0.0, 0.0};
  const SmallSummary summary = minimize_small_on<UnitQuaternion>(seen, q, {.cost_threshold = 1e-25});
  CHECK(summary.converged());
  CHECK(summary.final_cost < 1e-20);
  const double sign = q[0] > 0.0 ? 1.0 : -1.0;
  for (std::size_t k = 0; k < 4; ++k) CHECK(sign * q[k] == Approx(truth[k]).margin(1e-8));
}

TEST_CASE("small: what is not finite is a rejected step, or a status at the start", "[minimize][small][fault]") {
  std::array<double, 1> x{0.0};
  SmallSummary summary = minimize_small(Cliff{}, x);
  CHECK(summary.converged());
  CHECK(x[0] == Approx(2.0 - std::exp(-6.0)).epsilon(1e-9));

  x = {3.0};
  summary = minimize_small(Cliff{}, x);
  CHECK(summary.status == Status::not_finite_at_start);
  CHECK(summary.iterations == 0);
  CHECK(x[0] == 3.0);
  CHECK(!std::isfinite(summary.final_cost));

  x = {0.0};
  CHECK(minimize_small(Cusp{}, x).status == Status::not_finite_at_start);
  x = {1.0};
  summary = minimize_small(Cusp{}, x);
  CHECK(is_failure(summary.status) == false);
  CHECK(summary.final_cost < summary.initial_cost);
  CHECK(std::isfinite(x[0]));
}

TEST_CASE("small: limits are kept", "[minimize][small]") {
  std::array<double, 2> x{-1.2, 1.0};
  SmallSummary summary = minimize_small(Rosenbrock{}, x, {.max_iterations = 3});
  CHECK(summary.status == Status::max_iterations);
  CHECK(summary.iterations == 3);
  CHECK(summary.final_cost < summary.initial_cost);

  x = {-1.2, 1.0};
  summary = minimize_small(Rosenbrock{}, x, {.cost_threshold = 1.0});
  CHECK(summary.status == Status::cost_converged);
  CHECK(summary.final_cost <= 1.0);

  x = {1.0, 1.0};
  summary = minimize_small(Rosenbrock{}, x);
  CHECK(summary.status == Status::gradient_converged);  // no residual is orthogonal to everything
  CHECK(summary.iterations == 0);
}
