// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "heliotrope/linear/block_jacobian.hpp"

namespace heliotrope {

/// A way to solve the damped normal equations (J'J + diag(damping)) step = -J'r.
///
/// Life cycle: analyse once for a structure (allocates everything), linearise for every new J and r, factorise for
/// every new damping, solve. One object serves one thread at a time.
class LinearSolver {
 public:
  virtual ~LinearSolver() = default;

  /// Structure only: orderings, symbolic factorisation, scatter maps.
  virtual void analyse(const BlockJacobian& jacobian) = 0;

  /// Begins a minimisation; `stop` (may be null) is asked within long solves and outlives them.
  virtual void begin([[maybe_unused]] const std::function<bool()>* stop) {}

  /// Takes new values of J and r from the arrays that the parts view.
  virtual void linearise(const BlockJacobian& jacobian, int threads) = 0;

  /// Factorises J'J + diag(damping); `damping` has one number a column. False: not numerically definite.
  virtual bool factorise(std::span<const double> damping, int threads) = 0;

  /// Overwrites `step` (one number a column) with the solution for the last factorisation.
  virtual void solve(std::span<double> step) = 0;

  /// The same for another right-hand side: (J'J + diag(damping)) solution = -gradient.
  virtual void solve_for(std::span<const double> gradient, std::span<double> solution) = 0;

  /// Whether steps are those of an iteration stopped early; the Jacobian linearised at must then outlive the solves.
  virtual bool is_iterative() const { return false; }
  /// Makes later solves more exact. False: they are as exact as they get.
  virtual bool refine() { return false; }
  /// How exact steps are, where refine() changes it; begin() resets it.
  virtual double forcing() const { return 0.0; }
  virtual void set_forcing(double) {}

  virtual std::string_view name() const = 0;
};

enum class LinearSolverType {
  automatic,            ///< chosen from the structure
  cholesky,             ///< the sparse Cholesky that is usually the fastest of this build
  cholesky_simplicial,  ///< CHOLMOD, column by column
  cholesky_supernodal,  ///< CHOLMOD, dense panels by BLAS
  block_cholesky,       ///< supernodal over blocks, own kernels for small panels; in every build
  eigen_cholesky,       ///< Eigen's simplicial; in every build
  dense_cholesky,       ///< J'J as one dense matrix
  dense_qr,             ///< J as one dense matrix: keeps digits where J is ill-conditioned
  sparse_qr,            ///< J as a sparse matrix: the same where J is large. SPQR, or Eigen's in builds without it
  conjugate_gradients,  ///< products with J alone: memory of a few vectors, where a factor would be too large
  streamed,        ///< few columns: residuals are folded into a triangle by QR as they are evaluated, J never stored
  schur_cholesky,  ///< elimination of an independent set of variables; sparse Cholesky of what is left
  schur_dense,     ///< elimination; dense Cholesky of what is left
  schur_pcg,       ///< elimination; conjugate gradients with the explicit reduced matrix
  schur_implicit,  ///< elimination; conjugate gradients without forming the reduced matrix
};

/// Whether the solver eliminates variables in sweeps over the residuals (SchurSolver).
inline bool is_schur(LinearSolverType type) { return type >= LinearSolverType::schur_cholesky; }

/// A solver, which it is (never automatic), and why it was chosen, in one sentence.
struct ChosenLinearSolver {
  std::unique_ptr<LinearSolver> solver;
  LinearSolverType type;
  std::string reason;
};

/// Makes the solver named, or chooses one from the structure where `type` is automatic.
/// Throws Error where the type named is not in this build.
ChosenLinearSolver make_linear_solver(LinearSolverType type, const BlockJacobian& jacobian);

}  // namespace heliotrope
