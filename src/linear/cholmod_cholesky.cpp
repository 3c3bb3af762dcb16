// SPDX-License-Identifier: Apache-2.0
// Sparse Cholesky by CHOLMOD [Chen2008]. The order of elimination is ours, found on the graph of blocks; CHOLMOD gets
// the permuted triangle, for which its factorisation copies nothing.
#include "solvers.hpp"

#if HELIOTROPE_HAS_SUITESPARSE

#include <algorithm>
#include <cstdint>
#include <vector>

#include "blas_threads.hpp"
#include "block_ordering.hpp"
#include "cholmod_context.hpp"
#include "heliotrope/linear/normal_equations.hpp"
#include "permuted_hessian.hpp"

namespace heliotrope::linear_detail {

namespace {

class CholmodCholesky final : public LinearSolver {
 public:
  explicit CholmodCholesky(FactorStorage storage)
      : storage_(storage),
        factor_(context_),
        rhs_(context_),
        solution_(context_),
        work_y_(context_),
        work_e_(context_) {}

  void analyse(const BlockJacobian& jacobian) override {
    const BlasThreadGuard guard;
    normal_.analyse(jacobian);
    if (jacobian.num_columns() == 0) return;
    const std::vector<std::int64_t> order = postordered_blocks();
    hessian_.analyse(normal_.pattern(), order, Triangle::lower);
    analyse_factor(Triangle::lower);
    if (!factor_->is_super) {  // column by column, CHOLMOD reads the upper triangle
      hessian_.analyse(normal_.pattern(), order, Triangle::upper);
      analyse_factor(Triangle::upper);
    }
    const auto n = static_cast<std::size_t>(hessian_.num_columns());
    rhs_.reset(cholmod_l_zeros(n, 1, CHOLMOD_REAL, context_.get()));
    solution_.reset(cholmod_l_zeros(n, 1, CHOLMOD_REAL, context_.get()));
    context_.check("allocation of vectors");
  }

  void linearise(const BlockJacobian& jacobian, int threads) override { normal_.compute(jacobian, threads); }

  bool factorise(std::span<const double> damping, int threads) override {
    expect_length(damping.size(), hessian_.num_columns(), "damping");
    if (hessian_.num_columns() == 0) return true;
    if (!has_finite_diagonal(normal_)) return false;
    hessian_.fill(normal_, damping, threads);
    const BlasThreadGuard guard;
    cholmod_sparse matrix = matrix_view();
    cholmod_l_factorize(&matrix, factor_.get(), context_.get());
    context_.check("numeric factorisation");
    return context_->status == CHOLMOD_OK && factor_->minor == factor_->n;
  }

  void solve(std::span<double> step) override { solve_for(normal_.gradient(), step); }

  void solve_for(std::span<const double> gradient, std::span<double> solution) override {
    expect_length(solution.size(), hessian_.num_columns(), "step");
    if (solution.empty()) return;
    const BlasThreadGuard guard;
    hessian_.permute_negated(gradient, rhs_.data());
    cholmod_l_solve2(CHOLMOD_A, factor_.get(), rhs_.get(), nullptr, solution_.address(), nullptr, work_y_.address(),
                     work_e_.address(), context_.get());
    context_.check("solution");
    hessian_.permute_back(solution_.data(), solution);
  }

  std::string_view name() const override {
    if (!factor_.get()) return "sparse Cholesky (CHOLMOD)";
    return factor_->is_super ? "sparse Cholesky (CHOLMOD, supernodal)" : "sparse Cholesky (CHOLMOD, simplicial)";
  }

 private:
  /// The order of blocks, postordered so that columns of like structure are neighbours.
  std::vector<std::int64_t> postordered_blocks() {
    const BlockSymmetricPattern& pattern = normal_.pattern();
    const std::int64_t n = pattern.num_block_columns();
    std::vector<std::int64_t> order = block_order(pattern);
    cholmod_sparse graph = cholmod_view(n, pattern.begin, pattern.row, nullptr, -1);
    context_->method[0].ordering = CHOLMOD_GIVEN;
    context_->postorder = 1;
    context_->supernodal = CHOLMOD_SIMPLICIAL;
    CholmodFactor postordered(context_);
    postordered.reset(cholmod_l_analyze_p(&graph, order.data(), nullptr, 0, context_.get()));
    context_->method[0].ordering = CHOLMOD_NATURAL;
    context_->postorder = 0;
    context_.check("postordering");
    const auto* permutation = static_cast<const std::int64_t*>(postordered->Perm);
    return std::vector<std::int64_t>(permutation, permutation + n);
  }

  cholmod_sparse matrix_view() {
    return cholmod_view(hessian_.num_columns(), hessian_.column_begin(), hessian_.row(), hessian_.values().data(),
                        triangle_ == Triangle::lower ? -1 : 1);
  }

  void analyse_factor(Triangle triangle) {
    triangle_ = triangle;
    context_->supernodal = triangle == Triangle::upper || storage_ == FactorStorage::simplicial ? CHOLMOD_SIMPLICIAL
                           : storage_ == FactorStorage::supernodal                              ? CHOLMOD_SUPERNODAL
                                                                                                : CHOLMOD_AUTO;
#if !HELIOTROPE_HAS_CHOLMOD_SUPERNODAL
    context_->supernodal = CHOLMOD_SIMPLICIAL;
#endif
    cholmod_sparse matrix = matrix_view();
    factor_.reset(cholmod_l_analyze(&matrix, context_.get()));
    context_.check("symbolic factorisation");
  }

  FactorStorage storage_;
  NormalEquations normal_;
  PermutedHessian hessian_;
  Triangle triangle_ = Triangle::lower;
  CholmodContext context_;
  CholmodFactor factor_;
  CholmodVector rhs_, solution_, work_y_, work_e_;
};

}  // namespace

std::unique_ptr<LinearSolver> make_cholmod_cholesky(FactorStorage storage) {
  return std::make_unique<CholmodCholesky>(storage);
}

}  // namespace heliotrope::linear_detail

#endif
