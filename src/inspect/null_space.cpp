// SPDX-License-Identifier: Apache-2.0
#include "null_space.hpp"

#include <Eigen/QR>
#include <Eigen/SVD>
#include <algorithm>
#include <cmath>

#include "heliotrope/linear/linear_solver.hpp"

namespace heliotrope::inspect_detail {

namespace {

using Vectors = Eigen::MatrixXd;

constexpr double shift = 1e-8;               // far above the rounding of QR, and its square that of nothing
constexpr int iterations = 3;                // contamination from singular values of 1e-6 falls to 1e-12
constexpr std::int64_t first_block = 8;      // vectors tried at first; chosen, not measured
constexpr std::int64_t guard_vectors = 2;    // that must not be null before the count is believed
constexpr double vanishing = 1e-7;           // entries of a sparse basis below this are rounding
constexpr std::int64_t dense_columns = 200;  // up to here, and this many numbers in J, QR is dense
constexpr std::int64_t dense_entries = 4'000'000;

/// (S J'J S + D)^-1 with D = shift^2 for free columns, 1 for held ones.
class ShiftedInverse {
 public:
  ShiftedInverse(const ScaledJacobian& jacobian, int threads) : norms_(jacobian.norms) {
    const std::int64_t n = jacobian.matrix.columns;
    const bool small = n <= dense_columns && jacobian.matrix.rows * n <= dense_entries;
    const auto type = small ? LinearSolverType::dense_qr : LinearSolverType::sparse_qr;
    solver_ = make_linear_solver(type, *jacobian.blocks).solver;
    solver_->analyse(*jacobian.blocks);
    solver_->linearise(*jacobian.blocks, threads);
    std::vector<double> damping(norms_.size());
    for (std::size_t c = 0; c < norms_.size(); ++c) {
      const double size = norms_[c] > 0.0 ? norms_[c] : 1.0;
      damping[c] = (jacobian.held[c] ? 1.0 : shift * shift) * size * size;
    }
    usable_ = solver_->factorise(damping, threads);
    gradient_.resize(norms_.size());
    solution_.resize(norms_.size());
  }

  bool usable() const { return usable_; }

  void apply(Eigen::Ref<Eigen::VectorXd> z) {
    for (std::size_t c = 0; c < norms_.size(); ++c) gradient_[c] = -size(c) * z[static_cast<Eigen::Index>(c)];
    solver_->solve_for(gradient_, solution_);
    for (std::size_t c = 0; c < norms_.size(); ++c) z[static_cast<Eigen::Index>(c)] = size(c) * solution_[c];
  }

 private:
  double size(std::size_t c) const { return norms_[c] > 0.0 ? norms_[c] : 1.0; }

