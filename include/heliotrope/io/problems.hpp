// SPDX-License-Identifier: Apache-2.0
// Scenes, graphs and data sets as problems, and the answer back.
#pragma once

#include <string>

#include "heliotrope/io/bal.hpp"
#include "heliotrope/io/bal_normalisation.hpp"
#include "heliotrope/io/g2o.hpp"
#include "heliotrope/io/nist.hpp"
#include "heliotrope/problem/problem.hpp"

namespace heliotrope {

/// Bundle adjustment: every camera's nine and every point's three numbers are free; SnavelyReprojection residuals.
///
/// The problem's numbers are those of the normalised scene: same residuals and cost, other translations and points.
struct BalProblem {
  Problem problem;
  Variables<Euclidean<9>> cameras;
  Variables<Euclidean<3>> points;
  Residuals observations;
  BalNormalisation normalisation;
};
struct BalProblemOptions {
  bool normalise = true;  ///< false: the problem's numbers are the scene's own
};
/// A scene that has no normalisation (see find_normalisation), or would overflow by it, is taken as it is.
BalProblem make_problem(const BalScene& scene, const ResidualOptions& options = {},
                        const BalProblemOptions& bal_options = {});
/// Writes the problem's values into the scene it was made from, in the scene's own units.
void store_values(const BalProblem& from, BalScene& scene);

/// A pose graph: g2o's residuals weighted by the square-root information, so that the cost is chi2 / 2.
///
/// Poses that the file fixes are fixed. In each connected part that has none, the first pose is fixed: without it the
/// part could move as a whole. `gauge` says what was done, in a sentence.
struct PoseGraphProblem {
  Problem problem;
  std::string gauge;
};
/// options.sqrt_information must be empty: the graph's own is used.
PoseGraphProblem make_problem(const PoseGraph& graph, const ResidualOptions& options = {});
void store_values(const PoseGraphProblem& from, PoseGraph& graph);

/// A NIST data set: one variable, one residual an observation, from its start 1 or 2.
/// Throws Error where no model of that name ships.
Problem make_problem(const NistProblem& data, int start, const ResidualOptions& options = {});

}  // namespace heliotrope
