// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/linear/schur_solver.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "choose_schur.hpp"
#include "reduced_solver.hpp"
#include "schur_pattern.hpp"

namespace heliotrope {

using namespace linear_detail;

namespace {

/// Conjugate gradient iterations that the first choice assumes: on crowds and long tracks the first solves take 10 to
/// 40, the last ones hundreds, and by then the choice has changed.
constexpr double assumed_iterations = 25.0;

/// Most conjugate gradient iterations of one solve: more gain less than a new linearisation. Measured on crowds.
constexpr int most_iterations = 150, least_iterations = 30;

bool by_gradients(LinearSolverType type) {
  return type == LinearSolverType::schur_pcg || type == LinearSolverType::schur_implicit;
}

}  // namespace

struct SchurSolver::Choice {
  LinearSolverType type;
  bool free;  ///< chosen here, and so may change
  SchurCosts costs;
  SchurPattern pattern;     ///< kept until S is formed
  SymbolicFactor symbolic;  ///< kept until S is factorised
  bool dense = false;
  double assumed = assumed_iterations;
  bool seen_more = false;                               ///< than was assumed
  LinearSolverType next = LinearSolverType::automatic;  ///< what to change to before the next elimination, if not this
  std::unique_ptr<ReducedSolver> solver;
};

SchurSolver::SchurSolver(EliminationPlan plan, std::span<const std::int64_t> column_begin, LinearSolverType type,
                         int threads)
    : plan_(std::make_unique<EliminationPlan>(std::move(plan))),
      column_begin_(column_begin.begin(), column_begin.end()),
      choice_(std::make_unique<Choice>()),
      threads_(threads) {
  Choice& choice = *choice_;
  choice.type = type;
  choice.free = type == LinearSolverType::automatic;
  reason_ = "as asked for";
  kept_damping_.resize(static_cast<std::size_t>(plan_->num_kept_columns()));
  kept_step_.resize(kept_damping_.size());
  if (choice.free && is_forming_hopeless(*plan_)) {
    choice.type = LinearSolverType::schur_implicit;
    choice.free = false;
    reason_ = explain(*plan_, nullptr, choice.costs);
  }
  if (choice.type != LinearSolverType::schur_implicit) {
    choice.pattern = make_schur_pattern(*plan_, threads_);
    if (type == LinearSolverType::schur_dense) {
      choice.symbolic = dense_supernode(choice.pattern.blocks);
      choice.dense = true;
    } else if (type != LinearSolverType::schur_pcg) {
      choice.symbolic = order_reduced(choice.pattern.blocks, choice.dense);
    }
  }
  if (choice.free) {
    choice.costs = count_costs(*plan_, choice.pattern.blocks, choice.symbolic.flops);
    choice.type = cheapest(choice.costs, choice.assumed);
    reason_ = explain(*plan_, &choice.pattern.blocks, choice.costs);
  }
  make_complement();
  make_solver();
}
SchurSolver::~SchurSolver() = default;

void SchurSolver::make_complement() {
  schur_.reset();
  if (choice_->type == LinearSolverType::schur_implicit) {
    schur_ = std::make_unique<SchurComplement>(*plan_, column_begin_, SchurComplement::Form::diagonal, threads_);
  } else {
    schur_ = std::make_unique<SchurComplement>(*plan_, column_begin_, std::move(choice_->pattern), threads_);
  }
  lambda_ = -1.0;
}

void SchurSolver::make_solver() {
  choice_->solver = by_gradients(choice_->type)
                        ? make_reduced_gradients(*schur_, choice_->type == LinearSolverType::schur_implicit)
                        : make_reduced_factor(*schur_, std::move(choice_->symbolic), choice_->dense);
}

/// Iterations that conjugate gradients may take: where the choice is free, not many more than make another cheaper.
int SchurSolver::iteration_limit() const {
  if (!choice_->free || !by_gradients(choice_->type)) return most_iterations;
  const SchurCosts& costs = choice_->costs;
  const double even = choice_->type == LinearSolverType::schur_implicit ? costs.with_cholesky() / costs.implicit
                                                                        : costs.factorise / costs.product;
  return std::clamp(static_cast<int>(1.25 * even), least_iterations, most_iterations);
}

/// As damping falls conjugate gradients take longer: Cholesky takes over where counts say so, from the next elimination
/// on.
void SchurSolver::reconsider() {
  const int iterations = choice_->solver->last_iterations();
  num_inner_iterations_ += iterations;
  if (!choice_->free || iterations <= choice_->assumed) return;
  // Once is no trend, and a change costs as much as several solves.
  if (std::exchange(choice_->seen_more, true) == false) return;
  choice_->assumed = iterations;
  const LinearSolverType next = cheapest(choice_->costs, choice_->assumed);
  if (next != choice_->type) choice_->next = next;
}

void SchurSolver::change_where_pending() {
  const LinearSolverType next = std::exchange(choice_->next, LinearSolverType::automatic);
  if (next == LinearSolverType::automatic) return;
  change(next, std::to_string(static_cast<int>(choice_->assumed)) + " conjugate gradient iterations");
}

void SchurSolver::change(LinearSolverType next, const std::string& why) {
  const bool was_implicit = choice_->type == LinearSolverType::schur_implicit;
  choice_->type = next;
  choice_->next = LinearSolverType::automatic;
  reason_ += "; changed after " + why;
  if (was_implicit) make_complement();
  make_solver();
}

bool SchurSolver::refine() {
  // Where a factorisation takes longer than so many conjugate gradient iterations these stay.
  if (!choice_->free || !by_gradients(choice_->type)) return false;
  if (choice_->costs.with_cholesky() > most_iterations * choice_->costs.implicit) return false;
  change(LinearSolverType::schur_cholesky, "a flat iteration");
  return true;
}

void SchurSolver::save(std::vector<double>& numbers, std::string& text) const {
  numbers = {static_cast<double>(choice_->type), static_cast<double>(choice_->next), choice_->assumed,
             static_cast<double>(choice_->seen_more)};
  text = reason_;
}

void SchurSolver::restore(std::span<const double> numbers, const std::string& text) {
  if (numbers.size() != 4) return;
  const auto type = static_cast<LinearSolverType>(numbers[0]);
  if (type != choice_->type) change(type, "resuming");
  choice_->next = static_cast<LinearSolverType>(numbers[1]);
  choice_->assumed = numbers[2];
  choice_->seen_more = numbers[3] != 0.0;
  reason_ = text;
}

const EliminationPlan& SchurSolver::plan() const { return *plan_; }
std::string_view SchurSolver::name() const { return choice_->solver->name(); }
bool SchurSolver::is_iterative() const { return by_gradients(choice_->type) && !choice_->free; }
bool SchurSolver::is_truncated() const { return by_gradients(choice_->type); }
std::int64_t SchurSolver::bytes() const { return schur_->bytes(); }

bool SchurSolver::linearise(TileSource& source, double lambda, const SchurComplement::Vectors& vectors) {
  change_where_pending();
  eliminated_ = schur_->eliminate(source, lambda, vectors, true, threads_);
  lambda_ = lambda;
  spared_ = false;
  cost_ = schur_->cost();
  return std::isfinite(cost_);
}

bool SchurSolver::solve(TileSource& source, double lambda, const SchurComplement::Vectors& vectors,
                        std::span<double> step, bool spare) {
  constexpr double most_growth = 1e3;
  spare = spare && eliminated_ && !spared_ && lambda > lambda_ && lambda_ > 0.0 && lambda <= most_growth * lambda_;
  spared_ = spare;
  kept_lambda_ = lambda;
  if (lambda != lambda_ && !spare) {
    change_where_pending();
    eliminated_ = schur_->eliminate(source, lambda, vectors, false, threads_);
    lambda_ = lambda;
  }
  if (!eliminated_) return false;
  point_lambda_ = lambda_;
  for (std::int64_t k = 0; k < plan_->num_kept(); ++k) {
    const std::int64_t from = schur_->first_column(k), to = plan_->kept_begin[static_cast<std::size_t>(k)];
    for (std::int64_t c = 0; c < plan_->kept_width(k); ++c) {
      kept_damping_[static_cast<std::size_t>(to + c)] = lambda * vectors.scale[static_cast<std::size_t>(from + c)];
    }
  }
  const ReducedSolver::Limits limits{iteration_limit(), stop_ ? &stop_ : nullptr};
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

double SchurSolver::damped_square(const SchurComplement::Vectors& vectors, std::span<const double> step) const {
  double all = 0.0, kept = 0.0;
  for (std::size_t j = 0; j < step.size(); ++j) all += vectors.scale[j] * step[j] * step[j];
  if (kept_lambda_ == point_lambda_) return point_lambda_ * all;
  for (std::int64_t k = 0; k < plan_->num_kept(); ++k) {
    const auto first = static_cast<std::size_t>(schur_->first_column(k));
    for (std::size_t j = first; j < first + static_cast<std::size_t>(plan_->kept_width(k)); ++j) {
      kept += vectors.scale[j] * step[j] * step[j];
    }
  }
  return point_lambda_ * (all - kept) + kept_lambda_ * kept;
}

double SchurSolver::settle(TileSource& source, const SchurComplement::Vectors& vectors, std::span<double> step,
                           const SchurComplement::Settling& how) {
  return candidate_cost_ = schur_->settle_points(source, vectors, step, how, threads_);
}

double SchurSolver::evaluate_candidate(TileSource& source) {
  return schur_->evaluate_cost(source, TileSource::Where::candidate, threads_);
}

}  // namespace heliotrope
