// SPDX-License-Identifier: Apache-2.0
// Steps within a radius against what eigenvalues and eigenvectors say, easy and hard cases alike.
#include "minimize/trust_step.hpp"

#include <Eigen/Core>
#include <cmath>
#include <limits>
#include <random>

#include "catch.hpp"
#include "minimize/truncated_cg.hpp"

using namespace heliotrope;
using namespace heliotrope::detail;

namespace {

using Matrix = Eigen::MatrixXd;
using Vector = Eigen::VectorXd;

double model(const Matrix& h, const Vector& g, const Vector& p) { return g.dot(p) + 0.5 * p.dot(h * p); }

/// The least value within the radius of the model whose Hessian has the eigenvalues e, least first, and the
/// eigenvectors `basis`: by bisection on lambda [More1983].
double best_model(const Vector& e, const Matrix& basis, const Vector& g, double radius) {
  const Vector a = basis.transpose() * g;
  const auto step = [&](double lambda) {
    Vector p(a.size());
    for (Eigen::Index k = 0; k < a.size(); ++k) p(k) = e(k) + lambda > 1e-13 ? -a(k) / (e(k) + lambda) : 0.0;
    return p;
  };
  double low = std::max(0.0, -e(0)), high = low + 1.0;
  Vector p = step(low);
  if (p.norm() > radius) {
    while (step(high).norm() > radius) high *= 2.0;
    for (int k = 0; k < 200; ++k) (step(0.5 * (low + high)).norm() > radius ? low : high) = 0.5 * (low + high);
    p = step(high);
  } else if (e(0) < 0.0) {
    p(0) += std::sqrt(radius * radius - p.squaredNorm());  // the hard case
  }
  return a.dot(p) + 0.5 * (e.array() * p.array().square()).sum();
}

/// H of given eigenvalues in a random basis; column 0 of `basis` belongs to the first.
Matrix with_eigenvalues(const Vector& e, std::mt19937& random, Matrix& basis) {
  std::normal_distribution<double> normal;
  basis = Matrix::NullaryExpr(e.size(), e.size(), [&] { return normal(random); });
  for (Eigen::Index j = 0; j < e.size(); ++j) {
    for (Eigen::Index i = 0; i < 2 * j; ++i) {  // twice, to be orthogonal to rounding
      basis.col(j) -= basis.col(i % j).dot(basis.col(j)) * basis.col(i % j);
    }
    basis.col(j).normalize();
  }
  Matrix h = Matrix::Zero(e.size(), e.size());
  for (Eigen::Index k = 0; k < e.size(); ++k) h += e(k) * basis.col(k).lazyProduct(basis.col(k).transpose());
  return 0.5 * (h + h.transpose());
}

struct Held {
  explicit Held(const Matrix& h)
      : pattern(banded_pattern(h.rows(), h.rows(), h.rows(), h.rows())),
        hessian(f, SparseHessian::Use::factors, 1, summary) {
    for (Eigen::Index k = 0; k < h.size(); ++k) hessian.values()[static_cast<std::size_t>(k)] = h.data()[k];
    hessian.measure();
  }
  static double value(std::span<const double>, std::span<double>) { return 0.0; }
  SparsityPattern pattern;
  SecondOrderObjective f{value, &pattern};
  ObjectiveSummary summary;
  SparseHessian hessian;
};

}  // namespace

