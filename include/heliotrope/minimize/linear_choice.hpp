// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "heliotrope/linear/linear_costs.hpp"
#include "heliotrope/minimize/minimize.hpp"

namespace heliotrope {

/// With which linear solver minimize would begin, why, and what it and the others are predicted to cost.
struct LinearChoice {
  LinearSolverType type = LinearSolverType::automatic;  ///< chosen; automatic where there is no free variable
  std::string reason;                                   ///< a sentence, as Summary::linear_reason
  std::int64_t num_eliminated = 0;      ///< variables that no residual joins: what the schur_ types eliminate
  std::vector<LinearSolverCost> costs;  ///< of the solvers that can take the problem
};

/// Nothing is evaluated or factorised. The choice is that of `options` (what they ask for by name, where they do), for
/// the present structure; conjugate gradients that need many iterations are left for a factorisation later, which this
/// cannot foresee. Costs are those of every solver, whatever `options` say.
///
/// Errors: as minimize, where an option asks for what the problem lacks. Cost: that of setting up each solver that is
/// worth it, without the values: the pattern and symbolic factor of J'J, and of the reduced matrix.
LinearChoice choose_linear(const Problem& problem, const MinimizeOptions& options = {});

}  // namespace heliotrope
