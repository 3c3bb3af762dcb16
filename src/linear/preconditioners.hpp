// SPDX-License-Identifier: Apache-2.0
// Approximate inverses of the damped reduced matrix for conjugate gradients.
#pragma once

#include <memory>
#include <span>

#include "heliotrope/linear/schur_complement.hpp"

namespace heliotrope::linear_detail {

class Preconditioner {
 public:
  virtual ~Preconditioner() = default;
  /// Takes the blocks of S and the damping. False: not positive definite.
  virtual bool factorise(const SchurComplement& schur, std::span<const double> damping, int threads) = 0;
  /// z = M^-1 r.
  virtual void apply(std::span<const double> r, std::span<double> z) = 0;
};

/// The diagonal blocks of S ("Schur-Jacobi").
std::unique_ptr<Preconditioner> make_schur_jacobi(const SchurComplement& schur);

/// The diagonal blocks of S with respect to clusters of kept variables: runs of the order of nested dissection, whose
/// leaves are the parts that small separators leave. For S with all its blocks.
std::unique_ptr<Preconditioner> make_cluster_jacobi(const SchurComplement& schur);

}  // namespace heliotrope::linear_detail
