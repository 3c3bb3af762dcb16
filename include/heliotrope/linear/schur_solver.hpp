// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "heliotrope/linear/linear_solver.hpp"
#include "heliotrope/linear/schur_complement.hpp"

namespace heliotrope {

/// Damped normal equations by elimination of the points of a plan and a solver for the reduced system, in sweeps that
/// evaluate as they go: the linear solver of bundle adjustment.
///
/// Life cycle: construct (structure; allocates everything). For every new present point linearise(), then solve() with
/// one damping after the other.
class SchurSolver final {
 public:
  /// `type`: one of the schur_... types, or automatic: the cheapest by counts, reconsidered where conjugate gradients
  /// take more iterations than was assumed. `column_begin`: of all block columns.
  SchurSolver(EliminationPlan plan, std::span<const std::int64_t> column_begin, LinearSolverType type, int threads);
  ~SchurSolver();

  const EliminationPlan& plan() const;

  /// Evaluates at the present point; sets the vectors and cost(). Prepares the system for `lambda`, which solve() is
  /// likely to be asked for next. False: not finite.
  bool linearise(TileSource& source, double lambda, const SchurComplement::Vectors& vectors);
  double cost() const { return cost_; }

  /// step = -(J'J + diag(damping))^-1 g, exactly or to the forcing term; moves the candidate by it and sets
  /// candidate_cost(). The damping is lambda * scale. With `spare`, where lambda has grown since the last elimination,
  /// for the first time at this point and not a thousandfold, that of the points stays what it was, and S needs no
  /// forming. False: not positive definite, or not finite.
  bool solve(TileSource& source, double lambda, const SchurComplement::Vectors& vectors, std::span<double> step,
             bool spare = false);
  double candidate_cost() const { return candidate_cost_; }
  /// step' diag(damping) step of the last solve.
  double damped_square(const SchurComplement::Vectors& vectors, std::span<const double> step) const;

  /// Asked between conjugate gradient iterations: true ends them with the step so far.
  void set_stop(std::function<bool()> stop) { stop_ = std::move(stop); }

  /// The cost at the candidate, wherever that has been moved.
  /// SchurComplement::settle_points after a solve; the candidate's cost.
  double settle(TileSource& source, const SchurComplement::Vectors& vectors, std::span<double> step,
                const SchurComplement::Settling& how);
  double evaluate_candidate(TileSource& source);

  /// Makes steps more exact, where the choice is free: a factorisation in place of conjugate gradients, or more of
  /// them. False: they are as exact as they get.
  bool refine();

  /// What was chosen on the way, for a solve that goes on elsewhere; after linearise(). restore() comes before it.
  void save(std::vector<double>& numbers, std::string& text) const;
  void restore(std::span<const double> numbers, const std::string& text);

  std::string_view name() const;
  /// What was counted and chosen, in a sentence.
  const std::string& reason() const { return reason_; }
  /// Whether steps are those of conjugate gradients for good.
  bool is_iterative() const;
  /// Whether the next step is.
  bool is_truncated() const;
  /// Conjugate gradient iterations so far.
  std::int64_t num_inner_iterations() const { return num_inner_iterations_; }
  /// Bytes held beside the residuals.
  std::int64_t bytes() const;

 private:
  struct Choice;
  void make_complement();
  void make_solver();
  int iteration_limit() const;
  void change(LinearSolverType next, const std::string& why);
  void reconsider();
  void change_where_pending();

  std::unique_ptr<EliminationPlan> plan_;
  std::unique_ptr<SchurComplement> schur_;
  std::vector<std::int64_t> column_begin_;
  std::unique_ptr<Choice> choice_;
  std::string reason_;
  std::function<bool()> stop_;
  std::vector<double> kept_damping_, kept_step_;
  std::int64_t num_inner_iterations_ = 0;
  int threads_;
  double lambda_ = -1.0;                           ///< of the last elimination
  double kept_lambda_ = 0.0, point_lambda_ = 0.0;  ///< of the last solve
  bool eliminated_ = false, spared_ = false;
  double cost_ = 0.0, candidate_cost_ = 0.0;
};

}  // namespace heliotrope
