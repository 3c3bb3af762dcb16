// SPDX-License-Identifier: Apache-2.0
#include "reduced_solver.hpp"
#include "supernodal_factor.hpp"

namespace heliotrope::linear_detail {

namespace {

class SchurBlocks final : public SymmetricBlocks {
 public:
  explicit SchurBlocks(const SchurComplement& schur) : schur_(schur) {}
  void write(std::int64_t entry, std::int64_t row, std::int64_t column, double* to, std::int64_t row_step,
             std::int64_t column_step) const override {
    schur_.write_block(entry, row, column, to, row_step, column_step);
  }

 private:
  const SchurComplement& schur_;
};

class ReducedFactor final : public ReducedSolver {
 public:
  ReducedFactor(const SchurComplement& schur, SymbolicFactor symbolic, bool dense) : dense_(dense) {
    factor_.analyse(schur.pattern(), std::move(symbolic));
  }
  bool solve(SchurComplement& schur, std::span<const double> damping, std::span<double> x, const Limits&,
             int threads) override {
    if (!factor_.factorise(schur.pattern(), SchurBlocks(schur), damping, threads)) return false;
    factor_.solve(schur.right_side(), x);
    return true;
  }
  std::string_view name() const override {
    return dense_ ? "Schur complement, dense Cholesky" : "Schur complement, sparse Cholesky";
  }

 private:
  bool dense_;
  SupernodalFactor factor_;
};

}  // namespace

std::unique_ptr<ReducedSolver> make_reduced_factor(const SchurComplement& schur, SymbolicFactor symbolic, bool dense) {
  return std::make_unique<ReducedFactor>(schur, std::move(symbolic), dense);
}

}  // namespace heliotrope::linear_detail
