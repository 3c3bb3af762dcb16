// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/minimize/linear_choice.hpp"

#include <iterator>
#include <optional>

#include "heliotrope/problem/evaluator.hpp"
#include "minimize/model.hpp"
#include "minimize/workspace.hpp"

namespace heliotrope {

namespace {

using detail::ProblemAccess;

/// Eliminates whatever can be, worthwhile or not; nothing where no variable can.
std::optional<EliminationPlan> any_elimination(const Problem& problem, const MinimizeOptions& options) {
  if (!ProblemAccess::functions(problem).empty()) return std::nullopt;
  MinimizeOptions asking = options;
  asking.linear = LinearSolverType::schur_cholesky;
  try {
    return detail::choose_elimination(problem, asking);
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace

LinearChoice choose_linear(const Problem& problem, const MinimizeOptions& options) {
  LinearChoice choice;
  if (problem.num_columns() == 0) {
    choice.reason = "there is no free variable";
    return choice;
  }
  const int threads = detail::useful_threads(problem, options.threads);
  const std::optional<EliminationPlan> chosen = detail::choose_elimination(problem, options);
  const std::optional<EliminationPlan> possible = chosen ? std::nullopt : any_elimination(problem, options);
  if (const auto& plan = chosen ? chosen : possible; plan && (chosen || plan->num_kept() > 0)) {
    SchurPrediction schur = predict_costs(*plan, threads);
    choice.num_eliminated = plan->num_points;
    choice.costs = std::move(schur.costs);
    if (chosen) {
      choice.type = is_schur(options.linear) ? options.linear : schur.chosen;
      choice.reason = is_schur(options.linear) ? "as asked for" : std::move(schur.reason);
    }
  }
  const BlockJacobian jacobian = detail::make_jacobian(problem, *ProblemAccess::structure(problem));
  std::vector<LinearSolverCost> stored = predict_costs(jacobian);
  choice.costs.insert(choice.costs.begin(), std::make_move_iterator(stored.begin()),
                      std::make_move_iterator(stored.end()));
  if (chosen) return choice;
  if (std::optional<std::string> streamed = detail::choose_streamed(problem, options)) {
    choice.type = LinearSolverType::streamed;
    choice.reason = std::move(*streamed);
  } else {
    ChosenLinearSolver solver = make_linear_solver(options.linear, jacobian);
    choice.type = solver.type;
    choice.reason = std::move(solver.reason);
  }
  return choice;
}

}  // namespace heliotrope
