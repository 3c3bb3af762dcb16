// SPDX-License-Identifier: Apache-2.0
// A problem as an objective: residuals and terms, on manifolds, by gradient methods.
//
//     problem.add_terms(counts, variable);                         // any sum of functions
//     problem.add_residuals<1>(priors, {.loss = huber(1)}, variable);
//     const auto summary = heliotrope::minimize_objective(problem);
#pragma once

#include "heliotrope/minimize/minimize_objective.hpp"
#include "heliotrope/problem/problem.hpp"

namespace heliotrope {

/// Minimises the cost of a problem, 1/2 sum rho(|r|^2) + sum f, from its present values and leaves the best point found
/// in it. Any method and line search; the gradient is a GradientEvaluator's.
///
/// On manifolds a step is x+ = plus(x, a d) with d in the tangent space at x, and the past of a method is carried from
/// one tangent space to the next as it is: exact where the manifold is flat, and near enough where steps are short.
/// Fixed variables stay.
///
/// In the options, gradients have a number a column, and bounds one a number of the problem (left out: its own): its
/// variables must then be all Euclidean and free (Error else). Summary: values are costs, parameters are columns.
///
/// Errors: none for numerical outcomes (see ObjectiveStatus). Memory beside the method's n-vectors: a
/// GradientEvaluator's.
ObjectiveSummary minimize_objective(Problem& problem, const ObjectiveOptions& options = {},
                                    Derivatives derivatives = Derivatives::automatic);

}  // namespace heliotrope
