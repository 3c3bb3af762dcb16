// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <string>

#include "heliotrope/error.hpp"
#include "heliotrope/linear/schur_solver.hpp"
#include "heliotrope/problem/arranged_problem.hpp"
#include "minimize/model.hpp"
#include "minimize/workspace.hpp"

namespace heliotrope::detail {

namespace {

// Elimination is the automatic choice where at least so many columns are unknown, so many variables are eliminated, and
// with them this share of all columns. Chosen, not measured.
constexpr std::int64_t least_columns = 200, least_eliminated = 50;
constexpr double least_share = 0.6;

// Conjugate gradients take hundreds of iterations below this damping and gain little: measured on crowds.
constexpr double least_iterative_damping = 1e-6;

class SchurModel final : public Model {
 public:
  SchurModel(const Problem& problem, const MinimizeOptions& options, std::shared_ptr<const Structure> structure,
             EliminationPlan plan)
      : threads_(useful_threads(problem, options.threads)),
        solver_(std::move(plan), structure->column_begin, options.linear, threads_),
        arranged_(problem, structure, solver_.plan(), {.derivatives = options.derivatives, .threads = threads_}) {
    if (options.method == Method::gauss_newton) scaled_step_.resize(static_cast<std::size_t>(problem.num_columns()));
  }

  void begin(Workspace& w, std::function<bool()> stop) override {
    solver_.set_stop(std::move(stop));
    refresh(w);
    std::copy(w.x.begin(), w.x.end(), w.candidate.begin());  // fixed variables stay as they are
  }

  void refresh(Workspace& w) override { arranged_.refresh(*w.problem); }
  void save(Checkpoint& to) const override { solver_.save(to.model, to.model_text); }
  void restore(const Checkpoint& from) override { solver_.restore(from.model, from.model_text); }

  bool linearise(Workspace& w, double lambda) override {
    const StageTimer timer(w.seconds_jacobian);
    arranged_.set_points(w.x.data(), w.candidate.data());
    const bool finite = solver_.linearise(arranged_, lambda, vectors(w));
    w.at_x = solver_.cost();
    const auto all_finite = [](std::span<const double> v) {
      return std::all_of(v.begin(), v.end(), [](double x) { return std::isfinite(x); });
    };
    return finite && all_finite(w.gradient) && all_finite(w.diagonal);
  }

  bool solve(Workspace& w, double lambda) override {
    const StageTimer timer(w.seconds_linear);
    return solver_.solve(arranged_, lambda, vectors(w), w.step, true);
  }

  double damped_square(const Workspace& w, double) const override {
    return solver_.damped_square(vectors(const_cast<Workspace&>(w)), w.step);
  }

  double try_step(Workspace& w, double length) override {
    if (length == 1.0) return solver_.candidate_cost();
    const StageTimer timer(w.seconds_residuals);
    scaled_step_.resize(w.step.size());  // here only where the method has changed since the model was made
    for (std::size_t j = 0; j < w.step.size(); ++j) scaled_step_[j] = length * w.step[j];
    const EliminationPlan& plan = solver_.plan();
    arranged_.move(plan.kept.data(), plan.num_kept(), scaled_step_.data());
    arranged_.move(plan.points.data(), static_cast<std::int64_t>(plan.points.size()), scaled_step_.data());
    return solver_.evaluate_candidate(arranged_);
  }

  double settle(Workspace& w, bool rejected, int iterations) override {
    const StageTimer timer(w.seconds_residuals);
    return solver_.settle(arranged_, vectors(w), w.step, {.may_stay = rejected, .iterations = iterations});
  }

  bool is_exact() const override { return false; }
  bool is_truncated() const override { return solver_.is_truncated(); }
  bool refine() override { return solver_.refine(); }
  double least_damping() const override { return solver_.is_iterative() ? least_iterative_damping : 0.0; }
  std::string_view name() const override { return solver_.name(); }
  std::string_view reason() const override { return solver_.reason(); }

