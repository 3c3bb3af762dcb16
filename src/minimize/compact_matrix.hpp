// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "minimize/iterates.hpp"

namespace heliotrope::detail {

/// A small dense system by Gaussian elimination with partial pivoting; memory for the largest size from the start.
class SmallSystem {
 public:
  explicit SmallSystem(std::size_t largest) : values_(largest * largest), scales_(largest), pivots_(largest) {}
  /// The matrix to be factorised, row by row: size x size.
  double* values(std::size_t size) {
    size_ = size;
    return values_.data();
  }
  /// False where the matrix is singular or not finite.
  bool factorise();
  /// In place.
  void solve(double* b) const;

 private:
  std::size_t size_ = 0;
  std::vector<double> values_;
  std::vector<double> scales_;  ///< what is factorised has its rows and columns times these
  std::vector<std::size_t> pivots_;
};

/// The limited-memory BFGS matrix in compact form [Byrd1994; Byrd1995, 3],
///
///     B = theta I - W M W',   W = [Y, theta S],   M = K^-1,   K = [ -D   L'        ]
///                                                             [  L   theta S'S ]
///
/// with D the diagonal of S'Y and L the products of each s with older y. Columns of Y and S go by age; S and Y are the
/// iterates' directions and differences of gradients, and take no storage.
class CompactMatrix {
 public:
  CompactMatrix(int memory, std::int64_t size, int threads);

  /// Takes the newest pair in, or forgets all where there is none.
  void update(Iterates& at);

  double theta() const { return theta_; }
  /// Columns of W.
  std::size_t size() const { return 2 * used_.size(); }
  /// Row j of W.
  void row(const Iterates& at, std::int64_t j, double* w) const;
  /// W'v for an n-vector v.
  void transposed(const Iterates& at, const double* v, double* out);
  /// v += W c
  void add(const Iterates& at, const double* c, double* v);
  /// M v, in place.
  void multiply_m(double* v) const { k_.solve(v); }
  /// v = B^-1 v by the recursion of two loops [Nocedal2006, algorithm 7.4]: 4 vectors read a pair.
  void apply_inverse(const Iterates& at, double* v);
  /// B with rows and columns of variables outside `free` left out, inverted: K - W'ZZ'W / theta, factorised.
  bool restrict_to(const Iterates& at, const char* free);
  /// v = (K - W'ZZ'W / theta)^-1 v
  void solve_restricted(double* v) const { restricted_.solve(v); }

 private:
  double& ss(std::size_t i, std::size_t j) { return ss_[i * memory_ + j]; }  // i not older than j
  double& sy(std::size_t i, std::size_t j) { return sy_[i * memory_ + j]; }  // s_i'y_j, i not older than j
  void add_products(Iterates& at, std::size_t pairs);
  template <std::int64_t block>
  void gather(const Iterates& at, const char* free, std::int64_t first, std::int64_t count, double (*w)[block]) const;
  void write_k(double* k);

  std::size_t memory_;
  VectorPasses passes_;
  double theta_ = 1.0;
  std::vector<double> ss_, sy_, steps_, alphas_, sums_, products_;
  std::vector<char> good_;  // by age: whether the pair has positive curvature
  std::vector<int> used_;   // ages that are good
  SmallSystem k_, restricted_;
};

}  // namespace heliotrope::detail
