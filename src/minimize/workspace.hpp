// SPDX-License-Identifier: Apache-2.0
// The point, its linear model and the step of a least-squares solve. All memory is taken when the workspace is made.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "heliotrope/minimize/minimize.hpp"
#include "heliotrope/problem/evaluator.hpp"
#include "minimize/model.hpp"
#include "minimize/stage_timer.hpp"

namespace heliotrope::detail {

/// D = max(diag J'J, memory * previous D). 1 is MINPACK's rule [More1978]: safe from columns that vanish on a plateau
/// (BoxBOD, MGH17), slow where the start's columns are huge (Ladybug-49: over 50 iterations instead of 28). Measured.
inline constexpr double scale_memory = 0.3;

/// The threads asked for, or fewer where there is too little to share out. Bits do not depend on it.
int useful_threads(const Problem& problem, int threads);

class StepStrategy;

class Workspace final : public SolverCache {
 public:
  Workspace(const Problem& problem, const MinimizeOptions& options);

  /// Whether it can serve a solve of the problem with these options.
  bool serves(const Problem& problem, const MinimizeOptions& options) const;
  /// Begins a solve by a method: takes the problem's values.
  void begin(const Problem& problem, Method by, std::function<bool()> stop);

  /// at_x, gradient, diagonal and scale at x; see Model.
  bool linearise(double lambda) { return model->linearise(*this, lambda); }
  /// step = -(J'J + lambda diag(scale))^-1 g. False: not definite, or not finite.
  bool solve(double lambda);
  void accelerate() { model->accelerate(*this); }
  /// candidate = plus(x, length * step) and its cost.
  double try_step(double length = 1.0);
  /// Model::settle; the candidate's cost.
  double settle(bool rejected, int iterations) { return candidate_cost = model->settle(*this, rejected, iterations); }
  /// x = candidate.
  void accept();

  /// The numbers of all variables; x and candidate have spare ones behind them, which kernels may read.
  std::span<const double> point() const { return std::span(x).first(num_values_); }
  std::span<double> candidate_point() { return std::span(candidate).first(num_values_); }

  double gradient_max() const;
  /// max_j |g_j| / (|J_j| |r|); with bounds min(|g_j| / |J_j|, |J_j| room) / |r|, room being what is left to the bound
  /// that -g_j points to.
  double gradient_cosine() const;
  double slope() const;                   ///< g' step
  double scaled_square() const;           ///< step' diag(scale) step
  double scaled_square_of_sized() const;  ///< the same over the coordinates that scaled_size() counts, or all
  double step_norm() const;
  /// max_b |step_b| / (|x_b| + tiny); with typical sizes max_j |step_j| / max(|x_j|, typical_j), number by number.
  double relative_step() const;
  /// Raises scale where a number by itself, the others staying, would move farther than three times its Euclidean
  /// variable's distance from 0, |max(|x_b|, typical_b)|: with damping lambda it then moves by that at most. Nothing
  /// where that is 0.
  void stiffen_scale(double lambda);
  /// |sqrt(diag(scale)) x| over Euclidean variables, where typical sizes are given max(|x|, typical) and tangent
  /// directions too; 0: there are none.
  double scaled_size() const;

  const Problem* problem = nullptr;
  Method method{};                         ///< of this solve
  std::shared_ptr<StepStrategy> strategy;  ///< of the last solve, and of which method
  Method strategy_method{};
  LargeVector<double> x, candidate, gradient, diagonal, scale, step;
  double memory = scale_memory;   ///< what linearise() keeps of the scale before
  LargeVector<double> best;       ///< the best x, where costs may rise
  LargeVector<double> low, high;  ///< least and largest step within the bounds; empty where there are none
  double at_x = 0.0;              ///< the cost at x, as linearise() found it
  double cost = 0.0, candidate_cost = 0.0;
  double seconds_setup = 0.0, seconds_residuals = 0.0, seconds_jacobian = 0.0, seconds_linear = 0.0;
  std::unique_ptr<Model> model;

 private:
  /// Of a coordinate of a run's variable: |x| of a Euclidean one, at least its typical size where that is given.
  double size_of(const Structure::Run& run, std::int64_t variable, int coordinate) const;

  std::size_t num_values_;
  double length_ = 1.0;  ///< of the step tried last
  std::shared_ptr<const Structure> structure_;
  LinearSolverType type_;
  std::vector<VariableRange> eliminate_;
  Derivatives derivatives_;
  bool dogleg_, bounded_;
  std::uint64_t bounds_version_;  ///< where it matters
  int threads_asked_;
};

}  // namespace heliotrope::detail