 private:
  static SchurComplement::Vectors vectors(Workspace& w) { return {w.gradient, w.diagonal, w.scale, w.memory}; }

  int threads_;
  SchurSolver solver_;
  ArrangedProblem arranged_;
  std::vector<double> scaled_step_;
};

/// Whether elimination leaves so little that its sweeps beat a factorisation of the whole.
bool is_worthwhile(const EliminationStructure& structure, std::span<const std::uint8_t> eliminated) {
  std::int64_t columns = 0, variables = 0;
  for (std::size_t j = 0; j < eliminated.size(); ++j) {
    if (!eliminated[j]) continue;
    ++variables;
    columns += structure.width(static_cast<std::int64_t>(j));
  }
  const std::int64_t all = structure.column_begin.back();
  return variables >= least_eliminated && static_cast<double>(columns) >= least_share * static_cast<double>(all);
}

/// One flag a block column for the variables that the options name.
std::vector<std::uint8_t> flag_named(const Problem& problem, const Structure& structure,
                                     std::span<const VariableRange> named) {
  std::vector<std::uint8_t> eliminated(structure.column_begin.size() - 1, 0);
  for (const VariableRange& range : named) {
    if (range.first < 0 || range.count < 0 || range.first + range.count > problem.num_variables()) {
      throw Error("eliminate: found variables " + std::to_string(range.first) + " to " +
                  std::to_string(range.first + range.count - 1) + ", expected some of the problem's " +
                  std::to_string(problem.num_variables()));
    }
    for (std::int64_t v = range.first; v < range.first + range.count; ++v) {
      const std::int64_t column = structure.block_column[static_cast<std::size_t>(v)];
      if (column >= 0) eliminated[static_cast<std::size_t>(column)] = 1;
    }
  }
  return eliminated;
}

}  // namespace

bool suits_elimination(const Problem& problem, const MinimizeOptions& options) {
  if (options.linear != LinearSolverType::automatic || problem.num_columns() < least_columns) return false;
  if (!ProblemAccess::functions(problem).empty()) return false;
  const EliminationStructure elimination =
      elimination_structure(problem, *ProblemAccess::structure(problem), useful_threads(problem, options.threads));
  return is_worthwhile(elimination, find_elimination_set(elimination));
}

std::unique_ptr<Model> make_schur_model(const Problem& problem, const MinimizeOptions& options, Workspace&) {
  const bool named = !options.eliminate.empty(), by_type = is_schur(options.linear), asked_for = named || by_type;
  if (!by_type && options.linear != LinearSolverType::automatic) return nullptr;
  if (!asked_for && problem.num_columns() < least_columns) return nullptr;
  if (!ProblemAccess::functions(problem).empty()) {  // they are not evaluated a few residuals at a time
    if (!asked_for) return nullptr;
    throw Error("elimination was asked for; expected no black-box function among the residuals");
  }
  if (is_dogleg(options.method)) {
    if (!asked_for) return nullptr;
    throw Error("elimination was asked for; expected the method levenberg_marquardt or gauss_newton");
  }
  if (problem.has_bounds()) {
    if (!asked_for) return nullptr;
    throw Error("elimination was asked for; expected no variable with bounds");
  }
  const auto structure = ProblemAccess::structure(problem);
  const int threads = useful_threads(problem, options.threads);
  EliminationPlan plan;
  {
    const EliminationStructure elimination = elimination_structure(problem, *structure, threads);
    const std::vector<std::uint8_t> eliminated =
        named ? flag_named(problem, *structure, options.eliminate) : find_elimination_set(elimination);
    if (!asked_for && !is_worthwhile(elimination, eliminated)) return nullptr;
    if (std::find(eliminated.begin(), eliminated.end(), 1) == eliminated.end()) {
      throw Error(
          "elimination was asked for, but no variable can be eliminated: expected one that some residual names once");
    }
    plan = plan_elimination(elimination, eliminated, threads);
  }
  return std::make_unique<SchurModel>(problem, options, structure, std::move(plan));
}

}  // namespace heliotrope::detail
