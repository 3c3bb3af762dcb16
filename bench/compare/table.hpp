// SPDX-License-Identifier: Apache-2.0
// Markdown tables of a comparison.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "compare.hpp"

namespace compare {

/// The repeated solves of one contender on one scene.
struct Row {
  std::string name;
  std::vector<Solve> solves;
};

/// Seconds (median over repeats) to 1.01 and 1.001 times `best` and to each solver's own convergence, and how many
/// times as long as the first row each took; a repeat that never reaches a target is a miss.
void write_solves(std::ostream& out, const std::string& scene, const std::vector<Row>& rows, double best);

/// Milliseconds (least and median) and nanoseconds an observation, and ratios to the first row.
void write_evaluations(std::ostream& out, const std::string& scene, std::int64_t observations,
                       const std::vector<std::string>& names, const std::vector<Evaluations>& times);

}  // namespace compare
