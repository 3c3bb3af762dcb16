// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <limits>
#include <vector>

#include "heliotrope/linear/linear_solver.hpp"
#include "heliotrope/minimize/checkpoint.hpp"
#include "heliotrope/minimize/iteration_view.hpp"
#include "heliotrope/minimize/summary.hpp"
#include "heliotrope/problem/problem.hpp"

namespace heliotrope {

enum class Method {
  levenberg_marquardt,  ///< damped steps [Marquardt1963]
  gauss_newton,         ///< with a line search
  dogleg,               ///< a trust region; from the gradient's minimiser towards Gauss-Newton's [Powell1970]
  subspace_dogleg       ///< a trust region; the best step of the plane of both [Byrd1988]
};

/// How Levenberg-Marquardt changes its damping.
enum class DampingPolicy {
  automatic,  ///< eager where variables are eliminated (bundle adjustment), else fletcher
  fletcher,   ///< a fifth where the model is good, three times where it is poor [Fletcher1971]
  nielsen,    ///< a cubic of the gain ratio; growing factors on rejection [Nielsen1999]
  classical,  ///< ten times less or more [Marquardt1963]
  eager       ///< Nielsen's cubic, down to a twentieth where the model is nearly exact
};

struct MinimizeOptions {
  Method method = Method::levenberg_marquardt;
  LinearSolverType linear = LinearSolverType::automatic;
  /// Variables to eliminate first, of which no residual may join two (points of a bundle adjustment). Empty: found from
  /// the structure, where elimination is worthwhile or asked for by `linear`.
  std::vector<VariableRange> eliminate = {};
  Derivatives derivatives = Derivatives::automatic;
  int threads = 1;  ///< at most; small problems use fewer. Results do not depend on it

  int max_iterations = 2000;                                    ///< a guard: it stops a solve that still makes progress
  double time_limit = std::numeric_limits<double>::infinity();  ///< seconds
  double cost_tolerance = 1e-6;
  double gradient_tolerance = 1e-10;
  double step_tolerance = 1e-10;

  /// Newton steps that each eliminated variable takes by itself at every candidate, the others staying: dearer
  /// iterations, and fewer. One saves a tenth to a half of the time on bundle adjustment; more save nothing.
  int point_iterations = 1;

  DampingPolicy damping = DampingPolicy::automatic;
  double initial_damping = 1e-4;  ///< relative to the diagonal of J'J
  /// Whether Levenberg-Marquardt's steps bend with the residuals [Transtrum2012], where all losses are trivial and the
  /// Jacobian is stored.
  bool geodesic_acceleration = true;
  /// Accepted steps in a row that may raise the cost, as long as it falls over them all: 0 is monotone. The best point
  /// is kept [Toint1996; Conn2000, 10.1].
  int nonmonotone_steps = 0;

  /// Called after every iteration, the start included; false stops at the best point. The problem itself gets its new
  /// values when the solve ends.
  std::function<bool(const Iteration&)> callback = {};
  /// The same with a view of the point, its gradient, Jacobian and step, through which losses may be changed (graduated
  /// robustness); false stops.
  std::function<bool(IterationView&)> observe = {};

  /// Given what a solve needs to go on from here, after accepted iterations and at most every checkpoint_seconds.
  std::function<void(const Checkpoint&)> checkpoint = {};
  double checkpoint_seconds = 60.0;
  /// Goes on from a checkpoint in place of the problem's values, with the bits of a solve that never stopped. Limits of
  /// time count anew. Error where it is of other sizes, options or cost, or outside the bounds (typical sizes are
  /// not compared), and where a black-box function is noise_aware.
  const Checkpoint* resume = nullptr;

  /// Asked after every iteration and within long ones; true stops at the best point. It may be called hundreds of times
  /// an iteration.
  std::function<bool()> stop = {};
};

/// Minimises the problem from its present values and leaves the best point found in it.
///
/// Errors: none for numerical outcomes (see Status); Error where an option asks for what this build or problem lacks.
/// What is analysed and allocated stays with the problem: solving again after values or data changed, but not the
/// structure, analyses and allocates nothing (given a Summary to reuse).
Summary minimize(Problem& problem, const MinimizeOptions& options = {});
void minimize(Problem& problem, const MinimizeOptions& options, Summary& summary);

}  // namespace heliotrope
