// SPDX-License-Identifier: Apache-2.0
// What each linear solver would cost, counted from the structure before anything is solved.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "heliotrope/linear/block_jacobian.hpp"
#include "heliotrope/linear/elimination_plan.hpp"
#include "heliotrope/linear/linear_solver.hpp"

namespace heliotrope {

/// Counts for one solver. Flops are multiplications and additions; leading terms, good to a factor of two or so.
struct LinearSolverCost {
  LinearSolverType type = LinearSolverType::automatic;
  double flops_form = 0.0;   ///< once a linearisation: J'J, the reduced matrix S, or QR's factor of J
  double flops_solve = 0.0;  ///< once a damping: the factorisation; where iterative, one conjugate gradient iteration
  bool iterative = false;
  double bytes = 0.0;    ///< of J (where it is stored), J'J or S, and the factor
  double seconds = 0.0;  ///< a linearisation and solve on one core, by rates measured once; 0: no such rates
};

/// One word: "cholesky", "schur_pcg", ...
std::string_view name(LinearSolverType type);

/// Solvers that take a stored Jacobian: dense QR, dense Cholesky, sparse Cholesky over blocks (`cholesky`; CHOLMOD's
/// and Eigen's have factors of about the same size), conjugate gradients. Only the structure of `jacobian` is read.
/// Sparse Cholesky has infinite flops and bytes where the factor is larger than automatic choice allows (10^12 flops).
/// Cost: that of analysing sparse Cholesky.
std::vector<LinearSolverCost> predict_costs(const BlockJacobian& jacobian);

/// The schur_... types with an elimination planned, which of them automatic begins with, and why.
struct SchurPrediction {
  LinearSolverType chosen = LinearSolverType::schur_implicit;
  std::string reason;
  std::vector<LinearSolverCost> costs;  ///< the implicit one alone where S is too large to be counted
};

/// What SchurSolver would choose. Cost: that of analysing it: the pattern of S and an order for its factor.
SchurPrediction predict_costs(const EliminationPlan& plan, int threads = 1);

}  // namespace heliotrope
