// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "heliotrope/large_vector.hpp"
#include "minimize/direction.hpp"
#include "minimize/line_search.hpp"
#include "minimize/objective_run.hpp"

namespace heliotrope::detail {

/// The loop that all line-search methods share: choose a direction, search along it, step, record, stop.
///
/// Where a search finds no lower value, the direction is forgotten and -g is tried; where that fails too, the solve
/// ends. A search that lets values rise (backtracking with a window, fixed) is followed, but the best point is kept.
class LineSearchLoop {
 public:
  /// by_slopes: a search that takes over for good where the first one finds no lower value for the first time; null:
  /// none. may_rise: whether a search may end at a higher value; costs one n-vector.
  LineSearchLoop(ObjectiveRun& run, Iterates& at, Direction& direction, LineSearch& search, LineSearch* by_slopes,
                 bool may_rise, const ObjectiveOptions& options, ObjectiveSummary& summary)
      : run_(run),
        at_(at),
        direction_(direction),
        search_(&search),
        by_slopes_(by_slopes),
        options_(options),
        summary_(summary),
        best_(may_rise ? at.x().size() : 0) {}

  /// Runs from the iterates' point; the best one found is written to x.
  void run(std::span<double> x);

 private:
  void iterate();
  double first_step() const;
  void refuse(const LineFunction& phi);
  void step_to(const LinePoint& point);
  void leave_best(double next_value);
  void conclude(std::span<double> x);

  ObjectiveRun& run_;
  Iterates& at_;
  Direction& direction_;
  LineSearch* search_;
  LineSearch* by_slopes_;
  const ObjectiveOptions& options_;
  ObjectiveSummary& summary_;
  LargeVector<double> best_;
  double best_value_ = 0.0, best_max_ = 0.0, best_square_ = 0.0;
  bool best_is_behind_ = false;  // best_ is lower than the present point
};

}  // namespace heliotrope::detail
