// SPDX-License-Identifier: Apache-2.0
// Least squares by orthogonal transformations: the condition of J is not squared.
#include <Eigen/QR>
#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "heliotrope/linear/jacobian_export.hpp"
#include "solvers.hpp"

namespace heliotrope::linear_detail {

namespace {

/// Householder QR with column pivoting [Golub2013, 5.4.2] of the columns of J scaled to unit length by powers of two:
///
///     J S P = Q R,  c = Q'(-r)       once a linearisation: 2 rows n^2 flops
///     [R P'; sqrt(damping) S]        once a damping: 10/3 n^3 flops; not needed where damping is zero
///
/// A column whose damping outweighs it is scaled once more, by that. Singular where a diagonal of R falls under n
/// epsilon times the largest one.
class DenseQr final : public LinearSolver {
 public:
  void analyse(const BlockJacobian& jacobian) override {
    columns_ = jacobian.num_columns();
    // At least as many rows as columns: the rows that are missing are zero.
    used_rows_ = count_rows(jacobian, ExportedRows::used_lanes);
    rows_ = std::max(used_rows_, columns_);
    exported_.setZero(used_rows_, columns_);
    residuals_.setZero(used_rows_);
    matrix_.setZero(rows_, columns_);
    rotated_.setZero(rows_);
    stacked_.setZero(2 * columns_, columns_);
    stacked_rhs_.setZero(2 * columns_);
    scale_.setZero(columns_);
    damped_scale_.setZero(columns_);
    step_.setZero(columns_);
    work_.setZero(1);
    qr_ = Factor(rows_, columns_);
    damped_qr_ = Factor(2 * columns_, columns_);
  }

  void linearise(const BlockJacobian& jacobian, int) override {
    if (columns_ == 0) return;
    to_dense(jacobian, ExportedRows::used_lanes, {exported_.data(), static_cast<std::size_t>(exported_.size())},
             {residuals_.data(), static_cast<std::size_t>(residuals_.size())});
    matrix_.topRows(used_rows_) = exported_;
    for (Eigen::Index c = 0; c < columns_; ++c) {
      const double norm = matrix_.col(c).stableNorm();
      int exponent = 0;
      if (std::isfinite(norm) && norm > 0) std::frexp(norm, &exponent);
      scale_[c] = std::ldexp(1.0, -exponent);
      matrix_.col(c) *= scale_[c];
    }
    qr_.compute(matrix_);
    rotated_.setZero();
    rotated_.head(used_rows_) = -residuals_;
    rotate(qr_, rotated_);
  }

  bool factorise(std::span<const double> damping, int) override {
    expect_length(damping.size(), columns_, "damping");
    if (columns_ == 0) return true;
    damped_ = std::ranges::any_of(damping, [](double d) { return d != 0; });
    if (!damped_) return full_rank(qr_);
    if (std::ranges::any_of(damping, [](double d) { return !(d >= 0); })) return false;
    stacked_.setZero();
    for (Eigen::Index k = 0; k < columns_; ++k) {
      const Eigen::Index column = qr_.colsPermutation().indices()[k];
      const double added = std::sqrt(damping[column]);
      damped_scale_[column] = scale_[column];
      if (int exponent = 0; added * scale_[column] > 1 && std::isfinite(added)) {
        std::frexp(added, &exponent);
        damped_scale_[column] = std::ldexp(1.0, -exponent);
      }
      const double again = damped_scale_[column] / scale_[column];
      stacked_.col(column).head(k + 1) = again * qr_.matrixQR().col(k).head(k + 1);
      stacked_(columns_ + column, column) = added * damped_scale_[column];
    }
    damped_qr_.compute(stacked_);
    stacked_rhs_.head(columns_) = rotated_.head(columns_);
    stacked_rhs_.tail(columns_).setZero();
    rotate(damped_qr_, stacked_rhs_);
    return full_rank(damped_qr_);
  }

  void solve(std::span<double> step) override {
    expect_length(step.size(), columns_, "step");
    if (columns_ == 0) return;
    const Factor& factor = damped_ ? damped_qr_ : qr_;
    step_ = (damped_ ? stacked_rhs_ : rotated_).head(columns_);
    factor.matrixQR().topLeftCorner(columns_, columns_).template triangularView<Eigen::Upper>().solveInPlace(step_);
    for (Eigen::Index k = 0; k < columns_; ++k) {
      const Eigen::Index column = factor.colsPermutation().indices()[k];
      step[column] = step_[k] * (damped_ ? damped_scale_ : scale_)[column];
    }
  }

  /// With the factor A S P = Q R of the scaled, permuted rows: solution = -S P R^-1 R^-T P' S gradient.
  void solve_for(std::span<const double> gradient, std::span<double> solution) override {
    expect_length(solution.size(), columns_, "step");
    if (columns_ == 0) return;
    const Factor& factor = damped_ ? damped_qr_ : qr_;
    const auto R = factor.matrixQR().topLeftCorner(columns_, columns_).template triangularView<Eigen::Upper>();
    const auto& order = factor.colsPermutation().indices();
    step_.resize(columns_);
    const Eigen::VectorXd& scale = damped_ ? damped_scale_ : scale_;
    for (Eigen::Index k = 0; k < columns_; ++k) step_[k] = -gradient[order[k]] * scale[order[k]];
    R.transpose().solveInPlace(step_);
    R.solveInPlace(step_);
    for (Eigen::Index k = 0; k < columns_; ++k) solution[order[k]] = step_[k] * scale[order[k]];
  }

  std::string_view name() const override { return "dense QR"; }

 private:
  using Factor = Eigen::ColPivHouseholderQR<Eigen::MatrixXd>;

  /// vector = Q' vector, one reflector I - tau v v' after another.
  void rotate(const Factor& factor, Eigen::VectorXd& vector) {
    const Eigen::MatrixXd& qr = factor.matrixQR();
    for (Eigen::Index k = 0; k < factor.hCoeffs().size(); ++k) {
      const Eigen::Index rest = qr.rows() - k - 1;
      vector.tail(rest + 1).applyHouseholderOnTheLeft(qr.col(k).tail(rest), factor.hCoeffs()[k], work_.data());
    }
  }

  bool full_rank(const Factor& factor) const {
    const auto diagonal = factor.matrixQR().diagonal().cwiseAbs();
    if (!std::isfinite(diagonal.sum())) return false;
    const double limit = static_cast<double>(columns_) * std::numeric_limits<double>::epsilon();
    return diagonal.minCoeff() > limit * diagonal.maxCoeff();
  }

  std::int64_t columns_ = 0, used_rows_ = 0, rows_ = 0;
  Eigen::MatrixXd exported_, matrix_, stacked_;
  Eigen::VectorXd residuals_, rotated_, stacked_rhs_, scale_, damped_scale_, step_, work_;
  Factor qr_, damped_qr_;
  bool damped_ = false;
};

}  // namespace

std::unique_ptr<LinearSolver> make_dense_qr() { return std::make_unique<DenseQr>(); }

}  // namespace heliotrope::linear_detail
