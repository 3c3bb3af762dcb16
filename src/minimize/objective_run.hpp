// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

#include "heliotrope/minimize/minimize_objective.hpp"
#include "minimize/iterates.hpp"
#include "minimize/line_search.hpp"

namespace heliotrope::detail {

/// What the loops over an objective share: evaluations, limits, the record of iterations, and the ways to end.
class ObjectiveRun {
 public:
  using Clock = std::chrono::steady_clock;

  ObjectiveRun(Objective f, Iterates& at, const ObjectiveOptions& options, ObjectiveSummary& summary,
               Clock::time_point start)
      : f_(f), at_(at), options_(options), summary_(summary), start_(start) {}

  /// Evaluates the start. False: it is where the run ends.
  bool begin();
  /// f and its slope at x + step * next direction; the slope is NaN where the gradient is not finite. Limits that are
  /// reached are remembered until the loop asks.
  LinePoint evaluate(double step);
  /// Norms of the gradient that was evaluated last.
  const Iterates::Measure& measure() const { return measure_; }
  /// Iterates have moved by `step` times their direction.
  void record_step(double step);
  /// The iteration found no better point.
  void record_rejection();

  bool stopped() const { return stopped_; }
  /// Whether a limit was reached within the iteration.
  bool interrupted() const { return interrupted_; }
  void stop(ObjectiveStatus status);
  void stop_at_limit() { stop(limit_); }
  /// Writes the end into the summary; the present point is the result.
  void conclude();

 private:
  void check_limits();
  void record(double step, double step_norm);
  void check_convergence();
  void check_iterations();
  double gradient_measure() const;
  double seconds() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }

  Objective f_;
  Iterates& at_;
  const ObjectiveOptions& options_;
  ObjectiveSummary& summary_;
  Clock::time_point start_;
  Iterates::Measure measure_;
  bool stopped_ = false;
  bool interrupted_ = false;  // by limit_
  ObjectiveStatus limit_ = ObjectiveStatus::user_stopped;
};

}  // namespace heliotrope::detail
