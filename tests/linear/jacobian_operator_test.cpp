// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/linear/jacobian_operator.hpp"

#include "../src/linear/block_kernels.hpp"
#include "../src/linear/scatter_plan.hpp"
#include "catch.hpp"
#include "heliotrope/error.hpp"
#include "heliotrope/linear/normal_equations.hpp"
#include "random_jacobian.hpp"

using namespace heliotrope;
using namespace heliotrope_test;

namespace {

struct OperatorProducts {
  std::vector<double> jx, jty, g, d;
  bool operator==(const OperatorProducts&) const = default;
};

OperatorProducts products(const BlockJacobian& jacobian, int threads) {
  JacobianOperator op;
  op.analyse(jacobian);
  const std::int64_t n = jacobian.num_columns();
  OperatorProducts out{std::vector<double>(op.residual_size(), 7.0), std::vector<double>(n, 7.0),
                       std::vector<double>(n, 7.0), std::vector<double>(n, 7.0)};
  std::vector<double> x(n);
  for (std::int64_t i = 0; i < n; ++i) x[i] = 1.0 / (1.0 + static_cast<double>(i));
  for (int repeat = 0; repeat < 2; ++repeat) {
    op.multiply(jacobian, x, out.jx, threads);
    op.multiply_transposed(jacobian, out.jx, out.jty, threads);
    op.gradient(jacobian, out.g, out.d, threads);
  }
  return out;
}

double relative_difference(const Eigen::VectorXd& a, const Eigen::VectorXd& b) {
  return (a - b).norm() / std::max(1.0, b.norm());
}

Eigen::VectorXd vector(const std::vector<double>& v) { return Eigen::Map<const Eigen::VectorXd>(v.data(), v.size()); }

Eigen::MatrixXd dense(const NormalEquations& normal) {
  const BlockSymmetricPattern& pattern = normal.pattern();
  Eigen::MatrixXd H = Eigen::MatrixXd::Zero(pattern.num_columns(), pattern.num_columns());
  for (std::int64_t j = 0; j < pattern.num_block_columns(); ++j) {
    for (std::int64_t e = pattern.begin[j]; e < pattern.begin[j + 1]; ++e) {
      const std::int64_t i = pattern.row[e];
      const double* block = normal.values().data() + pattern.offset[e];
      for (std::int64_t a = 0; a < pattern.width(i); ++a) {
        for (std::int64_t b = 0; b < (i == j ? a + 1 : pattern.width(j)); ++b) {
          const std::int64_t row = pattern.column_begin[i] + a, column = pattern.column_begin[j] + b;
          H(row, column) = H(column, row) = *block++;
        }
      }
    }
  }
  return H;
}

}  // namespace

TEST_CASE("linear: products with a block Jacobian equal the dense ones", "[linear]") {
  for (std::uint32_t seed = 1; seed <= 12; ++seed) {
    const OwnedJacobian owned = seed % 3 == 0
                                    ? random_jacobian(seed, 12, 5, 100, 3)
                                    : random_jacobian(seed, 10 + 2 * static_cast<int>(seed), 1 + seed % 5, 20);
    const DenseReference reference = dense_reference(owned.jacobian);
    const OperatorProducts found = products(owned.jacobian, 1);
    Eigen::VectorXd x(reference.J.cols());
    for (Eigen::Index i = 0; i < x.size(); ++i) x(i) = 1.0 / (1.0 + static_cast<double>(i));
    CHECK(relative_difference(dense_order(owned.jacobian, found.jx), reference.J * x) < 1e-14);
    CHECK(relative_difference(vector(found.jty), reference.J.transpose() * (reference.J * x)) < 1e-13);
    CHECK(relative_difference(vector(found.g), reference.J.transpose() * reference.r) < 1e-13);
    CHECK(relative_difference(vector(found.d), reference.J.colwise().squaredNorm().transpose()) < 1e-13);
  }
}

TEST_CASE("linear: J'J and J'r equal the dense ones", "[linear]") {
  for (std::uint32_t seed = 1; seed <= 12; ++seed) {
    // Every third one is long and narrow: several chunks then add to the same blocks.
    const OwnedJacobian owned = seed % 3 == 0
                                    ? random_jacobian(seed, 12, 5, 100, 3)
                                    : random_jacobian(seed, 10 + 2 * static_cast<int>(seed), 1 + seed % 5, 12);
    const DenseReference reference = dense_reference(owned.jacobian);
    NormalEquations normal;
    normal.analyse(owned.jacobian);
    normal.compute(owned.jacobian, 1);
    normal.compute(owned.jacobian, 2);
    const Eigen::MatrixXd H = reference.J.transpose() * reference.J;
    CHECK((dense(normal) - H).norm() < 1e-13 * H.norm());
    const Eigen::Map<const Eigen::VectorXd> g(normal.gradient().data(), normal.gradient().size());
    CHECK(relative_difference(g, reference.J.transpose() * reference.r) < 1e-13);
  }
}

