// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/linear/schur_solver.hpp"

#include <algorithm>
#include <cmath>

#include "choose_schur.hpp"
#include "reduced_solver.hpp"

namespace heliotrope {

using namespace linear_detail;

namespace {

/// Conjugate gradient iterations that a first choice assumes: on crowds the first solves take 10 to 40, the last ones
/// hundreds.
constexpr double assumed_iterations = 100.0;

/// Most conjugate gradient iterations of one solve: more gain less than a new linearisation. Measured on crowds.
constexpr int most_iterations = 150;

}  // namespace

struct SchurSolver::Choice {
  LinearSolverType type;
  bool free;  ///< chosen here, and so may change
  SchurCosts costs;
  SymbolicFactor symbolic;  ///< kept while the factor is not made, for a later change
  bool dense = false;
  std::unique_ptr<ReducedSolver> solver;
  double assumed = assumed_iterations;
};

SchurSolver::SchurSolver(EliminationPlan plan, std::span<const std::int64_t> column_begin, LinearSolverType type, int threads)
    : plan_(std::make_unique<EliminationPlan>(std::move(plan))),
      column_begin_(column_begin.begin(), column_begin.end()),
      choice_(std::make_unique<Choice>()),
      threads_(threads) {
  choice_->type = type;
  choice_->free = type == LinearSolverType::automatic;
  kept_damping_.resize(static_cast<std::size_t>(plan_->num_kept_columns()));
  kept_step_.resize(kept_damping_.size());
  const bool hopeless = choice_->free && is_forming_hopeless(*plan_);
  if (type == LinearSolverType::schur_implicit || hopeless) {
    choice_->type = LinearSolverType::schur_implicit;
    choice_->free = false;
    use(SchurComplement::Form::diagonal);
    make_solver();
    reason_ = hopeless ? explain(*plan_, nullptr, choice_->costs, choice_->type) : "as asked for";
    return;
  }
  use(SchurComplement::Form::explicit_blocks);
  if (type == LinearSolverType::schur_dense) {
    choice_->symbolic = dense_supernode(schur_->pattern());
    choice_->dense = true;
  } else if (type != LinearSolverType::schur_pcg) {
    choice_->symbolic = order_reduced(schur_->pattern(), choice_->dense);
  }
  reason_ = "as asked for";
  if (choice_->free) {
    choice_->costs = count_costs(*plan_, schur_->pattern(), choice_->symbolic.flops);
    choice_->type = cheapest(choice_->costs, choice_->assumed);
    reason_ = explain(*plan_, &schur_->pattern(), choice_->costs, choice_->type);
    if (choice_->type == LinearSolverType::schur_implicit) use(SchurComplement::Form::diagonal);
  }
  make_solver();
}
SchurSolver::~SchurSolver() = default;

void SchurSolver::use(SchurComplement::Form form) {
  schur_.reset();
  schur_ = std::make_unique<SchurComplement>(*plan_, column_begin_, form, threads_);
  lambda_ = -1.0;
}

void SchurSolver::make_solver() {
  const bool gradients = choice_->type == LinearSolverType::schur_pcg || choice_->type == LinearSolverType::schur_implicit;
  choice_->solver = gradients ? make_reduced_gradients(*schur_, choice_->type == LinearSolverType::schur_implicit)
                              : make_reduced_factor(*schur_, std::move(choice_->symbolic), choice_->dense);
}

/// As damping falls conjugate gradients take longer: Cholesky takes over where counts say so.
void SchurSolver::reconsider() {
  const int iterations = choice_->solver->last_iterations();
  num_inner_iterations_ += iterations;
  if (!choice_->free || iterations <= choice_->assumed) return;
  choice_->assumed = iterations;
  const LinearSolverType next = cheapest(choice_->costs, choice_->assumed);
  if (next == choice_->type) return;
  const bool was_implicit = choice_->type == LinearSolverType::schur_implicit;
  choice_->type = next;
  reason_ += "; " + std::to_string(iterations) + " conjugate gradient iterations changed the choice";
  if (was_implicit) use(SchurComplement::Form::explicit_blocks);
  make_solver();
}

const EliminationPlan& SchurSolver::plan() const { return *plan_; }
std::string_view SchurSolver::name() const { return choice_->solver->name(); }
bool SchurSolver::is_iterative() const {
  return choice_->type == LinearSolverType::schur_pcg || choice_->type == LinearSolverType::schur_implicit;
}
std::int64_t SchurSolver::bytes() const { return schur_->bytes(); }

bool SchurSolver::linearise(TileSource& source, double lambda, const SchurComplement::Vectors& vectors) {
  eliminated_ = schur_->eliminate(source, lambda, vectors, true, threads_);
  lambda_ = lambda;
  cost_ = schur_->cost();
  return std::isfinite(cost_);
}

bool SchurSolver::solve(TileSource& source, double lambda, const SchurComplement::Vectors& vectors, std::span<double> step) {
  if (lambda != lambda_) {
    eliminated_ = schur_->eliminate(source, lambda, vectors, false, threads_);
    lambda_ = lambda;
  }
  if (!eliminated_) return false;
  for (std::int64_t k = 0; k < plan_->num_kept(); ++k) {
    const std::int64_t from = schur_->first_column(k), to = plan_->kept_begin[static_cast<std::size_t>(k)];
    for (std::int64_t c = 0; c < plan_->kept_width(k); ++c) {
      kept_damping_[static_cast<std::size_t>(to + c)] = lambda * vectors.scale[static_cast<std::size_t>(from + c)];
    }
  }
  const ReducedSolver::Limits limits{most_iterations, stop_ ? &stop_ : nullptr};
  if (!choice_->solver->solve(*schur_, kept_damping_, kept_step_, limits, threads_)) return false;
  for (std::int64_t k = 0; k < plan_->num_kept(); ++k) {
    std::copy_n(kept_step_.begin() + plan_->kept_begin[static_cast<std::size_t>(k)], plan_->kept_width(k),
                step.begin() + schur_->first_column(k));
  }
  source.move(plan_->kept.data(), plan_->num_kept(), step.data());
  candidate_cost_ = schur_->back_substitute(source, vectors, step, threads_);
  reconsider();
  return std::all_of(step.begin(), step.end(), [](double s) { return std::isfinite(s); });
}

double SchurSolver::evaluate_candidate(TileSource& source) {
  return schur_->evaluate_cost(source, TileSource::Where::candidate, threads_);
}

}  // namespace heliotrope
