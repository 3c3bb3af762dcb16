// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/inspect/objective_report.hpp"

#include <algorithm>
#include <cstdio>

#include "heliotrope/inspect/json_writer.hpp"
#include "heliotrope/version.hpp"
#include "inspect/report_lines.hpp"

namespace heliotrope {

namespace {

using inspect_detail::append_line;
using Layout = JsonWriter::Layout;

void write_problem(JsonWriter& json, const ObjectiveSummary& summary, const ObjectiveJsonContext& context) {
  json.key("problem").begin_object(Layout::line);
  json.key("kind").string(context.run.kind);
  if (context.num_variables > 0) json.key("variables").integer(context.num_variables);
  json.key("parameters").integer(summary.num_parameters);
  if (context.num_variables > 0) {
    json.key("residual_blocks").integer(context.num_residual_blocks);
    json.key("residuals").integer(context.num_residuals);
  }
  json.end_object();
}

void write_iterations(JsonWriter& json, std::span<const ObjectiveIteration> iterations) {
  json.key("iterations").begin_array();
  for (const ObjectiveIteration& iteration : iterations) {
    json.begin_object(Layout::line);
    json.key("iteration").integer(iteration.iteration);
    json.key("cost").number(iteration.value);
    json.key("gradient_max").number(iteration.gradient_max);
    json.key("step").number(iteration.step);
    json.key("step_norm").number(iteration.step_norm);
    json.key("evaluations").integer(iteration.evaluations);
    json.key("seconds").number(iteration.seconds);
    json.end_object();
  }
  json.end_array();
}

}  // namespace

std::string objective_header() {
  char line[128];
  std::snprintf(line, sizeof line, "%6s %16s %9s %9s %9s %11s %8s", "iter", "value", "gradient", "step", "length",
                "evaluations", "seconds");
  return line;
}

std::string objective_line(const ObjectiveIteration& iteration) {
  char line[256];
  if (iteration.iteration == 0) {
    std::snprintf(line, sizeof line, "%6d %16.9e %9.2e %9s %9s %11d %8.3f", iteration.iteration, iteration.value,
                  iteration.gradient_max, "", "", iteration.evaluations, iteration.seconds);
  } else {
    std::snprintf(line, sizeof line, "%6d %16.9e %9.2e %9.2e %9.2e %11d %8.3f", iteration.iteration, iteration.value,
                  iteration.gradient_max, iteration.step, iteration.step_norm, iteration.evaluations,
                  iteration.seconds);
  }
  return line;
}

std::string full_report(const ObjectiveSummary& summary) {
  char line[256];
  const auto print = [&](const char* format, auto... values) {
    std::snprintf(line, sizeof line, format, values...);
    return std::string_view(line);
  };
  std::string text;
  append_line(text, "status", summary.message);
  append_line(text, "parameters", std::to_string(summary.num_parameters));
  append_line(text, "value", print("%.9e -> %.9e", summary.initial_value, summary.final_value));
  append_line(text, "gradient", print("largest %.2e, norm %.2e", summary.gradient_max, summary.gradient_norm));
  append_line(text, "iterations", print("%d (%d evaluations)", summary.iterations, summary.evaluations));
  append_line(text, "method", summary.method);
  append_line(text, "time",
              print("%.3f s: function %.3f, other %.3f", summary.seconds_total, summary.seconds_function,
                    std::max(0.0, summary.seconds_total - summary.seconds_function)));
  append_line(text, "build", build_description());
  return text;
}

std::string json_report(const ObjectiveSummary& summary, const ObjectiveJsonContext& context) {
  const JsonContext& run = context.run;
  JsonWriter json;
  json.begin_object();
  write_problem(json, summary, context);
  json.key("cost").begin_object(Layout::line);
  json.key("initial").number(summary.initial_value).key("final").number(summary.final_value).end_object();
  json.key("status").string(name(summary.status));
  json.key("converged").boolean(summary.converged());
  json.key("message").string(summary.message);
  json.key("method").string(summary.method);
  json.key("threads").integer(context.threads);
  json.key("evaluations").integer(summary.evaluations);
  json.key("gradient").begin_object(Layout::line);
  json.key("max").number(summary.gradient_max).key("norm").number(summary.gradient_norm).end_object();
  write_iterations(json, context.iterations);
  json.key("seconds").begin_object(Layout::line);
  json.key("read").number(run.seconds_read);
  json.key("setup").number(run.seconds_prepare);
  json.key("function").number(summary.seconds_function);
  json.key("total").number(run.seconds_prepare + summary.seconds_total);
  json.end_object();
  json.key("memory").begin_object(Layout::line).key("peak_bytes").integer(context.peak_bytes).end_object();
  if (run.parameters.size() <= max_json_parameters) {
    json.key("parameters").begin_array(Layout::line);
    for (const double parameter : run.parameters) json.number(parameter);
    json.end_array();
  }
  json.key("version").string(run.version.empty() ? version() : run.version);
  if (run.accounting != nullptr) write_accounting(json, *run.accounting);
  json.end_object();
  return json.text() + "\n";
}

}  // namespace heliotrope
