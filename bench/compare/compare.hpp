// SPDX-License-Identifier: Apache-2.0
// What the solvers of a comparison take and give.
#pragma once

#include <string>
#include <vector>

#include "heliotrope/io/bal.hpp"

namespace compare {

/// One solve from data in memory: what it had reached when.
struct Solve {
  struct Point {
    double seconds;  ///< since data were in memory, set-up included
    double cost;     ///< 1/2 |r|^2, the best so far
  };
  std::vector<Point> trace;
  double seconds = 0.0;  ///< to the solver's own convergence
  int iterations = 0;
  bool converged = false;
  std::string stages;  ///< where the time went, in words

  double cost() const { return trace.empty() ? 0.0 : trace.back().cost; }
};

/// Seconds of each of `repeats` evaluations of all residuals and their Jacobian, stored to memory.
using Evaluations = std::vector<double>;

struct Contender {
  std::string name;
  Solve (*solve)(const heliotrope::BalScene& scene, int threads);
};

struct Evaluation {
  std::string name;
  Evaluations (*evaluate)(const heliotrope::BalScene& scene, int repeats);
};

/// Heliotrope's default options: Levenberg-Marquardt, linear solver chosen automatically.
Solve solve_heliotrope(const heliotrope::BalScene& scene, int threads);
/// As inside a solve: in place, in blocks of eight lanes.
Evaluations evaluate_heliotrope(const heliotrope::BalScene& scene, int repeats);
/// Problem::evaluate with residuals and compressed rows, everything made anew.
Evaluations evaluate_heliotrope_rows(const heliotrope::BalScene& scene, int repeats);

#if HELIOTROPE_COMPARE_CERES
std::string ceres_version();
Solve solve_ceres_sparse(const heliotrope::BalScene& scene, int threads);
Solve solve_ceres_schur(const heliotrope::BalScene& scene, int threads);
/// Problem::Evaluate with residuals and compressed rows; Heliotrope's functor.
Evaluations evaluate_ceres(const heliotrope::BalScene& scene, int repeats);
/// The same with the rotation of Ceres' own header, which branches.
Evaluations evaluate_ceres_rotation(const heliotrope::BalScene& scene, int repeats);
#endif

}  // namespace compare
