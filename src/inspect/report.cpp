// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/inspect/report.hpp"

#include <algorithm>
#include <sstream>

#include "heliotrope/version.hpp"
#include "inspect/report_lines.hpp"

namespace heliotrope {

namespace {

using inspect_detail::append_line, inspect_detail::counted, inspect_detail::print;

std::string problem_line(const Summary& summary) {
  return counted(summary.num_residuals, "residual") + " in " + counted(summary.num_residual_blocks, "block") + ", " +
         counted(summary.num_parameters, "free parameter") + " of " + counted(summary.num_variables, "variable");
}

std::string cost_line(const Summary& summary) {
  std::string line = print("%.9e -> %.9e", summary.initial_cost, summary.final_cost);
  if (summary.initial_cost > 0.0) line += print("  (%.3g of the start's)", summary.final_cost / summary.initial_cost);
  return line;
}

std::string iterations_line(const Summary& summary) {
  if (summary.iterations.empty()) return "none";
  const auto begin = summary.iterations.begin() + 1;
  const auto rejected = std::count_if(begin, summary.iterations.end(), [](const Iteration& i) { return !i.accepted; });
  return std::to_string(summary.iterations.size() - 1) + print(" (%td rejected)", rejected);
}

std::string time_line(const Summary& summary) {
  const double stages =
      summary.seconds_setup + summary.seconds_residuals + summary.seconds_jacobian + summary.seconds_linear;
  return print("%.3f s: setup %.3f, residuals %.3f, jacobian %.3f, linear solver %.3f, other %.3f",
               summary.seconds_total, summary.seconds_setup, summary.seconds_residuals, summary.seconds_jacobian,
               summary.seconds_linear, std::max(0.0, summary.seconds_total - stages));
}

std::string functions_line(const Summary& summary) {
  std::string line = print("%lld evaluations of black boxes", static_cast<long long>(summary.function_evaluations));
  if (summary.function_columns_failed > 0) {
    line +=
        print("; %lld columns without a finite difference", static_cast<long long>(summary.function_columns_failed));
  }
  return line;
}

}  // namespace

std::string brief_report(const Summary& summary) {
  std::ostringstream text;
  text << summary;
  return text.str();
}

std::string full_report(const Summary& summary) {
  std::string text;
  append_line(text, "status", summary.message);
  if (!summary.note.empty()) append_line(text, "note", summary.note);
  append_line(text, "problem", problem_line(summary));
  append_line(text, "cost", cost_line(summary));
  append_line(text, "iterations", iterations_line(summary));
  append_line(text, "method", summary.method);
  append_line(text, "linear solver", summary.linear_solver);
  append_line(text, "chosen", summary.linear_reason);
  append_line(text, "derivatives", summary.derivatives);
  if (summary.function_evaluations > 0) append_line(text, "functions", functions_line(summary));
  append_line(text, "threads", std::to_string(summary.threads));
  append_line(text, "time", time_line(summary));
  append_line(text, "peak memory", print("%.1f MiB", static_cast<double>(summary.peak_bytes) / (1024.0 * 1024.0)));
  append_line(text, "build", build_description());
  return text;
}

}  // namespace heliotrope
