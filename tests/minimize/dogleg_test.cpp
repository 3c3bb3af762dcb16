// SPDX-License-Identifier: Apache-2.0
// Steps in the plane of the gradient and Gauss-Newton's, against searches over the plane; the methods; non-monotone
// acceptance.
#include <Eigen/Cholesky>
#include <cmath>
#include <random>
#include <vector>

#include "catch.hpp"
#include "heliotrope/heliotrope.hpp"
#include "minimize/nonmonotone.hpp"
#include "minimize/step_strategy.hpp"

using namespace heliotrope;

namespace {

struct Plane {
  Eigen::MatrixXd J;
  Eigen::VectorXd g, D, v, n;
  detail::PlaneModel model;

  Plane(int rows, int columns, unsigned seed) {
    std::mt19937 random(seed);
    std::normal_distribution<double> normal;
    J = Eigen::MatrixXd::NullaryExpr(rows, columns, [&] { return normal(random); });
    J.col(0) *= 100.0;
    const Eigen::VectorXd r = Eigen::VectorXd::NullaryExpr(rows, [&] { return normal(random); });
    g = J.transpose() * r;
    D = (J.transpose() * J).diagonal();
    v = -(g.array() / D.array()).matrix();
    n = -(J.transpose() * J).ldlt().solve(g);
    const auto dot = [&](const Eigen::VectorXd& a, const Eigen::VectorXd& b) {
      return (a.array() * D.array() * b.array()).sum();
    };
    model = {dot(v, v),          dot(v, n),
             dot(n, n),          g.dot(v),
             g.dot(n),           (J * v).squaredNorm(),
             (J * v).dot(J * n), (J * n).squaredNorm()};
  }
  double value(const Eigen::VectorXd& s) const { return g.dot(s) + 0.5 * (J * s).squaredNorm(); }
  double norm(const Eigen::VectorXd& s) const { return std::sqrt((s.array().square() * D.array()).sum()); }
  Eigen::VectorXd step(const detail::Combination& c) const { return c.v * v + c.n * n; }
};

template <class S>
struct Rosenbrock {
  S scale;
  template <class T>
  void operator()(const T* x, T* r) const {
    r[0] = scale * (x[1] - x[0] * x[0]);
    r[1] = 1.0 - x[0];
  }
};

Problem rosenbrock(double scale = 10.0) {
  Problem problem;
  const auto x = problem.add_variable({-1.2, 1.0});
  problem.add_residual<2>(Rosenbrock<double>{scale}, x);
  return problem;
}

}  // namespace

TEST_CASE("dogleg: the step is the last point of Powell's path within the region", "[minimize][dogleg][truth]") {
  for (unsigned seed = 0; seed < 20; ++seed) {
    const Plane plane(8, 4, seed);
    const double far = plane.norm(plane.n);
    const Eigen::VectorXd cauchy = -plane.model.v_slope / plane.model.v_curvature * plane.v;
    for (const double part : {1e-3, 0.1, 0.5, 0.9, 1.5}) {
      const double radius = part * far;
      Eigen::VectorXd last = Eigen::VectorXd::Zero(4);
      for (int i = 0; i <= 200000; ++i) {  // walks the path
        const double t = 1e-5 * i;
        const Eigen::VectorXd at = t <= 1.0 ? Eigen::VectorXd(t * cauchy) : cauchy + (t - 1.0) * (plane.n - cauchy);
        if (plane.norm(at) > radius) break;
        last = at;
      }
      const Eigen::VectorXd step = plane.step(detail::dogleg_step(plane.model, radius));
      INFO("seed " << seed << ", part " << part);
      CHECK(plane.norm(step) <= radius * (1.0 + 1e-12));
      CHECK(plane.norm(step - last) <= 1e-4 * far);
    }
  }
}

TEST_CASE("dogleg: the subspace step is the best of the plane within the region", "[minimize][dogleg][truth]") {
  for (unsigned seed = 0; seed < 20; ++seed) {
    const Plane plane(8, 4, seed);
    const double far = plane.norm(plane.n);
    const Eigen::VectorXd e1 = plane.v / plane.norm(plane.v);
    const double along = (e1.array() * plane.D.array() * plane.n.array()).sum();
    const Eigen::VectorXd e2 = (plane.n - along * e1) / plane.norm(plane.n - along * e1);
    for (const double part : {1e-3, 0.1, 0.5, 0.9, 1.5}) {
      const double radius = part * far;
      const Eigen::VectorXd step = plane.step(detail::subspace_step(plane.model, radius));
      double best = part > 1.0 ? plane.value(plane.n) : 0.0;
      for (int i = 0; i < 20000; ++i) {
        const double angle = 6.283185307179586 * i / 20000;
        best = std::min(best, plane.value(radius * (std::cos(angle) * e1 + std::sin(angle) * e2)));
      }
      INFO("seed " << seed << ", part " << part);
      CHECK(plane.norm(step) <= radius * (1.0 + 1e-10));
      CHECK(plane.value(step) <= best * (1.0 - 1e-9));
      CHECK(plane.value(step) >= best * (1.0 + 1e-5));
      CHECK(plane.value(step) <= plane.value(plane.step(detail::dogleg_step(plane.model, radius))) * (1.0 - 1e-9));
    }
  }
}