  const std::vector<double>& norms_;
  std::unique_ptr<LinearSolver> solver_;
  std::vector<double> gradient_, solution_;
  bool usable_ = false;
};

/// Numbers in [-1, 1], the same in every run.
void fill_random(Eigen::Ref<Vectors> block, std::uint64_t& state) {
  for (Eigen::Index j = 0; j < block.cols(); ++j) {
    for (Eigen::Index i = 0; i < block.rows(); ++i) {
      state = state * 6364136223846793005u + 1442695040888963407u;
      block(i, j) = static_cast<double>(state >> 11) * 0x1p-52 - 1.0;
    }
  }
}

void orthonormalise(Vectors& Q) {
  for (Eigen::Index j = 0; j < Q.cols(); ++j) Q.col(j) /= std::max(Q.col(j).stableNorm(), 1e-300);
  const Eigen::HouseholderQR<Vectors> qr(Q);
  Q = qr.householderQ() * Vectors::Identity(Q.rows(), Q.cols());
}

/// [J S; E] Q, E picking the held columns.
Vectors image(const ScaledJacobian& jacobian, const Vectors& Q) {
  const CscMatrix& J = jacobian.matrix;
  const auto num_held = std::count(jacobian.held.begin(), jacobian.held.end(), 1);
  Vectors out = Vectors::Zero(J.rows + num_held, Q.cols());
  for (Eigen::Index j = 0; j < Q.cols(); ++j) {
    Eigen::Index next = J.rows;
    for (std::int64_t c = 0; c < J.columns; ++c) {
      const auto i = static_cast<std::size_t>(c);
      if (jacobian.held[i]) out(next++, j) = Q(c, j);
      if (!(jacobian.norms[i] > 0.0)) continue;
      const double along = Q(c, j) / jacobian.norms[i];
      for (std::int64_t k = J.column_begin[i]; k < J.column_begin[i + 1]; ++k) {
        const auto at = static_cast<std::size_t>(k);
        out(J.row[at], j) += J.values[at] * along;
      }
    }
  }
  return out;
}

/// Turns Q's columns to the singular vectors of [J S; E] on their span; returns the singular values, falling.
Eigen::VectorXd rotate_to_singular_vectors(const ScaledJacobian& jacobian, Vectors& Q) {
  const Vectors B = image(jacobian, Q);
  const Eigen::Index k = Q.cols();
  Vectors R = Vectors::Zero(k, k);
  const Eigen::HouseholderQR<Vectors> qr(B);
  const Eigen::Index rows = std::min(B.rows(), k);
  R.topRows(rows) = qr.matrixQR().topRows(rows).triangularView<Eigen::Upper>();
  const Eigen::JacobiSVD<Vectors> svd(R, Eigen::ComputeFullV);
  Q = Q * svd.matrixV();
  return svd.singularValues();
}

}  // namespace

double stable_norm(std::span<const double> values) {
  return Eigen::Map<const Eigen::VectorXd>(values.data(), static_cast<Eigen::Index>(values.size())).stableNorm();
}

NullSpace find_null_space(const ScaledJacobian& jacobian, double tolerance, int max_directions, int threads) {
  NullSpace space;
  const std::int64_t n = jacobian.matrix.columns;
  space.basis.size = n;
  if (std::count(jacobian.held.begin(), jacobian.held.end(), 0) == 0) return space;
  ShiftedInverse inverse(jacobian, threads);
  if (!inverse.usable()) {
    space.complete = false;
    return space;
  }
  const std::int64_t most = std::min<std::int64_t>(n, max_directions + guard_vectors);
  std::uint64_t state = 1;
  Vectors Q(n, 0);
  std::int64_t null = 0;
  for (std::int64_t k = std::min(n, first_block);; k = std::min(2 * k, most)) {
    const Eigen::Index known = Q.cols();
    Q.conservativeResize(n, std::max<std::int64_t>(k, known));
    fill_random(Q.rightCols(Q.cols() - known), state);
    for (int i = 0; i < iterations; ++i) {
      for (Eigen::Index j = 0; j < Q.cols(); ++j) inverse.apply(Q.col(j));
      orthonormalise(Q);
    }
    const Eigen::VectorXd values = rotate_to_singular_vectors(jacobian, Q);
    null = (values.array() <= tolerance).count();
    if (null + guard_vectors <= Q.cols() || Q.cols() == n) break;
    if (Q.cols() >= most) {
      space.complete = false;
      break;
    }
  }
  null = std::min<std::int64_t>(null, max_directions);
  space.basis.values.resize(static_cast<std::size_t>(null * n));
  Eigen::Map<Vectors>(space.basis.values.data(), n, null) = Q.rightCols(null);
  return space;
}

void make_sparse(NullSpace& space) {
  const std::int64_t n = space.basis.size, count = space.basis.count();
  Eigen::Map<Vectors> N(space.basis.values.data(), n, count);
  space.pivots.resize(static_cast<std::size_t>(count));
  for (std::int64_t k = 0; k < count; ++k) {
    Eigen::Index row = 0, column = 0;
    N.rightCols(count - k).cwiseAbs().maxCoeff(&row, &column);
    if (column > 0) N.col(k).swap(N.col(k + column));
    N.col(k) /= N(row, k);
    for (std::int64_t j = 0; j < count; ++j) {
      if (j == k) continue;
      N.col(j) -= N(row, j) * N.col(k);
      N(row, j) = 0.0;
    }
    space.pivots[static_cast<std::size_t>(k)] = row;
  }
  for (double& value : space.basis.values) {
    if (std::abs(value) < vanishing) value = 0.0;
  }
}

NullSpace find_local_null_space(const ScaledJacobian& jacobian, std::span<const std::int64_t> columns,
                                double tolerance) {
  const CscMatrix& J = jacobian.matrix;
  const auto width = static_cast<Eigen::Index>(columns.size());
  NullSpace space;
  space.basis.size = width;
  const auto begin_of = [&](Eigen::Index k) { return J.column_begin[static_cast<std::size_t>(columns[k])]; };
  const Eigen::Index rows = J.column_begin[static_cast<std::size_t>(columns[0]) + 1] - begin_of(0);
  Vectors block = Vectors::Zero(std::max(rows, width), width);
  for (Eigen::Index k = 0; k < width; ++k) {
    const double norm = jacobian.norms[static_cast<std::size_t>(columns[static_cast<std::size_t>(k)])];
    for (Eigen::Index i = 0; i < rows; ++i) block(i, k) = J.values[static_cast<std::size_t>(begin_of(k) + i)] / norm;
  }
  const Eigen::ColPivHouseholderQR<Vectors> qr(block);
  Eigen::Index rank = width;
  const auto diagonal = qr.matrixQR().diagonal().cwiseAbs();
  while (rank > 0 && diagonal[rank - 1] <= tolerance * diagonal[0]) --rank;
  if (rank == width) return space;
  // R = [R_1 R_2]: the vectors [-R_1^-1 R_2; I].
  const Vectors tail = qr.matrixQR()
                           .topLeftCorner(rank, rank)
                           .triangularView<Eigen::Upper>()
                           .solve(qr.matrixQR().topRightCorner(rank, width - rank));
  const auto& order = qr.colsPermutation().indices();
  space.basis.values.assign(static_cast<std::size_t>(width * (width - rank)), 0.0);
  for (Eigen::Index j = 0; j < width - rank; ++j) {
    double* vector = space.basis.at(j);
    for (Eigen::Index i = 0; i < rank; ++i) vector[order[i]] = std::abs(tail(i, j)) < vanishing ? 0.0 : -tail(i, j);
    vector[order[rank + j]] = 1.0;
    space.pivots.push_back(order[rank + j]);
  }
  return space;
}

}  // namespace heliotrope::inspect_detail
