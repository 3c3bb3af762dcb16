// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/problem/loss_correction.hpp"

#include <cmath>
#include <random>
#include <vector>

#include "catch.hpp"
#include "heliotrope/problem/loss.hpp"

using namespace heliotrope;

namespace {

constexpr int lanes = 8;

struct Block {
  int rows, columns;
  std::vector<double> r, J;
  double s[lanes] = {}, rho[lanes], rho1[lanes], rho2[lanes];

  Block(int m, int n, double size, unsigned seed) : rows(m), columns(n), r(m * lanes), J(m * n * lanes) {
    std::mt19937 random(seed);
    std::normal_distribution<double> normal;
    for (double& value : r) value = size * normal(random);
    for (double& value : J) value = normal(random);
  }
  void evaluate(const Loss& loss) {
    for (int l = 0; l < lanes; ++l) {
      s[l] = 0.0;
      for (int i = 0; i < rows; ++i) s[l] += r[i * lanes + l] * r[i * lanes + l];
    }
    loss.evaluate(s, lanes, rho, rho1, rho2);
  }
  Block corrected() const {
    Block after = *this;
    correct_for_loss(rows, columns, rho1, rho2, after.r.data(), after.J.data());
    return after;
  }
  double jr(int j, int l) const {
    double sum = 0.0;
    for (int i = 0; i < rows; ++i) sum += J[(i * columns + j) * lanes + l] * r[i * lanes + l];
    return sum;
  }
  double jj(int j, int k, int l) const {
    double sum = 0.0;
    for (int i = 0; i < rows; ++i) sum += J[(i * columns + j) * lanes + l] * J[(i * columns + k) * lanes + l];
    return sum;
  }
};

void check_gradient_and_hessian(const Block& before, const Block& after, int l, bool second_order) {
  for (int j = 0; j < before.columns; ++j) {
    CHECK(after.jr(j, l) == Approx(before.rho1[l] * before.jr(j, l)).epsilon(1e-12).margin(1e-12));
    for (int k = 0; k <= j; ++k) {
      double expected = before.rho1[l] * before.jj(j, k, l);
      if (second_order) expected += 2.0 * before.rho2[l] * before.jr(j, l) * before.jr(k, l);
      CHECK(after.jj(j, k, l) == Approx(expected).epsilon(1e-11).margin(1e-11));
    }
  }
}

}  // namespace

TEST_CASE("loss correction: gradient and Gauss-Newton Hessian are those of rho", "[problem][loss]") {
  int kept = 0, left_out = 0;
  for (int rows : {1, 2, 3, 6}) {
    for (const Loss& loss : {Loss::trivial(), huber(1), soft_l1(1), cauchy(1), tukey(2), scaled(3, cauchy(0.8))}) {
      Block before(rows, 5, 0.5, static_cast<unsigned>(rows));
      before.evaluate(loss);
      const Block after = before.corrected();
      for (int l = 0; l < lanes; ++l) {
        const double curvature = 1.0 + 2.0 * before.s[l] * before.rho2[l] / before.rho1[l];
        const bool second_order = before.rho1[l] > 0.0 && curvature >= triggs_minimal_curvature;
        (second_order ? kept : left_out) += 1;
        if (before.rho1[l] > 0.0) check_gradient_and_hessian(before, after, l, second_order);
      }
    }
  }
  CHECK(kept > 100);
  CHECK(left_out > 10);
}

TEST_CASE("loss correction: a convex loss raises the curvature", "[problem][loss]") {
  Block before(3, 2, 0.7, 5);
  before.evaluate(user_loss([](double s, double rho[3]) { rho[0] = s + s * s, rho[1] = 1 + 2 * s, rho[2] = 2; }));
  const Block after = before.corrected();
  for (int l = 0; l < lanes; ++l) check_gradient_and_hessian(before, after, l, true);
}

TEST_CASE("loss correction: zero residuals, dead lanes and infinities", "[problem][loss][fault]") {
  Block before(2, 3, 1.0, 6);
  for (int i = 0; i < 2; ++i) {
    before.r[i * lanes + 0] = 0.0;
    before.r[i * lanes + 2] = 100.0;  // beyond Tukey's scale
  }
  before.r[3] = std::numeric_limits<double>::infinity();
  before.evaluate(tukey(3));
  const Block after = before.corrected();
  for (int i = 0; i < 2; ++i) {
    CHECK(after.r[i * lanes + 0] == 0.0);
    CHECK(after.r[i * lanes + 2] == 0.0);
    for (int j = 0; j < 3; ++j) {
      CHECK(after.J[(i * 3 + j) * lanes + 0] == before.J[(i * 3 + j) * lanes + 0]);
      CHECK(after.J[(i * 3 + j) * lanes + 2] == 0.0);
      for (int l : {0, 1, 2, 4, 5, 6, 7}) CHECK(std::isfinite(after.J[(i * 3 + j) * lanes + l]));
    }
  }
  CHECK_FALSE(std::isfinite(after.r[3]));
}

TEST_CASE("loss correction: residuals alone are corrected as with a Jacobian", "[problem][loss]") {
  Block before(3, 4, 0.6, 7);
  before.evaluate(cauchy(1));
  const Block after = before.corrected();
  correct_for_loss(3, 4, before.rho1, before.rho2, before.r.data(), nullptr);
  CHECK(before.r == after.r);
}
