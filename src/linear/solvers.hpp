// SPDX-License-Identifier: Apache-2.0
// The linear solvers of this build.
#pragma once

#include <memory>

#include "heliotrope/linear/linear_solver.hpp"
#include "supernodes.hpp"

#ifndef HELIOTROPE_HAS_SUITESPARSE
#define HELIOTROPE_HAS_SUITESPARSE 0
#endif
#ifndef HELIOTROPE_HAS_CHOLMOD_SUPERNODAL
#define HELIOTROPE_HAS_CHOLMOD_SUPERNODAL 0
#endif
#ifndef HELIOTROPE_HAS_SPQR
#define HELIOTROPE_HAS_SPQR 0
#endif

namespace heliotrope::linear_detail {

/// How CHOLMOD stores the factor: one column at a time, dense panels of like columns, or chosen by the flops per
/// nonzero.
enum class FactorStorage { automatic, simplicial, supernodal };

#if HELIOTROPE_HAS_SUITESPARSE
std::unique_ptr<LinearSolver> make_cholmod_cholesky(FactorStorage storage);
#endif
/// A symbolic factorisation made while choosing spares its analyse the same work.
std::unique_ptr<LinearSolver> make_block_cholesky();
std::unique_ptr<LinearSolver> make_block_cholesky(NormalEquations normal, SymbolicFactor symbolic);
std::unique_ptr<LinearSolver> make_normal_gradients();
std::unique_ptr<LinearSolver> make_eigen_cholesky();
std::unique_ptr<LinearSolver> make_dense_cholesky();
std::unique_ptr<LinearSolver> make_dense_qr();
#if HELIOTROPE_HAS_SPQR
std::unique_ptr<LinearSolver> make_spqr();
#endif
std::unique_ptr<LinearSolver> make_eigen_qr();

/// Throws Error where `found` is not `expected`; `what` names the vector.
void expect_length(std::size_t found, std::int64_t expected, const char* what);

}  // namespace heliotrope::linear_detail
