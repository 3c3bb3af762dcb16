// SPDX-License-Identifier: Apache-2.0
// The point, its linearisation and the step of a least-squares solve, and how each is computed. All memory is taken
// when the workspace is made.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "heliotrope/linear/jacobian_operator.hpp"
#include "heliotrope/minimize/minimize.hpp"
#include "heliotrope/problem/evaluator.hpp"

namespace heliotrope::detail {

using Clock = std::chrono::steady_clock;
inline double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Adds the time of a scope to a stage.
class StageTimer {
 public:
  explicit StageTimer(double& seconds) : seconds_(seconds), start_(Clock::now()) {}
  ~StageTimer() { seconds_ += seconds_since(start_); }

 private:
  double& seconds_;
  Clock::time_point start_;
};

class StepStrategy;

class Workspace final : public SolverCache {
 public:
  Workspace(const Problem& problem, const MinimizeOptions& options);

  /// Whether it can serve a solve with these options.
  bool serves(const MinimizeOptions& options) const;
  /// Begins a solve: takes the problem's values.
  void begin(const Problem& problem);

  /// cost, gradient, diagonal and scale at x; the linear solver's matrix too. False: something is not finite.
  bool linearise();
  /// step = -(J'J + lambda diag(scale))^-1 g. False: not definite, or not finite.
  bool solve(double lambda);
  /// Adds half the geodesic acceleration to the step, where it is small beside it (see workspace.cpp).
  void accelerate();
  /// candidate = plus(x, length * step) and its cost.
  double try_step(double length = 1.0);
  /// x = candidate.
  void accept();

  double gradient_max() const;
  /// max_j |g_j| / (|J_j| |r|).
  double gradient_cosine() const;
  double slope() const;          ///< g' step
  double scaled_square() const;  ///< step' diag(scale) step
  double step_norm() const;
  double relative_step() const;  ///< max_b |step_b| / (|x_b| + tiny)
  double scaled_size() const;    ///< |sqrt(diag(scale)) x| over Euclidean variables; 0: there are none

  const Problem* problem = nullptr;
  Evaluator evaluator;
  ChosenLinearSolver linear;
  std::shared_ptr<StepStrategy> strategy;  ///< of the last solve, and of which method
  Method strategy_method{};
  std::vector<double> x, candidate, gradient, diagonal, scale, damping, step, scaled_step;
  double cost = 0.0, candidate_cost = 0.0;
  double seconds_setup = 0.0, seconds_residuals = 0.0, seconds_jacobian = 0.0, seconds_linear = 0.0;

 private:
  Evaluator ahead_;            ///< residuals at a second point
  bool plain_squares_ = true;  ///< every loss is trivial
  std::vector<double> curvature_, curvature_gradient_, acceleration_;
  JacobianOperator products_;
  LinearSolverType type_;
  Derivatives derivatives_;
  int threads_asked_, threads_;
};

}  // namespace heliotrope::detail
