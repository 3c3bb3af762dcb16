// SPDX-License-Identifier: Apache-2.0
// Sparse QR by SPQR [Davis2011], for builds with the GPL parts of SuiteSparse.
#include "solvers.hpp"

#if HELIOTROPE_HAS_SPQR

#include <SuiteSparseQR.hpp>
#include <algorithm>
#include <limits>
#include <vector>

#include "blas_threads.hpp"
#include "cholmod_context.hpp"
#include "stacked_jacobian.hpp"

namespace heliotrope::linear_detail {

namespace {

/// Multifrontal QR of the stacked, scaled matrix: A E = Q R, once a damping. The ordering and symbolic factorisation
/// are made once; SPQR allocates its numeric factor anew each time.
///
/// Singular where a column is no longer than n epsilon once the columns before it are projected out.
class Spqr final : public LinearSolver {
 public:
  Spqr() : gradient_(context_), vector_(context_) {}
  ~Spqr() override { release(); }

  void analyse(const BlockJacobian& jacobian) override {
    const BlasThreadGuard guard;
    release();
    stacked_.analyse(jacobian);
    if (stacked_.columns() == 0) return;
    cholmod_sparse matrix = view();
    factor_ = SuiteSparseQR_symbolic<double>(SPQR_ORDERING_DEFAULT, 1, &matrix, context_.get());
    context_.check("analysis for QR");
    gradient_.reset(cholmod_l_zeros(static_cast<std::size_t>(stacked_.columns()), 1, CHOLMOD_REAL, context_.get()));
    context_.check("allocation of vectors");
  }

  void linearise(const BlockJacobian& jacobian, int) override { finite_ = stacked_.take(jacobian); }

  bool factorise(std::span<const double> damping, int) override {
    const bool usable = stacked_.damp(damping) && finite_;
    if (stacked_.columns() == 0) return true;
    if (!usable) return false;
    const BlasThreadGuard guard;
    cholmod_sparse matrix = view();
    const double tolerance = static_cast<double>(stacked_.columns()) * std::numeric_limits<double>::epsilon();
    SuiteSparseQR_numeric<double>(tolerance, &matrix, factor_, context_.get());
    context_.check("numeric QR");
    return factor_->rank == stacked_.columns();
  }

  /// step = S E R^-1 Q' [-r; 0].
  void solve(std::span<double> step) override {
    expect_length(step.size(), stacked_.columns(), "step");
    if (step.empty()) return;
    const BlasThreadGuard guard;
    cholmod_dense rhs{};
    rhs.nrow = rhs.nzmax = rhs.d = static_cast<std::size_t>(stacked_.rows());
    rhs.ncol = 1;
    rhs.x = const_cast<double*>(stacked_.rhs().data());  // SPQR reads only
    rhs.xtype = CHOLMOD_REAL;
    rhs.dtype = CHOLMOD_DOUBLE;
    vector_.reset(SuiteSparseQR_qmult<double>(SPQR_QTX, factor_, &rhs, context_.get()));
    context_.check("product with Q'");
    back_substitute(step);
  }

  /// solution = -S E R^-1 R'^-1 E' S gradient.
  void solve_for(std::span<const double> gradient, std::span<double> solution) override {
    expect_length(solution.size(), stacked_.columns(), "step");
    if (solution.empty()) return;
    const BlasThreadGuard guard;
    for (std::size_t c = 0; c < solution.size(); ++c) gradient_.data()[c] = -gradient[c] * stacked_.scale()[c];
    vector_.reset(SuiteSparseQR_solve<double>(SPQR_RTX_EQUALS_ETB, factor_, gradient_.get(), context_.get()));
    context_.check("solution with R'");
    back_substitute(solution);
  }

  std::string_view name() const override { return "sparse QR (SPQR)"; }

 private:
  void release() {
    if (factor_) SuiteSparseQR_free<double>(&factor_, context_.get());
    factor_ = nullptr;
  }

  void back_substitute(std::span<double> out) {
    CholmodVector solution(context_);
    solution.reset(SuiteSparseQR_solve<double>(SPQR_RETX_EQUALS_B, factor_, vector_.get(), context_.get()));
    context_.check("solution with R");
    for (std::size_t c = 0; c < out.size(); ++c) out[c] = solution.data()[c] * stacked_.scale()[c];
  }

  cholmod_sparse view() const {
    cholmod_sparse matrix = cholmod_view(stacked_.columns(), stacked_.column_begin(), stacked_.row(),
                                         const_cast<double*>(stacked_.values().data()), 0);
    matrix.nrow = static_cast<std::size_t>(stacked_.rows());
    return matrix;
  }

  StackedJacobian stacked_;
  bool finite_ = true;
  CholmodContext context_;
  CholmodVector gradient_, vector_;
  SuiteSparseQR_factorization<double>* factor_ = nullptr;
};

}  // namespace

std::unique_ptr<LinearSolver> make_spqr() { return std::make_unique<Spqr>(); }

}  // namespace heliotrope::linear_detail

#endif
