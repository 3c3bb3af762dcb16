// SPDX-License-Identifier: Apache-2.0
// From records to tables and plots.
#pragma once

#include <limits>
#include <ostream>
#include <string>
#include <vector>

#include "traces.hpp"

namespace bundle {

inline constexpr double never = std::numeric_limits<double>::infinity();

/// The repeats of one solver on one problem, and medians over them; a miss counts as infinitely late.
struct Row {
  std::string solver;
  std::vector<Solve> solves;
  double seconds_to[2] = {never, never};  ///< to 1.01 and 1.001 times the best cost known
  int misses[2] = {0, 0};
  double seconds_to_convergence = never;  ///< the solver's own, wherever it converged
  double final_cost = never;              ///< the least of the repeats

  bool skipped() const { return !solves.empty() && solves.front().outcome == "skipped"; }
  /// The repeat that took the median time.
  const Solve& typical() const;
};

/// One problem at one number of threads.
struct Result {
  std::string problem;
  std::int64_t observations = 0;
  int threads = 1;
  double best = never;         ///< the best cost known
  bool best_is_known = false;  ///< published; else the best that any solver found in these records
  std::vector<Row> rows;       ///< Heliotrope first
};

/// Targets of a problem are the same for every number of threads.
///
/// A best cost below 1e-9 an observation counts as that much: there a solution is exact but for rounding.
std::vector<Result> results(const std::vector<Record>& records);

/// A table for every result: seconds, and times Heliotrope's.
void write_tables(std::ostream& out, const std::vector<Result>& results);

/// One row a result: the best of the others over Heliotrope, to 1.001x and to convergence, and geometric means.
/// Convergence counts where it reached 1.001x: times at unlike costs are not compared.
void write_summary(std::ostream& out, const std::vector<Result>& results);

/// Cost over time, one panel a result, as SVG: logarithmic axes, (cost / best - 1) against seconds.
void write_plot(std::ostream& out, const std::vector<Result>& results);

}  // namespace bundle
