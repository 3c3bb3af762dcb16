// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdio>

#include "ceres_problem.hpp"

namespace bundle {

namespace {

/// Points are eliminated first (see eliminates_cameras); the libraries beneath are the fastest that Debian's build has.
ceres::Solver::Options make_options(CeresProblem& problem, CeresSolver solver, const SolveOptions& options) {
  ceres::Solver::Options made;
  made.linear_solver_type = solver == CeresSolver::dense_schur    ? ceres::DENSE_SCHUR
                            : solver == CeresSolver::sparse_schur ? ceres::SPARSE_SCHUR
                                                                  : ceres::ITERATIVE_SCHUR;
  const bool clusters = solver == CeresSolver::iterative_schur_cluster || solver == CeresSolver::iterative_schur_single;
  made.preconditioner_type = clusters ? ceres::CLUSTER_JACOBI : ceres::SCHUR_JACOBI;
  made.visibility_clustering_type =
      solver == CeresSolver::iterative_schur_single ? ceres::SINGLE_LINKAGE : ceres::CANONICAL_VIEWS;
  made.use_explicit_schur_complement = solver == CeresSolver::iterative_schur_explicit;
  made.sparse_linear_algebra_library_type = ceres::SUITE_SPARSE;
  made.dense_linear_algebra_library_type = ceres::LAPACK;
  made.linear_solver_ordering = problem.ordering();
  made.num_threads = options.threads;
  made.max_num_iterations = options.max_iterations;
  made.max_solver_time_in_seconds = options.time_limit;
  made.logging_type = ceres::SILENT;
  return made;
}

/// Ceres says the same NO_CONVERGENCE for both limits.
std::string outcome_of(const ceres::Solver::Summary& summary, const SolveOptions& options) {
  if (summary.termination_type == ceres::CONVERGENCE) return "converged";
  if (summary.termination_type != ceres::NO_CONVERGENCE) return "failed";
  const bool full = static_cast<int>(summary.iterations.size()) > options.max_iterations;
  return full ? "iteration limit" : "time limit";
}

}  // namespace

Solve minimise(CeresProblem& problem, const Clock& clock, CeresSolver solver, const SolveOptions& options) {
  const ceres::Solver::Options made = make_options(problem, solver, options);
  const double start = clock.seconds();
  ceres::Solver::Summary summary;
  ceres::Solve(made, &problem.problem(), &summary);
  Solve solve;
  solve.seconds = clock.seconds();
  solve.iterations = std::max(0, static_cast<int>(summary.iterations.size()) - 1);
  solve.outcome = outcome_of(summary, options);
  for (const ceres::IterationSummary& iteration : summary.iterations) {
    const bool better = solve.trace.empty() || (iteration.step_is_successful && iteration.cost < solve.cost());
    solve.trace.push_back({start + iteration.cumulative_time_in_seconds, better ? iteration.cost : solve.cost()});
  }
  char text[300];
  std::snprintf(text, sizeof text, "problem %.3f, set-up %.3f, residuals %.3f, Jacobian %.3f, linear %.3f", start,
                summary.preprocessor_time_in_seconds, summary.residual_evaluation_time_in_seconds,
                summary.jacobian_evaluation_time_in_seconds, summary.linear_solver_time_in_seconds);
  solve.note = solve.outcome == "failed" ? summary.message : text;
  return solve;
}

std::string ceres_version() { return CERES_VERSION_STRING; }

}  // namespace bundle