TEST_CASE("linear: specialised shapes of J'J equal the dense ones, in both slot orders", "[linear]") {
  for (int width : {3, 6}) {
    const OwnedJacobian owned = pose_jacobian(25, width, 120, 11);
    const DenseReference reference = dense_reference(owned.jacobian);
    NormalEquations normal;
    normal.analyse(owned.jacobian);
    normal.compute(owned.jacobian, 1);
    const Eigen::MatrixXd H = reference.J.transpose() * reference.J;
    CHECK((dense(normal) - H).norm() < 1e-13 * H.norm());
  }
  const OwnedJacobian owned = bundle_jacobian(6, 40, 250, 3);
  const DenseReference reference = dense_reference(owned.jacobian);
  NormalEquations normal;
  normal.analyse(owned.jacobian);
  normal.compute(owned.jacobian, 1);
  const Eigen::MatrixXd H = reference.J.transpose() * reference.J;
  CHECK((dense(normal) - H).norm() < 1e-13 * H.norm());
}

TEST_CASE("linear: sums over residuals have the same bits for 1 to 4 threads", "[linear][threads]") {
  const OwnedJacobian bundle = bundle_jacobian(20, 2000, 9000, 1);
  const OwnedJacobian mixed = random_jacobian(77, 40, 6, 300);
  for (const BlockJacobian* jacobian : {&bundle.jacobian, &mixed.jacobian}) {
    const OperatorProducts one = products(*jacobian, 1);
    NormalEquations normal;
    normal.analyse(*jacobian);
    normal.compute(*jacobian, 1);
    const std::vector<double> H(normal.values().begin(), normal.values().end());
    const std::vector<double> g(normal.gradient().begin(), normal.gradient().end());
    for (int threads : {2, 3, 4}) {
      CHECK(products(*jacobian, threads) == one);
      normal.compute(*jacobian, threads);
      CHECK(std::equal(H.begin(), H.end(), normal.values().begin()));
      CHECK(std::equal(g.begin(), g.end(), normal.gradient().begin()));
    }
  }
}

TEST_CASE("linear: kernels of all instruction sets agree to rounding", "[linear]") {
  using namespace linear_detail;
  const OwnedJacobian owned = random_jacobian(5, 30, 4, 50);
  const BlockJacobian& jacobian = owned.jacobian;
  const auto slot_begin = slot_begins(jacobian);
  std::vector<double> first;
  for (const BlockKernels* const* set = all_block_kernels(); *set; ++set) {
    std::vector<double> out(jacobian.num_columns(), 0.0);
    for (std::size_t p = 0; p < jacobian.parts.size(); ++p) {
      auto codes = jacobian.parts[p].column_blocks;
      for (std::int64_t& code : codes) code = code < 0 ? -1 : 4 * jacobian.column_begin[code];
      (*set)->multiply_transposed(view_of(jacobian.parts[p], slot_begin[p]), 0, jacobian.parts[p].num_blocks,
                                  codes.data(), jacobian.parts[p].residuals, out.data(), nullptr);
    }
    if (first.empty()) first = out;
    INFO((*set)->name);
    CHECK(relative_difference(vector(out), vector(first)) < 1e-14);
  }
}

TEST_CASE("linear: a structure that contradicts itself is told", "[linear]") {
  OwnedJacobian owned = bundle_jacobian(4, 20, 60, 1);
  JacobianOperator op;
  SECTION("a block column of another width") {
    owned.jacobian.parts[0].column_blocks[3] = 10;
    CHECK_THROWS_WITH(op.analyse(owned.jacobian), Catch::Contains("slot 0 of width 9 names block column 10"));
  }
  SECTION("a block column that does not exist") {
    owned.jacobian.parts[0].column_blocks[3] = 24;
    CHECK_THROWS_AS(op.analyse(owned.jacobian), Error);
  }
  SECTION("an array too short") {
    owned.jacobian.parts[0].column_blocks.pop_back();
    CHECK_THROWS_WITH(op.analyse(owned.jacobian), Catch::Contains("[block][slot][8]"));
  }
  SECTION("a vector of the wrong length") {
    op.analyse(owned.jacobian);
    std::vector<double> x(3), y(op.residual_size());
    CHECK_THROWS_WITH(op.multiply(owned.jacobian, x, y, 1), Catch::Contains("found 3 numbers"));
  }
}
