// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/inspect/json_writer.hpp"
#include "heliotrope/inspect/report.hpp"
#include "heliotrope/version.hpp"

namespace heliotrope {

namespace {

using Layout = JsonWriter::Layout;

void write_problem(JsonWriter& json, const Summary& summary, std::string_view kind) {
  json.key("problem").begin_object(Layout::line);
  json.key("kind").string(kind);
  json.key("variables").integer(summary.num_variables);
  json.key("parameters").integer(summary.num_parameters);
  json.key("residual_blocks").integer(summary.num_residual_blocks);
  json.key("residuals").integer(summary.num_residuals);
  json.end_object();
}

void write_iterations(JsonWriter& json, const std::vector<Iteration>& iterations) {
  json.key("iterations").begin_array();
  for (const Iteration& iteration : iterations) {
    json.begin_object(Layout::line);
    json.key("iteration").integer(iteration.iteration);
    json.key("cost").number(iteration.cost);
    json.key("gradient_max").number(iteration.gradient_max);
    json.key("step_norm").number(iteration.step_norm);
    json.key("damping").number(iteration.damping);
    json.key("gain_ratio").number(iteration.gain_ratio);
    json.key("accepted").boolean(iteration.accepted);
    json.key("seconds").number(iteration.seconds);
    json.end_object();
  }
  json.end_array();
}

void write_seconds(JsonWriter& json, const Summary& summary, const JsonContext& context) {
  json.key("seconds").begin_object(Layout::line);
  json.key("read").number(context.seconds_read);
  json.key("setup").number(context.seconds_prepare + summary.seconds_setup);
  json.key("residuals").number(summary.seconds_residuals);
  json.key("jacobian").number(summary.seconds_jacobian);
  json.key("linear").number(summary.seconds_linear);
  json.key("total").number(context.seconds_prepare + summary.seconds_total);
  json.end_object();
}

}  // namespace

std::string json_report(const Summary& summary, const JsonContext& context) {
  JsonWriter json;
  json.begin_object();
  write_problem(json, summary, context.kind);
  json.key("cost").begin_object(Layout::line);
  json.key("initial").number(summary.initial_cost).key("final").number(summary.final_cost).end_object();
  json.key("status").string(name(summary.status));
  json.key("converged").boolean(summary.converged());
  json.key("message").string(summary.message);
  if (summary.num_without_effect > 0) {
    json.key("note").string(summary.note);
    json.key("without_effect").begin_object(Layout::line);
    json.key("count").integer(summary.num_without_effect).key("coordinates").begin_array(Layout::line);
    for (const Coordinate& at : summary.without_effect) {
      json.begin_object(Layout::line).key("variable").integer(at.variable);
      json.key("coordinate").integer(at.coordinate).end_object();
    }
    json.end_array().end_object();
  }
  json.key("method").string(summary.method);
  json.key("linear").begin_object(Layout::line);
  json.key("name").string(summary.linear_solver).key("reason").string(summary.linear_reason).end_object();
  json.key("derivatives").string(summary.derivatives);
  if (summary.function_evaluations > 0) {
    json.key("functions").begin_object(Layout::line);
    json.key("evaluations").integer(summary.function_evaluations);
    json.key("columns_failed").integer(summary.function_columns_failed).end_object();
  }
  json.key("threads").integer(summary.threads);
  write_iterations(json, summary.iterations);
  write_seconds(json, summary, context);
  json.key("memory").begin_object(Layout::line).key("peak_bytes").integer(summary.peak_bytes).end_object();
  if (context.parameters.size() <= max_json_parameters) {
    json.key("parameters").begin_array(Layout::line);
    for (const double parameter : context.parameters) json.number(parameter);
    json.end_array();
  }
  json.key("version").string(context.version.empty() ? version() : context.version);
  if (context.accounting != nullptr) write_accounting(json, *context.accounting);
  json.end_object();
  return json.text() + "\n";
}

}  // namespace heliotrope
