// SPDX-License-Identifier: Apache-2.0
#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>

#include "heliotrope/error.hpp"
#include "heliotrope/io/pose_graph.hpp"

namespace heliotrope {
namespace {

// Ten times the relative error of a number that was printed with six digits, the default of C++ streams.
constexpr double printing_error = 1e-5;

// Up to 6 x 6, in place; one type for all sizes.
using SmallMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::ColMajor, 6, 6>;
using SmallVector = Eigen::Matrix<double, Eigen::Dynamic, 1, Eigen::ColMajor, 6, 1>;

// Whether the matrix is semidefinite but for rounding: a test that does not depend on the units of its rows.
bool is_semidefinite(const SmallMatrix& information) {
  if ((information.diagonal().array() < 0.0).any()) return false;
  SmallVector scale = information.diagonal().cwiseSqrt();
  for (Eigen::Index i = 0; i < scale.size(); ++i) scale[i] = scale[i] > 0.0 ? 1.0 / scale[i] : 1.0;
  const SmallMatrix scaled = scale.asDiagonal() * information * scale.asDiagonal();
  const Eigen::SelfAdjointEigenSolver<SmallMatrix> solver(scaled, Eigen::EigenvaluesOnly);
  return solver.info() == Eigen::Success && solver.eigenvalues().minCoeff() >= -printing_error;
}

bool factor(int N, const double* upper, double* root) {
  SmallMatrix information(N, N);
  for (int i = 0, k = 0; i < N; ++i) {
    for (int j = i; j < N; ++j, ++k) information(i, j) = information(j, i) = upper[k];
  }
  Eigen::Map<Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>> w(root, N, N);
  // The first factorisation that serves: information = L L', W = L'.
  const Eigen::LLT<SmallMatrix> cholesky(information);
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
  const SmallMatrix scaled = information / greatest;
  const Eigen::SelfAdjointEigenSolver<SmallMatrix> solver(scaled);
  w = (greatest * solver.eigenvalues().cwiseMax(0.0)).cwiseSqrt().asDiagonal() * solver.eigenvectors().transpose();
  if (solver.info() != Eigen::Success || !w.allFinite()) {
    throw Error("found an information matrix without a finite square root, expected entries below 1e300");
  }
  return is_semidefinite(scaled);
}

}  // namespace

bool sqrt_information(int size, const double* upper, double* root) {
  if (size != 2 && size != 3 && size != 6) {
    throw Error("sqrt_information: found size " + std::to_string(size) + ", expected 2, 3 or 6");
  }
  return factor(size, upper, root);
}

}  // namespace heliotrope
