// SPDX-License-Identifier: Apache-2.0
// Factors of shifted sparse symmetric matrices against dense eigenvalues.
#include "linear/shifted_cholesky.hpp"

#include <Eigen/Eigenvalues>
#include <cmath>
#include <random>

#include "catch.hpp"
#include "heliotrope/derive/stencil.hpp"
#include "heliotrope/error.hpp"

using namespace heliotrope;
using linear_detail::ShiftedCholesky;

namespace {

struct Symmetric {
  SparsityPattern pattern;
  std::vector<double> values;
  Eigen::MatrixXd dense;
};

Symmetric random_symmetric(const SparsityPattern& pattern, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<double> normal;
  Symmetric h{pattern, std::vector<double>(static_cast<std::size_t>(pattern.num_entries())),
              Eigen::MatrixXd::Zero(pattern.num_rows, pattern.num_columns)};
  for (std::int64_t i = 0; i < pattern.num_rows; ++i) {
    for (std::int64_t k = pattern.row_begin[i]; k < pattern.row_begin[i + 1]; ++k) {
      const std::int64_t j = pattern.columns[k];
      if (j >= i) h.dense(i, j) = h.dense(j, i) = normal(random);
    }
  }
  for (std::int64_t i = 0; i < pattern.num_rows; ++i) {
    for (std::int64_t k = pattern.row_begin[i]; k < pattern.row_begin[i + 1]; ++k) {
      h.values[static_cast<std::size_t>(k)] = h.dense(i, pattern.columns[k]);
    }
  }
  return h;
}

/// An arrow whose diagonal has gaps.
SparsityPattern gaps(std::int64_t n) {
  std::vector<std::int32_t> rows, columns;
  for (std::int64_t j = 0; j < n; ++j) {
    for (const std::int64_t i : {std::int64_t{0}, j}) {
      if (i == j && j % 3 == 1) continue;
      rows.push_back(static_cast<std::int32_t>(i)), columns.push_back(static_cast<std::int32_t>(j));
      rows.push_back(static_cast<std::int32_t>(j)), columns.push_back(static_cast<std::int32_t>(i));
    }
  }
  return pattern_from_entries(n, n, rows, columns);
}

std::vector<SparsityPattern> patterns() {
  return {banded_pattern(1, 1, 0, 0),        banded_pattern(12, 12, 12, 12),    banded_pattern(60, 60, 2, 2),
          stencil_pattern(five_point(9, 8)), stencil_pattern(nine_point(7, 7)), gaps(40)};
}

}  // namespace

TEST_CASE("shifted Cholesky: succeeds where the least eigenvalue says, and solves", "[linear][shifted][truth]") {
  unsigned seed = 1;
  for (const SparsityPattern& pattern : patterns()) {
    const Symmetric h = random_symmetric(pattern, seed++);
    const auto n = static_cast<std::size_t>(pattern.num_rows);
    INFO("case " << seed << " of " << n);
    const double least = Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(h.dense).eigenvalues()(0);
    ShiftedCholesky factor;
    factor.analyse(pattern);
    CHECK(!factor.factorise(h.values, -least - 1e-6));
    std::vector<double> b(n), x(n);
    for (std::size_t j = 0; j < n; ++j) b[j] = std::sin(1.0 + static_cast<double>(j));
    for (const double beyond : {1e-3, 1.0, 100.0}) {
      const double shift = -least + beyond;
      REQUIRE(factor.factorise(h.values, shift));
      factor.solve(b, x);
      const Eigen::Map<const Eigen::VectorXd> right(b.data(), static_cast<Eigen::Index>(n));
      const Eigen::Map<const Eigen::VectorXd> got(x.data(), static_cast<Eigen::Index>(n));
      CHECK((h.dense * got + shift * got + right).norm() < 1e-9 * (1.0 + got.norm()));
    }
  }
}

TEST_CASE("shifted Cholesky: a failure shows its curvature", "[linear][shifted][truth]") {
  unsigned seed = 100;
  for (const SparsityPattern& pattern : patterns()) {
    const Symmetric h = random_symmetric(pattern, seed++);
    const auto n = static_cast<std::size_t>(pattern.num_rows);
    const double least = Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(h.dense).eigenvalues()(0);
    ShiftedCholesky factor;
    factor.analyse(pattern);
    for (const double share : {0.01, 0.5, 0.99}) {
      const double shift = -least - share * std::abs(least) - 1e-9;
      REQUIRE(!factor.factorise(h.values, shift));
      std::vector<double> v(n);
      const double curvature = factor.failing_curvature(v);
      const Eigen::Map<const Eigen::VectorXd> z(v.data(), static_cast<Eigen::Index>(n));
      const double quotient = z.dot(h.dense * z + shift * z) / z.squaredNorm();
      INFO("case " << seed << " of " << n << ", share " << share);
      CHECK(curvature <= 0.0);
      CHECK(curvature == Approx(quotient).epsilon(1e-6).margin(1e-9));
      CHECK(shift - curvature <= -least + 1e-9);
    }
  }
}

TEST_CASE("shifted Cholesky: what is not finite fails, what is not symmetric is named", "[linear][shifted][fault]") {
  const SparsityPattern pattern = banded_pattern(10, 10, 1, 1);
  ShiftedCholesky factor;
  factor.analyse(pattern);
  for (const double bad : {std::nan(""), HUGE_VAL, -HUGE_VAL}) {
    Symmetric h = random_symmetric(pattern, 7);
    h.values[static_cast<std::size_t>(pattern.row_begin[5] + 1)] = bad;
    CHECK(!factor.factorise(h.values, 100.0));
  }
  CHECK_THROWS_WITH(factor.analyse(banded_pattern(10, 10, 1, 0)), Catch::Contains("symmetric"));
  CHECK_THROWS_AS(factor.analyse(banded_pattern(10, 9, 1, 1)), Error);
}
