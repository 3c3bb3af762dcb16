// SPDX-License-Identifier: Apache-2.0
#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>

#include "heliotrope/error.hpp"
#include "heliotrope/io/pose_graph.hpp"

namespace heliotrope {
namespace {

// Ten times the relative error of a number that was printed with six digits, the default of C++ streams.
constexpr double rounding = 1e-5;

template <int N>
using Matrix = Eigen::Matrix<double, N, N>;

// Whether the matrix is semidefinite but for rounding: a test that does not depend on the units of its rows.
template <int N>
bool is_semidefinite(const Matrix<N>& information) {
  if ((information.diagonal().array() < 0.0).any()) return false;
  Eigen::Matrix<double, N, 1> scale = information.diagonal().cwiseSqrt();
  for (int i = 0; i < N; ++i) scale[i] = scale[i] > 0.0 ? 1.0 / scale[i] : 1.0;
  const Matrix<N> scaled = scale.asDiagonal() * information * scale.asDiagonal();
  const Eigen::SelfAdjointEigenSolver<Matrix<N>> solver(scaled, Eigen::EigenvaluesOnly);
  return solver.info() == Eigen::Success && solver.eigenvalues().minCoeff() >= -rounding;
}

template <int N>
bool factor(const double* upper, double* root) {
  Matrix<N> information;
  for (int i = 0, k = 0; i < N; ++i) {
    for (int j = i; j < N; ++j, ++k) information(i, j) = information(j, i) = upper[k];
  }
  Eigen::Map<Eigen::Matrix<double, N, N, Eigen::RowMajor>> w(root);
  // The first factorisation that serves: information = L L', W = L'.
  const Eigen::LLT<Matrix<N>> cholesky(information);
  if (cholesky.info() == Eigen::Success) {
    w = cholesky.matrixU();
    if (w.allFinite()) return true;
  }
  // information = V diag(lambda) V', W = diag(sqrt(max(lambda, 0))) V'; scaled by its greatest entry against overflow.
  const double greatest = information.cwiseAbs().maxCoeff();
  if (greatest == 0.0) {
    w.setZero();
    return true;
  }
  const Matrix<N> scaled = information / greatest;
  const Eigen::SelfAdjointEigenSolver<Matrix<N>> solver(scaled);
  w = (greatest * solver.eigenvalues().cwiseMax(0.0)).cwiseSqrt().asDiagonal() * solver.eigenvectors().transpose();
  if (solver.info() != Eigen::Success || !w.allFinite()) {
    throw Error("found an information matrix without a finite square root, expected entries below 1e300");
  }
  return is_semidefinite<N>(scaled);
}

}  // namespace

bool sqrt_information(int size, const double* upper, double* root) {
  switch (size) {
    case 2:
      return factor<2>(upper, root);
    case 3:
      return factor<3>(upper, root);
    case 6:
      return factor<6>(upper, root);
    default:
      throw Error("sqrt_information: found size " + std::to_string(size) + ", expected 2, 3 or 6");
  }
}

}  // namespace heliotrope
