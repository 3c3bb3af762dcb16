// SPDX-License-Identifier: Apache-2.0
// Which solver of the reduced system is the cheapest, by counts: the same choice for any number of threads.
#pragma once

#include <optional>
#include <string>

#include "heliotrope/linear/linear_solver.hpp"
#include "heliotrope/linear/schur_complement.hpp"
#include "supernodes.hpp"

namespace heliotrope::linear_detail {

/// Conjugate gradient iterations that the first choice assumes: on crowds and long tracks the first solves take 10 to
/// 40, the last ones hundreds, and by then the choice has changed.
inline constexpr double assumed_iterations = 25.0;

/// What the choice rests on, in seconds of one core a Levenberg-Marquardt iteration.
struct SchurCosts {
  double form = 0;       ///< the blocks of S
  double factorise = 0;  ///< Cholesky, with the copy into panels
  double product = 0;    ///< one conjugate gradient iteration with the blocks
  double implicit = 0;   ///< one without
  double with_cholesky() const { return form + factorise; }
  double with_gradients(double iterations) const { return form + iterations * product; }
  double without_blocks(double iterations) const { return iterations * implicit; }
};

/// Whether S may be worth its blocks, before these are known.
bool is_forming_hopeless(const EliminationPlan& plan);

/// The order of elimination with the fewer flops of minimum degree and nested dissection; one dense supernode where
/// most of S is filled.
SymbolicFactor order_reduced(const BlockSymmetricPattern& pattern, bool& dense);

/// Flops of forming S from the pairs of kept variables of each point.
double pair_flops(const EliminationPlan& plan);
/// Numbers of the Jacobian, unused lanes included.
double count_derivatives(const EliminationPlan& plan);

SchurCosts count_costs(const EliminationPlan& plan, const BlockSymmetricPattern& pattern, double flops);

/// The cheapest, for a guess at the number of conjugate gradient iterations.
LinearSolverType cheapest(const SchurCosts& costs, double iterations);

/// Counts and the reason, in a sentence.
std::string explain(const EliminationPlan& plan, const BlockSymmetricPattern* pattern, const SchurCosts& costs);

}  // namespace heliotrope::linear_detail
