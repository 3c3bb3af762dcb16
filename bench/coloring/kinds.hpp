// SPDX-License-Identifier: Apache-2.0
// The kinds of colouring that are compared: for each, a function that appends results and one that judges them.
#pragma once

#include <vector>

#include "results.hpp"

namespace coloring_bench {

/// ColPack's OpenMP regions run on one thread from here on.
void use_one_core();

void run_onesided(const Case& one, const Settings& settings, Results& results);
std::vector<Bar> onesided_bars(const Results& results);
void run_symmetric(const Case& one, const Settings& settings, Results& results);
std::vector<Bar> symmetric_bars(const Results& results);
void run_bidirectional(const Case& one, const Settings& settings, Results& results);
std::vector<Bar> bidirectional_bars(const Results& results);

}  // namespace coloring_bench
