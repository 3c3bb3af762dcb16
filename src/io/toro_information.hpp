// SPDX-License-Identifier: Apache-2.0
// Information matrices between the conventions of TORO, iSAM and a PoseGraph.
#pragma once

#include <Eigen/QR>
#include <array>
#include <vector>

namespace heliotrope::detail {

/// Entry k of an upper triangle row by row is entry rows_from_toro[k] of I11 I12 I22 I33 I13 I23, and back.
inline constexpr std::array<int, 6> rows_from_toro{0, 1, 4, 2, 5, 3}, toro_from_rows{0, 1, 3, 5, 2, 4};

inline std::vector<double> permuted(const std::array<int, 6>& order, const double* values) {
  std::vector<double> out;
  for (const int k : order) out.push_back(values[k]);
  return out;
}

/// S I S for the upper triangle of a 6 x 6 matrix I, with S = diag(1, 1, 1, scale, scale, scale).
inline void scale_turns(double scale, double* upper) {
  for (int i = 0; i < 6; ++i) {
    for (int j = i; j < 6; ++j) *upper++ *= (i < 3 ? 1.0 : scale) * (j < 3 ? 1.0 : scale);
  }
}

/// Appends W = R S, row by row, and the upper triangle of W' W; R is given by its upper triangle. S: as above with 2 in
/// space, the identity in the plane.
inline void append_root(int dimension, const double* upper, std::vector<double>& roots,
                        std::vector<double>& information) {
  const int size = dimension == 2 ? 3 : 6;
  Eigen::Matrix<double, 6, 6, Eigen::RowMajor> w;
  w.setZero();
  for (int i = 0; i < size; ++i) {
    for (int j = i; j < size; ++j) w(i, j) = *upper++ * (dimension == 3 && j >= 3 ? 2.0 : 1.0);
  }
  for (int i = 0; i < size; ++i) {
    for (int j = 0; j < size; ++j) roots.push_back(w(i, j));
  }
  for (int i = 0; i < size; ++i) {
    for (int j = i; j < size; ++j) {
      double sum = 0.0;
      for (int k = 0; k <= i; ++k) sum += w(k, i) * w(k, j);
      information.push_back(sum);
    }
  }
}

/// The upper triangle, row by row, of R with R' R = S^-1 W' W S^-1; W itself where it is upper triangular.
inline std::vector<double> upper_root(int dimension, const double* root) {
  using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const int size = dimension == 2 ? 3 : 6;
  Matrix w = Eigen::Map<const Matrix>(root, size, size);
  if (!w.isUpperTriangular(0.0)) w = Matrix(Eigen::HouseholderQR<Matrix>(w).matrixQR());
  std::vector<double> upper;
  for (int i = 0; i < size; ++i) {
    for (int j = i; j < size; ++j) upper.push_back(w(i, j) * (dimension == 3 && j >= 3 ? 0.5 : 1.0));
  }
  return upper;
}

}  // namespace heliotrope::detail
