// SPDX-License-Identifier: Apache-2.0
// Smooth functions that are not sums of squares: from steepest descent to L-BFGS, and Newton's methods.
//
//     std::vector<double> x = {-1.2, 1.0};
//     const auto summary = heliotrope::minimize_objective(rosenbrock, x, {.gradient_tolerance = 1e-8});
#pragma once

#include <functional>
#include <limits>
#include <span>
#include <string_view>

#include "heliotrope/minimize/objective.hpp"
#include "heliotrope/minimize/objective_summary.hpp"
#include "heliotrope/minimize/second_order.hpp"

namespace heliotrope {

/// Where the next step goes. In brackets what is kept, in n-vectors.
enum class ObjectiveMethod {
  lbfgs,  ///< limited-memory BFGS [memory + 7; of under 20,000 variables 2 memory + 7]; within bounds L-BFGS-B
          ///< [2 memory + 9] [Liu1989; Byrd1995]
  gradient_descent,  ///< steepest descent with fixed steps, or any search [8]
  barzilai_borwein,  ///< steepest descent, spectral steps, values may rise for a while [8] [Raydan1997]
  fletcher_reeves,   ///< conjugate gradients, beta = |g|^2 / |g_old|^2 [7] [Fletcher1964]
  polak_ribiere,     ///< conjugate gradients, beta = max(0, g'y / |g_old|^2) [7] [Polak1969; Gilbert1992]
  hestenes_stiefel,  ///< conjugate gradients, beta = max(0, g'y / d'y) [7] [Hestenes1952]
  hager_zhang,       ///< conjugate gradients of guaranteed descent [7] [Hager2005]
  bfgs,              ///< dense quasi-Newton [n + 10] [Nocedal2006, 6.1]
  dfp,               ///< dense; needs nearly exact searches [n + 10] [Nocedal2006, 6.1]
  broyden,           ///< between both, by broyden_phi [n + 10] [Nocedal2006, 6.3]

  // With second derivatives. What each needs is in braces; memory is beside the Hessian's
  // values and its factor.
  newton,            ///< searches along -(H + tau I)^-1 g {hessian} [6] [Nocedal2006, 3.4]
  damped_newton,     ///< steps of that, damped as in Levenberg-Marquardt {hessian} [5] [Nielsen1999]
  truncated_newton,  ///< searches along directions of conjugate gradients {hessian or product} [9] [Nocedal2006, 7.1]
  trust_region_newton,  ///< conjugate gradients in a trust region {hessian or product} [8] [Steihaug1983]
  more_sorensen,        ///< the nearly exact step in a trust region {hessian} [7] [More1983]
  sr1                   ///< symmetric rank one, dense, in a trust region {} [5.5 n + 9] [Nocedal2006, 6.2]
};

/// How long the step is. With phi(a) = f(x + a d), every search but fixed ends where
/// phi(a) <= phi(0) + sufficient_decrease a phi'(0), and those of Wolfe's conditions also where
/// |phi'(a)| <= curvature |phi'(0)|.
enum class LineSearchType {
  automatic,     ///< more_thuente, within bounds hager_zhang once that finds no lower value; for gradient_descent
                 ///< fixed, for barzilai_borwein backtracking, for hager_zhang, newton, truncated_newton hager_zhang
  more_thuente,  ///< both conditions [More1994]
  hager_zhang,   ///< phi'(a) >= curvature phi'(0), or the approximate Wolfe conditions [Hager2005]
  strong_wolfe,  ///< both conditions, by bracketing and zooming [Nocedal2006, 3.5-3.6]
  backtracking,  ///< the first, by shrinking with interpolation [Dennis1996, 6.3.1]
  fixed          ///< the first step, whatever it leads to (shortened where f is not finite)
};

/// "lbfgs", "more_thuente", ...; empty past the last, so that all can be listed.
std::string_view name(ObjectiveMethod method);
std::string_view name(LineSearchType type);

struct LineSearchOptions {
  LineSearchType type = LineSearchType::automatic;
  double sufficient_decrease = 1e-4;  ///< in (0, 1/2)
  double curvature = 0.0;             ///< in (sufficient_decrease, 1); 0: 0.9, for conjugate gradients and dfp 0.1
  int max_evaluations = 40;           ///< in one search
  double first_step = 0.0;  ///< length |x_1 - x_0| of the first trial; gradient_descent: the fixed factor of -g,
                            ///< 0: 1 (1e-3)
};

/// The scaling gamma I that limited memory starts from.
enum class InitialScaling {
  newest,  ///< gamma = s'y / y'y of the newest pair [Nocedal2006, 7.20]
  first,   ///< of the first pair, and kept: with enough memory this is bfgs
  none     ///< gamma = 1
};

struct TrustRegionOptions {
  double first_radius = 0.0;  ///< 0: a tenth of |x|, but at least 0.1
  double most_radius = std::numeric_limits<double>::infinity();
};

/// How gradients are measured against gradient_tolerance.
enum class GradientNorm {
  maximum,    ///< max |g_j|
  euclidean,  ///< (sum g_j^2)^(1/2)
  relative    ///< (sum g_j^2)^(1/2) / max(1, (sum x_j^2)^(1/2))
};

struct ObjectiveOptions {
  ObjectiveMethod method = ObjectiveMethod::lbfgs;
  LineSearchOptions line_search = {};
  TrustRegionOptions trust_region = {};
  int memory = 6;  ///< pairs that lbfgs keeps
  InitialScaling scaling = InitialScaling::newest;
  double broyden_phi = 0.5;  ///< H = (1 - phi) H_dfp + phi H_bfgs
  int threads = 1;           ///< for what is outside the objective. Results do not depend on it

  /// Empty, or one number a variable; infinite where there is no bound. For lbfgs only.
  std::span<const double> lower = {}, upper = {};

  int max_iterations = 100000;
  int max_evaluations = 1000000;
  double time_limit = std::numeric_limits<double>::infinity();  ///< seconds
  double gradient_tolerance = 1e-6;
  GradientNorm gradient_norm = GradientNorm::maximum;
  double value_tolerance = 0.0;

  /// Called after every iteration, the start included; false stops.
  std::function<bool(const ObjectiveIteration&)> callback = {};
  /// Asked after every evaluation; true stops.
  std::function<bool()> stop = {};
};

/// Minimises f from x and leaves the best point found there.
///
/// Errors: none for numerical outcomes (see ObjectiveStatus); Error where an option is out of its range. Where f or its
/// gradient is not finite at a trial point the step is shortened. Nothing is allocated after the first iteration.
/// Cost outside f, an iteration: lbfgs reads or writes 2 memory + 9 n-vectors, conjugate gradients 14; bfgs and its
/// kin read an n x n matrix three times and write it once.
ObjectiveSummary minimize_objective(Objective f, std::span<double> x, const ObjectiveOptions& options = {});

/// The same with second derivatives. Methods that need none ignore them; Error where one needs what was not given, or
/// the pattern is not a symmetric one of x's size.
///
/// The analysis of a Hessian's pattern is done before the first iteration. An iteration of newton, damped_newton and
/// more_sorensen takes 1 to some factorisations (ObjectiveSummary counts them), one of the others products.
ObjectiveSummary minimize_objective(const SecondOrderObjective& f, std::span<double> x,
                                    const ObjectiveOptions& options = {});

}  // namespace heliotrope
