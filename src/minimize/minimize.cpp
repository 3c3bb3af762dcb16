// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/minimize/minimize.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <cmath>

#include "heliotrope/problem/derivative_names.hpp"
#include "minimize/trust_region.hpp"
#include "minimize/without_effect.hpp"

namespace heliotrope {

namespace {

std::string_view method_name(const MinimizeOptions& options, bool exact) {
  if (options.method == Method::gauss_newton) return "gauss-newton";
  if (options.method == Method::dogleg) return "dogleg";
  if (options.method == Method::subspace_dogleg) return "subspace dogleg";
  switch (options.damping) {
    case DampingPolicy::automatic:
      return exact ? "levenberg-marquardt (fletcher)" : "levenberg-marquardt (eager)";
    case DampingPolicy::eager:
      return "levenberg-marquardt (eager)";
    case DampingPolicy::fletcher:
      return "levenberg-marquardt (fletcher)";
    case DampingPolicy::nielsen:
      return "levenberg-marquardt (nielsen)";
    case DampingPolicy::classical:
      return "levenberg-marquardt (classical)";
  }
  return "";
}

std::string_view method_name(DifferenceMethod method) {
  switch (method) {
    case DifferenceMethod::forward:
      return "forward";
    case DifferenceMethod::backward:
      return "backward";
    case DifferenceMethod::central:
      return "central";
    case DifferenceMethod::fourth_order:
      return "fourth-order";
  }
  return "";
}

/// What every typed group uses, or "mixed"; then how functions are differenced.
void tell_derivatives(const Problem& problem, Derivatives wanted, std::string& text) {
  text.clear();
  const auto& groups = detail::ProblemAccess::groups(problem);
  for (const auto& group : groups) {
    if (group.function >= 0) continue;
    const std::string_view kind = name(detail::resolve_derivatives(group, wanted, false));
    text = text.empty() || text == kind ? kind : "mixed";
  }
  const auto functions = detail::ProblemAccess::functions(problem);
  const auto structure = functions.empty() ? nullptr : detail::ProblemAccess::structure(problem);
  for (std::size_t f = 0; f < functions.size(); ++f) {
    const FunctionOptions& options = functions[f]->options;
    if (!text.empty()) text += ", ";
    text.append(options.name).append(" by ").append(std::to_string(structure->functions[f].coloring.num_colors));
    text.append(" colours (").append(method_name(options.method)).append(")");
  }
  if (text.empty()) text = "none";
}

void check_options(const MinimizeOptions& options) {
  const auto require = [](bool good, const char* what) {
    if (!good) throw Error(what);
  };
  require(options.max_iterations >= 0, "max_iterations is negative; expected 0 or more");
  require(options.threads >= 1, "threads is less than 1; expected 1 or more");
  require(options.time_limit >= 0.0, "time_limit is negative or nan; expected seconds, 0 or more");
  require(options.cost_tolerance >= 0.0, "cost_tolerance is negative or nan; expected 0 or more");
  require(options.gradient_tolerance >= 0.0, "gradient_tolerance is negative or nan; expected 0 or more");
  require(options.step_tolerance >= 0.0, "step_tolerance is negative or nan; expected 0 or more");
  require(options.checkpoint_seconds >= 0.0, "checkpoint_seconds is negative or nan; expected 0 or more");
  require(options.nonmonotone_steps == 0 || (!options.checkpoint && options.resume == nullptr),
          "checkpoints are of monotone solves; expected nonmonotone_steps 0");
  require(options.nonmonotone_steps >= 0, "nonmonotone_steps is negative; expected 0 or more");
  require(options.initial_damping > 0.0 && std::isfinite(options.initial_damping),
          "initial_damping is not positive and finite");
}

/// Noise measured at the start is no part of a checkpoint, and steps of differences follow from it.
void check_noise(const Problem& problem, const MinimizeOptions& options) {
  if (!options.checkpoint && options.resume == nullptr) return;
  for (const auto& function : detail::ProblemAccess::functions(problem)) {
    if (!function->options.noise_aware) continue;
    throw Error("function " + function->options.name +
                " is noise_aware, and checkpoints do not hold the noise; expected noise_aware false with checkpoints");
  }
}

std::int64_t peak_bytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::int64_t>(usage.ru_maxrss) * 1024;
}

/// The workspace of the last solve where it fits, or a new one.
std::shared_ptr<detail::Workspace> take_workspace(const Problem& problem, const MinimizeOptions& options) {
  auto kept =
      std::dynamic_pointer_cast<detail::Workspace>(std::exchange(detail::ProblemAccess::cache(problem), nullptr));
  if (kept && kept->serves(problem, options)) return kept;
  return std::make_shared<detail::Workspace>(problem, options);
}

/// The strategy of the last solve where it is the same, or a new one; ready to begin.
detail::StepStrategy& take_strategy(detail::Workspace& w, const MinimizeOptions& options) {
  if (!w.strategy || w.strategy_method != options.method) {
    w.strategy = detail::is_dogleg(options.method) ? detail::make_dogleg(options.method == Method::subspace_dogleg)
                 : options.method == Method::gauss_newton ? detail::make_gauss_newton()
                                                          : detail::make_levenberg_marquardt();
    w.strategy_method = options.method;
  }
  w.strategy->begin(options, *w.model);
  return *w.strategy;
}

void describe(const Problem& problem, const MinimizeOptions& options, Summary& summary) {
  summary.num_variables = problem.num_variables();
  summary.num_residual_blocks = problem.num_residual_blocks();
  summary.num_residuals = problem.num_residuals();
  summary.num_parameters = problem.num_columns();
  summary.method = method_name(options, true);
  tell_derivatives(problem, options.derivatives, summary.derivatives);
  summary.threads = options.threads;
  summary.message.reserve(128);  // nothing is allocated later on
  summary.iterations.clear();
  summary.seconds_setup = summary.seconds_residuals = summary.seconds_jacobian = summary.seconds_linear = 0.0;
  summary.function_evaluations = summary.function_columns_failed = summary.num_without_effect = 0;
  summary.without_effect.clear();
  summary.note.clear();
  summary.peak_bytes = peak_bytes();
  summary.iterations.reserve(static_cast<std::size_t>(std::min(options.max_iterations, 10000)) + 16);
}

/// Nothing to move: the cost is what it is.
void conclude_without_columns(const Problem& problem, const MinimizeOptions& options, detail::Clock::time_point start,
                              Summary& summary) {
  summary.initial_cost = summary.final_cost = problem.evaluate({.residuals = false}).cost;
  summary.status = std::isfinite(summary.final_cost) ? Status::gradient_converged : Status::not_finite_at_start;
  summary.message = std::string(sentence(summary.status)) + " (there is no free variable)";
  summary.linear_solver = "none";
  summary.linear_reason = "there is no free variable";
  summary.seconds_total = detail::seconds_since(start);
  summary.iterations.push_back({.cost = summary.final_cost, .accepted = true, .seconds = summary.seconds_total});
  if (options.callback) options.callback(summary.iterations.back());
}

}  // namespace