TEST_CASE("dogleg: a plane that is a line", "[minimize][dogleg]") {
  detail::PlaneModel line{.v_square = 4.0,
                          .vn = 2.0,
                          .n_square = 1.0,
                          .v_slope = -4.0,
                          .n_slope = -2.0,
                          .v_curvature = 8.0,
                          .vn_curvature = 4.0,
                          .n_curvature = 2.0};  // n = v / 2
  for (const double radius : {0.25, 0.75}) {
    for (const detail::Combination c : {detail::dogleg_step(line, radius), detail::subspace_step(line, radius)}) {
      CHECK(2.0 * c.v + c.n == Approx(radius));
    }
  }
}

TEST_CASE("dogleg: methods reach minima, and rejected steps factorise nothing", "[minimize][dogleg]") {
  for (const Method method : {Method::dogleg, Method::subspace_dogleg}) {
    for (const auto linear :
         {LinearSolverType::automatic, LinearSolverType::cholesky, LinearSolverType::conjugate_gradients}) {
      Problem problem = rosenbrock();
      const Summary s = minimize(problem, {.method = method, .linear = linear});
      INFO(s.method << ", " << s.linear_solver << ": " << s);
      CHECK(s.converged());
      CHECK(problem.values()[0] == Approx(1.0).margin(1e-8));
      CHECK(s.method == (method == Method::dogleg ? "dogleg" : "subspace dogleg"));
      for (std::size_t i = 1; i < s.iterations.size(); ++i) {
        CHECK(s.iterations[i].cost <= s.iterations[i - 1].cost * (1.0 + 1e-12));
      }
    }
    Problem problem = rosenbrock();
    minimize(problem);
    problem.set_value(AnyVariable(0), {-1.2, 1.0});
    CHECK(minimize(problem, {.method = method}).converged());  // another model than the one kept
    CHECK_THROWS_AS(minimize(problem, {.method = method, .linear = LinearSolverType::schur_cholesky}), Error);
  }
}

TEST_CASE("minimize: non-monotone steps keep the best point", "[minimize][nonmonotone]") {
  for (const Method method : {Method::levenberg_marquardt, Method::dogleg}) {
    Problem problem = rosenbrock(1000.0);
    const Summary s = minimize(problem, {.method = method, .nonmonotone_steps = 5});
    INFO(s);
    double least = s.initial_cost;
    for (const Iteration& i : s.iterations) least = std::min(least, i.cost);
    CHECK(s.converged());
    CHECK(s.final_cost == least);
    CHECK(problem.evaluate().cost == Approx(s.final_cost).margin(1e-20));
    CHECK(problem.values()[0] == Approx(1.0).margin(1e-6));
  }
  Problem problem = rosenbrock();
  CHECK_THROWS_AS(minimize(problem, {.nonmonotone_steps = -1}), Error);
}

TEST_CASE("minimize: the non-monotone judge allows as many rises as it should", "[minimize][nonmonotone]") {
  detail::NonmonotoneJudge judge;
  judge.begin(10.0, 0);
  CHECK(judge.gain_ratio(10.0, 9.0, 2.0) == 0.5);
  judge.accepted(9.0, 2.0);
  CHECK(judge.gain_ratio(9.0, 9.5, 1.0) == -0.5);  // monotone: the reference is the last cost

  judge.begin(10.0, 2);
  judge.accepted(4.0, 6.0);
  CHECK(judge.gain_ratio(4.0, 5.0, 2.0) == Approx((10.0 - 5.0) / 8.0));
  judge.accepted(5.0, 2.0);
  judge.accepted(6.0, 1.0);  // the second in a row: from here on the reference is 6
  CHECK(judge.least() == 4.0);
  CHECK(judge.gain_ratio(6.0, 7.0, 1.0) == -1.0);
  CHECK(judge.gain_ratio(6.0, 3.0, 4.0) == Approx(0.75));
}

TEST_CASE("minimize: geodesic acceleration can be left out", "[minimize]") {
  Problem plain = rosenbrock(100.0), bent = rosenbrock(100.0);
  const Summary without = minimize(plain, {.geodesic_acceleration = false}), with = minimize(bent);
  CHECK(without.converged());
  CHECK(with.converged());
  CHECK(without.iterations.size() != with.iterations.size());
}
