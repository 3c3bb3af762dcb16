// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

#include "heliotrope/large_vector.hpp"
#include "minimize/direction.hpp"
#include "minimize/line_search.hpp"

namespace heliotrope::detail {

/// The loop that all line-search methods share: choose a direction, search along it, step, record, stop.
///
/// Where a search finds no lower value, the direction is forgotten and -g is tried; where that fails too, the solve
/// ends. A search that lets values rise (backtracking with a window, fixed) is followed, but the best point is kept.
class LineSearchLoop {
 public:
  using Clock = std::chrono::steady_clock;

  /// may_rise: whether the search may end at a higher value; costs one n-vector.
  LineSearchLoop(Objective f, Iterates& at, Direction& direction, LineSearch& search, bool may_rise,
                 const ObjectiveOptions& options, ObjectiveSummary& summary, Clock::time_point start)
      : f_(f),
        at_(at),
        direction_(direction),
        search_(search),
        options_(options),
        summary_(summary),
        start_(start),
        best_(may_rise ? at.x().size() : 0) {}

  /// Runs from the iterates' point; the best one found is written to x.
  void run(std::span<double> x);

 private:
  bool begin();
  void iterate();
  double first_step() const;
  LinePoint evaluate(double step);
  void refuse(const LineFunction& phi);
  void step_to(const LinePoint& point);
  void leave_best(double next_value);
  void record(double step);
  void check_convergence();
  void check_limits();
  double gradient_measure() const;
  void stop(ObjectiveStatus status);
  void conclude(std::span<double> x);
  double seconds() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }

  Objective f_;
  Iterates& at_;
  Direction& direction_;
  LineSearch& search_;
  const ObjectiveOptions& options_;
  ObjectiveSummary& summary_;
  Clock::time_point start_;
  Iterates::Measure measure_;  // of the trial point
  LargeVector<double> best_;
  double best_value_ = 0.0, best_max_ = 0.0, best_square_ = 0.0;
  bool best_is_behind_ = false;  // best_ is lower than the present point
  bool stopped_ = false;
  bool interrupted_ = false;  // within a search, by limit_
  ObjectiveStatus limit_ = ObjectiveStatus::user_stopped;
};

}  // namespace heliotrope::detail