void minimize(Problem& problem, const MinimizeOptions& options, Summary& summary) {
  const auto start = detail::Clock::now();
  check_options(options);
  if (problem.num_terms() > 0) {
    throw Error("the problem has " + std::to_string(problem.num_terms()) +
                " terms, which are no residuals: minimise it by minimize_objective (lbfgs and the like)");
  }
  check_noise(problem, options);
  problem.read_attached();
  describe(problem, options, summary);
  if (summary.num_parameters == 0) return conclude_without_columns(problem, options, start, summary);

  const auto workspace = take_workspace(problem, options);
  detail::Workspace& w = *workspace;
  w.begin(problem, options.method, [&options, start] {
    return (options.stop && options.stop()) || detail::seconds_since(start) >= options.time_limit;
  });
  summary.method = method_name(options, w.model->is_exact());
  summary.linear_solver = w.model->name();
  summary.linear_reason = w.model->reason();
  summary.seconds_setup = detail::seconds_since(start);

  detail::TrustRegionLoop(w, problem, take_strategy(w, options), options, summary, start).run();

  summary.linear_solver = w.model->name();  // both may have changed on the way
  summary.linear_reason = w.model->reason();
  if (summary.status != Status::not_finite_at_start) detail::tell_without_effect(w, summary);
  problem.set_values(w.point());
  problem.write_attached();
  w.problem = nullptr;
  const detail::FunctionCounts counts = w.model->function_counts();
  summary.function_evaluations = counts.evaluations;
  summary.function_columns_failed = counts.columns_failed;
  summary.seconds_residuals = w.seconds_residuals;
  summary.seconds_jacobian = w.seconds_jacobian;
  summary.seconds_linear = w.seconds_linear;
  summary.peak_bytes = peak_bytes();
  summary.seconds_total = detail::seconds_since(start);
  detail::ProblemAccess::cache(problem) = workspace;
}

Summary minimize(Problem& problem, const MinimizeOptions& options) {
  Summary summary;
  minimize(problem, options, summary);
  return summary;
}

}  // namespace heliotrope
