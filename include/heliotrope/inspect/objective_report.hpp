// SPDX-License-Identifier: Apache-2.0
// What the minimisation of an objective did, for people and for programs: the table, the report and the JSON.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "heliotrope/inspect/report.hpp"
#include "heliotrope/minimize/objective_summary.hpp"

namespace heliotrope {

/// The names of the columns of a table of iterations: those of ObjectiveIteration. No newline.
std::string objective_header();

/// One iteration beneath them; the start has no step. No newline.
std::string objective_line(const ObjectiveIteration& iteration);

/// Lines "name   value": counts, values, status, method, times, and what this build is made of. Every line ends in a
/// newline.
std::string full_report(const ObjectiveSummary& summary);

/// What an ObjectiveSummary does not know, for json_report. The views are read during the call only.
struct ObjectiveJsonContext {
  JsonContext run = {};  ///< as for least squares: kind, parameters, seconds, version
  std::span<const ObjectiveIteration> iterations = {};
  int threads = 1;
  std::int64_t peak_bytes = 0;

  /// Of a least-squares problem; left out where there are no variables.
  std::int64_t num_variables = 0, num_residual_blocks = 0, num_residuals = 0;
};

/// A minimisation as one JSON object, ending in a newline. The keys are stable, and those of a solve's report where
/// both have them:
///
///     problem{kind,variables,parameters,residual_blocks,residuals}, cost{initial,final}, status, converged, message,
///     method, threads, evaluations, gradient{max,norm},
///     iterations[]{iteration,cost,gradient_max,step,step_norm,evaluations,seconds},
///     seconds{read,setup,function,total}, memory{peak_bytes}, parameters[], version
///
/// cost is the objective's value. problem has kind and parameters alone for what is no least-squares problem. Otherwise
/// as json_report of a Summary.
std::string json_report(const ObjectiveSummary& summary, const ObjectiveJsonContext& context);

}  // namespace heliotrope
