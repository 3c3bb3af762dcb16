// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "solve.hpp"

namespace bundle {

/// The reduced system that is left when points are eliminated (cameras, where there are more), and what it takes to get
/// there.
struct ReducedSystem {
  std::int64_t columns = 0;
  double density = 0.0;  ///< share of pairs of cameras that see a point together
  double jacobian_bytes = 0.0;
};
ReducedSystem reduced_system(const Scene& scene);

/// A solver by name. It says why it is skipped, or nothing.
struct Contender {
  std::string key;   ///< on the command line
  std::string name;  ///< in tables
  std::function<Solve(const Scene&, const SolveOptions&)> solve;
  std::function<std::string(const ReducedSystem&)> reason_to_skip;
};
/// All of this build: Heliotrope, then Ceres' solvers.
const std::vector<Contender>& contenders();
/// Those that are compared where none are named.
const std::vector<std::string>& default_contenders();

}  // namespace bundle