TEST_CASE("trust step: nearly the best model value, at few factorisations", "[minimize][trust-step][truth]") {
  std::mt19937 random(5);
  std::uniform_real_distribution<double> uniform(-1.0, 1.0);
  int solves = 0, factorizations = 0;
  for (int trial = 0; trial < 300; ++trial) {
    const Eigen::Index n = 1 + trial % 12;
    const int kind = trial % 4;  // convex, indefinite, hard, nearly hard
    Vector e(n);
    for (Eigen::Index k = 0; k < n; ++k) e(k) = kind == 0 ? std::pow(10.0, 4.0 * uniform(random)) : uniform(random);
    std::sort(e.begin(), e.end());
    if (kind >= 2) e(0) = -1.0 - std::abs(e(0));
    Matrix basis;
    const Matrix h = with_eigenvalues(e, random, basis);
    Vector g = basis * Vector::NullaryExpr(n, [&] { return uniform(random); });
    if (kind >= 2) g -= (kind == 2 ? 1.0 : 1.0 - 1e-7) * basis.col(0).dot(g) * basis.col(0);
    const double radius = std::pow(10.0, 2.0 * uniform(random));
    Held held(h);
    TrustStep step(n);
    Vector p(n);
    const double promised = step.solve(held.hessian, g.data(), radius, p.data());
    INFO("trial " << trial << ", n " << n << ", kind " << kind << ", radius " << radius);
    CHECK(p.norm() <= 1.1001 * radius);
    CHECK(promised == Approx(-model(h, g, p)).epsilon(1e-6).margin(1e-12));
    if (n > 1 || kind < 2) CHECK(promised >= 0.75 * -best_model(e, basis, g, radius) - 1e-12);
    ++solves;
    factorizations += held.summary.factorizations;
  }
  INFO(factorizations << " factorisations for " << solves);
  CHECK(factorizations < 5 * solves);
}

TEST_CASE("truncated cg: Newton's step inside, the boundary outside, as good as Cauchy's", "[minimize][cg][truth]") {
  std::mt19937 random(6);
  std::uniform_real_distribution<double> uniform(-1.0, 1.0);
  constexpr double infinite = std::numeric_limits<double>::infinity();
  for (int trial = 0; trial < 200; ++trial) {
    const Eigen::Index n = 2 + trial % 15;
    const bool convex = trial % 2 == 0;
    Vector e(n);
    for (Eigen::Index k = 0; k < n; ++k) e(k) = convex ? 1.0 + 9.0 * std::abs(uniform(random)) : uniform(random);
    Matrix basis;
    const Matrix h = with_eigenvalues(e, random, basis);
    std::vector<double> g(static_cast<std::size_t>(n + 15) / 16 * 16), p(g.size());
    for (Eigen::Index k = 0; k < n; ++k) g[static_cast<std::size_t>(k)] = uniform(random);
    const Eigen::Map<const Vector> gradient(g.data(), n), step(p.data(), n);
    const auto product = [&](const double* v, double* to) {
      Eigen::Map<Vector>(to, n) = h * Eigen::Map<const Vector>(v, n);
    };
    TruncatedCg cg(n, 1);
    const double radius = trial % 3 == 0 ? infinite : 0.3;
    const double promised = cg.solve(g.data(), gradient.squaredNorm(), product, {radius, 1e-12}, p.data());
    INFO("trial " << trial << ", n " << n << ", radius " << radius << ", convex " << convex);
    CHECK(step.norm() <= radius * (1.0 + 1e-12));
    CHECK(gradient.dot(step) < 0.0);
    if (radius < infinite || convex) CHECK(promised == Approx(-model(h, gradient, step)).epsilon(1e-8));
    if (convex && radius == infinite) CHECK((h * step + gradient).norm() < 1e-9);
    if (radius < infinite) {
      const double curvature = gradient.dot(h * gradient), square = gradient.squaredNorm();
      const double longest = radius / std::sqrt(square);
      const double along = curvature > 0.0 ? std::min(longest, square / curvature) : longest;
      CHECK(promised >= -model(h, gradient, -along * gradient) - 1e-12);
    }
  }
}

TEST_CASE("truncated cg: a product that is not finite leaves the steepest step", "[minimize][cg][fault]") {
  std::vector<double> g(16), p(16);
  g[0] = 3.0, g[1] = 4.0;
  const auto product = [](const double*, double* to) { to[0] = to[1] = std::nan(""); };
  TruncatedCg cg(2, 1);
  CHECK(cg.solve(g.data(), 25.0, product, {10.0, 0.1}, p.data()) == Approx(50.0));
  CHECK(p[0] == Approx(-6.0));
  CHECK(p[1] == Approx(-8.0));
  CHECK(cg.solve(g.data(), 25.0, product, {HUGE_VAL, 0.1}, p.data()) == Approx(25.0));
  CHECK(p[0] == Approx(-3.0));
}
