// SPDX-License-Identifier: Apache-2.0
// Sparse Cholesky by Eigen, for builds without SuiteSparse. Eigen's types stay inside this file.
#include <Eigen/SparseCholesky>
#include <cstdint>
#include <vector>

#include "block_ordering.hpp"
#include "heliotrope/linear/normal_equations.hpp"
#include "permuted_hessian.hpp"
#include "solvers.hpp"

namespace heliotrope::linear_detail {

namespace {

using SparseMatrix = Eigen::SparseMatrix<double, Eigen::ColMajor, std::int64_t>;
// With the natural order and the upper triangle, Eigen factorises the matrix it is given without a copy.
using Simplicial = Eigen::SimplicialLLT<SparseMatrix, Eigen::Upper, Eigen::NaturalOrdering<std::int64_t>>;

/// Without the matrix that Eigen's factorize() allocates and does not use here.
class Factor final : public Simplicial {
 public:
  void refactorise(const SparseMatrix& matrix) { factorize_preordered<false>(matrix); }
};

class EigenCholesky final : public LinearSolver {
 public:
  void analyse(const BlockJacobian& jacobian) override {
    normal_.analyse(jacobian);
    hessian_.analyse(normal_.pattern(), block_order(normal_.pattern()), Triangle::upper);
    const std::int64_t n = hessian_.num_columns();
    // The matrix owns its arrays: Eigen's solver takes no mapped ones.
    matrix_.resize(n, n);
    matrix_.resizeNonZeros(static_cast<Eigen::Index>(hessian_.row().size()));
    std::copy(hessian_.column_begin().begin(), hessian_.column_begin().end(), matrix_.outerIndexPtr());
    std::copy(hessian_.row().begin(), hessian_.row().end(), matrix_.innerIndexPtr());
    factor_.analyzePattern(matrix_);
    rhs_.setZero(n);
    solution_.setZero(n);
  }

  void linearise(const BlockJacobian& jacobian, int threads) override { normal_.compute(jacobian, threads); }

  bool factorise(std::span<const double> damping, int threads) override {
    expect_length(damping.size(), hessian_.num_columns(), "damping");
    if (hessian_.num_columns() == 0) return true;
    if (!has_finite_diagonal(normal_)) return false;
    hessian_.fill(normal_, damping, threads);
    std::copy(hessian_.values().begin(), hessian_.values().end(), matrix_.valuePtr());
    factor_.refactorise(matrix_);
    return factor_.info() == Eigen::Success;
  }

  void solve(std::span<double> step) override { solve_for(normal_.gradient(), step); }

  void solve_for(std::span<const double> gradient, std::span<double> solution) override {
    expect_length(solution.size(), hessian_.num_columns(), "step");
    hessian_.permute_negated(gradient, rhs_.data());
    solution_ = rhs_;
    if (solution_.size() > 0) {
      factor_.matrixL().solveInPlace(solution_);
      factor_.matrixU().solveInPlace(solution_);
    }
    hessian_.permute_back(solution_.data(), solution);
  }

  std::string_view name() const override { return "sparse Cholesky (Eigen)"; }

 private:
  NormalEquations normal_;
  PermutedHessian hessian_;
  SparseMatrix matrix_;
  Factor factor_;
  Eigen::VectorXd rhs_, solution_;
};

}  // namespace

std::unique_ptr<LinearSolver> make_eigen_cholesky() { return std::make_unique<EigenCholesky>(); }

}  // namespace heliotrope::linear_detail
