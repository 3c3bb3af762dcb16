// SPDX-License-Identifier: Apache-2.0
// What a solver is given and what it tells: one solve from data in memory.
#pragma once

#include <string>
#include <vector>

#include "scene.hpp"

namespace bundle {

struct SolveOptions {
  int threads = 1;
  int max_iterations = 200;
  double time_limit = 120.0;  ///< seconds, told to the solver; what it had reached by then counts
};

/// What a solver had reached when.
struct Solve {
  struct Point {
    double seconds;  ///< since data were in memory, set-up included
    double cost;     ///< 1/2 |r|^2, the best so far
  };
  std::vector<Point> trace;
  double seconds = 0.0;  ///< to the end of the solve
  int iterations = 0;
  std::string outcome;  ///< "converged", "time limit", "iteration limit", "failed", or "skipped"
  std::string note;     ///< where the time went, or why the solve was skipped

  double cost() const { return trace.empty() ? 0.0 : trace.back().cost; }
};

/// The default options: Levenberg-Marquardt, linear solver chosen automatically.
Solve solve_heliotrope(const heliotrope::BalScene& scene, const SolveOptions& options);
Solve solve_heliotrope(const StereoScene& scene, const SolveOptions& options);
Solve solve_heliotrope(const RigScene& scene, const SolveOptions& options);

/// Ceres' solvers for problems of this form. The iterative ones differ in their preconditioner.
enum class CeresSolver {
  dense_schur,
  sparse_schur,
  iterative_schur,           ///< SCHUR_JACOBI
  iterative_schur_explicit,  ///< SCHUR_JACOBI, use_explicit_schur_complement
  iterative_schur_cluster,   ///< CLUSTER_JACOBI, with canonical views
  iterative_schur_single     ///< CLUSTER_JACOBI, with single linkage
};

std::string ceres_version();
Solve solve_ceres(const heliotrope::BalScene& scene, CeresSolver solver, const SolveOptions& options);
Solve solve_ceres(const StereoScene& scene, CeresSolver solver, const SolveOptions& options);
Solve solve_ceres(const RigScene& scene, CeresSolver solver, const SolveOptions& options);

/// Seconds of each of `repeats` evaluations of all residuals and their Jacobian, stored to memory.
using Evaluations = std::vector<double>;
/// As inside a solve: in place, in blocks of eight lanes.
Evaluations evaluate_heliotrope(const heliotrope::BalScene& scene, int repeats);
/// Problem::evaluate with residuals and compressed rows, everything made anew.
Evaluations evaluate_heliotrope_rows(const heliotrope::BalScene& scene, int repeats);
/// Ceres' Problem::Evaluate with residuals and compressed rows; Heliotrope's functor.
Evaluations evaluate_ceres(const heliotrope::BalScene& scene, int repeats);
/// The same with the rotation of Ceres' own header, which branches.
Evaluations evaluate_ceres_rotation(const heliotrope::BalScene& scene, int repeats);

}  // namespace bundle
