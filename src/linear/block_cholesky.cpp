// SPDX-License-Identifier: Apache-2.0
// Sparse Cholesky over blocks, with kernels for the small panels that bundle adjustment and pose graphs have.
#include <optional>
#include <utility>

#include "block_ordering.hpp"
#include "heliotrope/linear/normal_equations.hpp"
#include "permuted_hessian.hpp"
#include "solvers.hpp"
#include "supernodal_factor.hpp"

namespace heliotrope::linear_detail {

namespace {

class BlockCholesky final : public LinearSolver {
 public:
  BlockCholesky() = default;
  BlockCholesky(NormalEquations normal, SymbolicFactor symbolic)
      : normal_(std::move(normal)), symbolic_(std::move(symbolic)) {}

  void analyse(const BlockJacobian& jacobian) override {
    if (symbolic_) {  // of this Jacobian
      factor_.analyse(normal_.pattern(), *std::exchange(symbolic_, std::nullopt));
      return;
    }
    normal_.analyse(jacobian);
    factor_.analyse(normal_.pattern(), block_order(normal_.pattern()));
  }

  void linearise(const BlockJacobian& jacobian, int threads) override { normal_.compute(jacobian, threads); }

  bool factorise(std::span<const double> damping, int threads) override {
    expect_length(damping.size(), factor_.num_columns(), "damping");
    return has_finite_diagonal(normal_) &&
           factor_.factorise(normal_.pattern(), NormalBlocks(normal_), damping, threads);
  }

  void solve(std::span<double> step) override { solve_for(normal_.gradient(), step); }

  void solve_for(std::span<const double> gradient, std::span<double> solution) override {
    expect_length(solution.size(), factor_.num_columns(), "step");
    factor_.solve(gradient, solution);
  }

  std::string_view name() const override { return "sparse Cholesky (blocks)"; }

 private:
  NormalEquations normal_;
  std::optional<SymbolicFactor> symbolic_;
  SupernodalFactor factor_;
};

}  // namespace

std::unique_ptr<LinearSolver> make_block_cholesky() { return std::make_unique<BlockCholesky>(); }
std::unique_ptr<LinearSolver> make_block_cholesky(NormalEquations normal, SymbolicFactor symbolic) {
  return std::make_unique<BlockCholesky>(std::move(normal), std::move(symbolic));
}

}  // namespace heliotrope::linear_detail
