// SPDX-License-Identifier: Apache-2.0
#include "contenders.hpp"
#include "heliotrope/minimize/minimize_objective.hpp"

namespace objectives {

namespace {

heliotrope::LineSearchType search_of(const Settings& settings) {
  using heliotrope::LineSearchType;
  for (const auto type : {LineSearchType::more_thuente, LineSearchType::hager_zhang, LineSearchType::strong_wolfe}) {
    if (heliotrope::name(type) == settings.search) return type;
  }
  return LineSearchType::automatic;
}

}  // namespace

Outcome solve_heliotrope(Counted& f, int n, const Settings& settings) {
  std::vector<double> x = f.function().start(n);
  heliotrope::ObjectiveOptions options{.memory = settings.memory,
                                       .threads = settings.threads,
                                       .max_evaluations = settings.max_evaluations,
                                       .gradient_tolerance = settings.tolerance};
  options.line_search.type = search_of(settings);
  options.line_search.first_step = settings.first_step;
  const auto before = std::chrono::steady_clock::now();
  const heliotrope::ObjectiveSummary s = heliotrope::minimize_objective(f, x, options);
  Outcome out;
  out.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - before).count();
  out.seconds_function = f.seconds;
  out.iterations = s.iterations;
  out.evaluations = f.evaluations;
  out.converged = s.status == heliotrope::ObjectiveStatus::gradient_converged;
  out.value = s.final_value;
  out.gradient_max = s.gradient_max;
  return out;
}

}  // namespace objectives
