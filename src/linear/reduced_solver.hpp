// SPDX-License-Identifier: Apache-2.0
// Solvers of the damped reduced system S x = -b.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string_view>

#include "heliotrope/linear/schur_complement.hpp"
#include "supernodes.hpp"

namespace heliotrope::linear_detail {

class ReducedSolver {
 public:
  struct Limits {
    int iterations = 0;                           ///< at most
    const std::function<bool()>* stop = nullptr;  ///< asked every iteration: true ends it with the step so far
  };
  virtual ~ReducedSolver() = default;
  /// x = -(S + diag(damping))^-1 b, one number a kept column. False: not positive definite.
  virtual bool solve(SchurComplement& schur, std::span<const double> damping, std::span<double> x, const Limits& limits,
                     int threads) = 0;
  virtual std::string_view name() const = 0;
  /// Iterations of the last solve; 0: a factorisation.
  virtual int last_iterations() const { return 0; }
};

/// By the supernodal factorisation of a symbolic factor of schur.pattern().
std::unique_ptr<ReducedSolver> make_reduced_factor(const SchurComplement& schur, SymbolicFactor symbolic, bool dense);

/// By conjugate gradients, preconditioned by clusters of the explicit S or the diagonal blocks of the implicit one.
std::unique_ptr<ReducedSolver> make_reduced_gradients(const SchurComplement& schur, bool implicit);

}  // namespace heliotrope::linear_detail
