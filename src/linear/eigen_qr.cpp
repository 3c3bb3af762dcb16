// SPDX-License-Identifier: Apache-2.0
// Sparse QR by Eigen, for builds without SPQR. Eigen's types stay inside this file.
#include <Eigen/SparseQR>
#include <algorithm>
#include <cstdint>
#include <limits>

#include "solvers.hpp"
#include "stacked_jacobian.hpp"

namespace heliotrope::linear_detail {

namespace {

/// Left-looking Householder QR of the stacked, scaled matrix: A P = Q R, once a damping, column by column: slower than
/// SPQR by its dense kernels. Eigen allocates in every factorisation and solution.
///
/// Singular where a column is no longer than n epsilon once the columns before it are projected out.
class EigenQr final : public LinearSolver {
 public:
  void analyse(const BlockJacobian& jacobian) override {
    stacked_.analyse(jacobian);
    const std::int64_t n = stacked_.columns();
    if (n == 0) return;
    matrix_.resize(stacked_.rows(), n);
    matrix_.resizeNonZeros(static_cast<Eigen::Index>(stacked_.row().size()));
    std::copy(stacked_.column_begin().begin(), stacked_.column_begin().end(), matrix_.outerIndexPtr());
    std::copy(stacked_.row().begin(), stacked_.row().end(), matrix_.innerIndexPtr());
    std::fill_n(matrix_.valuePtr(), matrix_.nonZeros(), 0.0);
    factor_.setPivotThreshold(static_cast<double>(n) * std::numeric_limits<double>::epsilon());
    factor_.analyzePattern(matrix_);
  }

  void linearise(const BlockJacobian& jacobian, int) override { finite_ = stacked_.take(jacobian); }

  bool factorise(std::span<const double> damping, int) override {
    const bool usable = stacked_.damp(damping) && finite_;
    if (stacked_.columns() == 0) return true;
    if (!usable) return false;
    std::copy(stacked_.values().begin(), stacked_.values().end(), matrix_.valuePtr());
    factor_.factorize(matrix_);
    return factor_.info() == Eigen::Success && factor_.rank() == stacked_.columns();
  }

  /// step = S P R^-1 Q' [-r; 0].
  void solve(std::span<double> step) override {
    expect_length(step.size(), stacked_.columns(), "step");
    if (step.empty()) return;
    const Eigen::VectorXd rhs = Eigen::Map<const Eigen::VectorXd>(stacked_.rhs().data(), stacked_.rows());
    const Eigen::VectorXd rotated = factor_.matrixQ().transpose() * rhs;
    back_substitute(rotated.head(stacked_.columns()), step);
  }

  /// solution = -S P R^-1 R'^-1 P' S gradient.
  void solve_for(std::span<const double> gradient, std::span<double> solution) override {
    expect_length(solution.size(), stacked_.columns(), "step");
    if (solution.empty()) return;
    const std::int64_t n = stacked_.columns();
    const auto& order = factor_.colsPermutation().indices();
    Eigen::VectorXd y(n);
    for (std::int64_t k = 0; k < n; ++k) {
      const auto c = static_cast<std::size_t>(order[k]);
      y[k] = -gradient[c] * stacked_.scale()[c];
    }
    for (std::int64_t k = 0; k < n; ++k) {  // R' y = y
      double diagonal = 0.0;
      for (Factor::QRMatrixType::InnerIterator it(factor_.matrixR(), k); it; ++it) {
        if (it.index() == k) diagonal = it.value();
        if (it.index() < k) y[k] -= it.value() * y[it.index()];
      }
      y[k] /= diagonal;
    }
    back_substitute(y, solution);
  }

  std::string_view name() const override { return "sparse QR (Eigen)"; }

 private:
  using SparseMatrix = Eigen::SparseMatrix<double, Eigen::ColMajor, std::int64_t>;
  using Factor = Eigen::SparseQR<SparseMatrix, Eigen::COLAMDOrdering<std::int64_t>>;

  /// out = S P R^-1 y. The entries of a column of R are in no order.
  void back_substitute(Eigen::VectorXd y, std::span<double> out) {
    const std::int64_t n = stacked_.columns();
    for (std::int64_t k = n - 1; k >= 0; --k) {
      for (Factor::QRMatrixType::InnerIterator it(factor_.matrixR(), k); it; ++it) {
        if (it.index() == k) y[k] /= it.value();
      }
      for (Factor::QRMatrixType::InnerIterator it(factor_.matrixR(), k); it; ++it) {
        if (it.index() < k) y[it.index()] -= it.value() * y[k];
      }
    }
    const auto& order = factor_.colsPermutation().indices();
    for (std::int64_t k = 0; k < n; ++k) {
      const auto c = static_cast<std::size_t>(order[k]);
      out[c] = y[k] * stacked_.scale()[c];
    }
  }

  StackedJacobian stacked_;
  bool finite_ = true;
  SparseMatrix matrix_;
  Factor factor_;
};

}  // namespace

std::unique_ptr<LinearSolver> make_eigen_qr() { return std::make_unique<EigenQr>(); }

}  // namespace heliotrope::linear_detail
