// SPDX-License-Identifier: Apache-2.0
#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <vector>

#include "heliotrope/linear/normal_equations.hpp"
#include "permuted_hessian.hpp"
#include "solvers.hpp"

namespace heliotrope::linear_detail {

namespace {

/// H + diag(damping) = L L' in one n x n array, in place; n^3 / 3 flops a factorisation.
class DenseCholesky final : public LinearSolver {
 public:
  void analyse(const BlockJacobian& jacobian) override {
    normal_.analyse(jacobian);
    const std::int64_t n = jacobian.num_columns();
    matrix_.setZero(n, n);
  }

  void linearise(const BlockJacobian& jacobian, int threads) override { normal_.compute(jacobian, threads); }

  bool factorise(std::span<const double> damping, int) override {
    expect_length(damping.size(), matrix_.rows(), "damping");
    fill_dense_lower(normal_, damping, matrix_.data());
    if (matrix_.size() == 0) return true;
    Eigen::LLT<Eigen::Ref<Eigen::MatrixXd>> in_place(matrix_);
    return in_place.info() == Eigen::Success && std::isfinite(matrix_.diagonal().sum());
  }

  void solve(std::span<double> step) override { solve_for(normal_.gradient(), step); }

  void solve_for(std::span<const double> gradient, std::span<double> solution) override {
    expect_length(solution.size(), matrix_.rows(), "step");
    std::ranges::transform(gradient, solution.begin(), [](double g) { return -g; });
    Eigen::Map<Eigen::VectorXd> x(solution.data(), matrix_.rows());
    matrix_.triangularView<Eigen::Lower>().solveInPlace(x);
    matrix_.triangularView<Eigen::Lower>().transpose().solveInPlace(x);
  }

  std::string_view name() const override { return "dense Cholesky"; }

 private:
  NormalEquations normal_;
  Eigen::MatrixXd matrix_;
};

}  // namespace

std::unique_ptr<LinearSolver> make_dense_cholesky() { return std::make_unique<DenseCholesky>(); }

}  // namespace heliotrope::linear_detail
