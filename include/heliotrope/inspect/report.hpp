// SPDX-License-Identifier: Apache-2.0
// What a solve did, for people and for programs. The short form is operator<< of Summary.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "heliotrope/inspect/accounting.hpp"
#include "heliotrope/minimize/summary.hpp"

namespace heliotrope {

/// One paragraph: status, costs, iterations, time; the text of operator<<.
std::string brief_report(const Summary& summary);

/// Lines "name   value": the problem's counts, costs, status, method, linear solver and why, derivatives, threads,
/// times by stage, peak memory, and what this build is made of. Every line ends in a newline.
std::string full_report(const Summary& summary);

/// What a Summary does not know, for json_report. The views are read during the call only.
struct JsonContext {
  std::string_view kind;                    ///< what the problem is: "bal", "g2o", "nist", or a word of the caller's
  std::span<const double> parameters = {};  ///< the answer, all variables' numbers; written where at most 100
  double seconds_read = 0.0;                ///< from disk to memory, decompression included
  double seconds_prepare = 0.0;             ///< from the file in memory (parsing, stating the problem) to minimize()
  std::string_view version = {};            ///< of the program; empty: the library's
  const Accounting* accounting = nullptr;   ///< at the answer; left out where null
};

/// The numbers of parameters up to which json_report writes them.
inline constexpr std::size_t max_json_parameters = 100;

/// A solve as one JSON object, ending in a newline. The keys are stable:
///
///     problem{kind,variables,parameters,residual_blocks,residuals}, cost{initial,final}, status, converged, message,
///     method, linear{name,reason}, derivatives, threads,
///     iterations[]{iteration,cost,gradient_max,step_norm,damping,gain_ratio,accepted,seconds},
///     seconds{read,setup,residuals,jacobian,linear,total}, memory{peak_bytes}, parameters[], version,
///     accounting{types[]{type,terms,blocks,rows,cost,largest,down_weighted,seconds_residuals,seconds_jacobian},
///     worst[]{type,index,norm,cost,residuals[],variables[]}}
///
/// cost is 1/2 sum rho(|r|^2). iterations[0] is the start, its seconds count from the call of minimize(). Of `seconds`,
/// setup is seconds_prepare and the structure's analysis; total is everything from the file in memory to the answer,
/// read left out. parameters is left out where there are more than 100. Numbers read back as the same double; one that
/// is not finite is null.
std::string json_report(const Summary& summary, const JsonContext& context);

}  // namespace heliotrope
