// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "heliotrope/inspect/json_writer.hpp"
#include "heliotrope/inspect/problem_report.hpp"
#include "inspect/report_lines.hpp"

namespace heliotrope {

namespace {

using inspect_detail::append_line, inspect_detail::counted, inspect_detail::print;
using Layout = JsonWriter::Layout;

/// "1.5 MiB".
std::string memory(double bytes) {
  if (!std::isfinite(bytes)) return "too much";
  const char* units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
  int unit = 0;
  for (; bytes >= 1024.0 && unit < 4; ++unit) bytes /= 1024.0;
  return print("%.3g ", bytes) + units[unit];
}

std::string manifold_name(const std::string& name, int ambient_size) {
  return name == "Euclidean" ? "Euclidean<" + std::to_string(ambient_size) + ">" : name;
}

std::string describe(const VariableKind& kind) {
  std::string text = std::to_string(kind.count) + " " + manifold_name(kind.manifold, kind.ambient_size);
  if (kind.fixed > 0) text += " (" + std::to_string(kind.fixed) + " fixed)";
  return text;
}

std::string describe(const ResidualKind& kind) {
  std::string text = kind.type + ": " + (kind.terms ? counted(kind.count, "term") : counted(kind.count, "block"));
  if (!kind.terms) text += " of " + counted(kind.rows, "residual");
  text += " by ";
  for (std::size_t s = 0; s < kind.widths.size(); ++s) text += (s == 0 ? "" : " + ") + std::to_string(kind.widths[s]);
  text += " columns, " + kind.derivatives;
  if (kind.loss != "trivial") text += ", loss " + kind.loss;
  if (kind.weighted) text += ", weighted";
  return text;
}

std::string describe_largest(const ResidualKind& kind) {
  return "|r| = " + print("%.6g", kind.largest_norm) + ", block " + std::to_string(kind.largest) + " of " + kind.type;
}

std::string parts_line(const ProblemReport& report) {
  std::string text = counted(report.num_parts, "connected part");
  if (report.num_parts > 1) text += ", the largest of " + counted(report.largest_part, "variable");
  text += "; " + std::to_string(report.num_floating_parts) + " without a fixed variable";
  if (report.num_unused > 0) text += "; " + counted(report.num_unused, "variable") + " in no residual";
  return text;
}

std::string jacobian_line(const ProblemReport& report) {
  const double entries = static_cast<double>(report.num_residuals) * static_cast<double>(report.num_columns);
  std::string text = std::to_string(report.num_residuals) + " x " + std::to_string(report.num_columns) + ", " +
                     std::to_string(report.num_nonzeros) + " not zero";
  if (entries > 0.0) text += print(" (%.3g %%)", 100.0 * static_cast<double>(report.num_nonzeros) / entries);
  return text;
}

std::string solver_table(const LinearChoice& linear) {
  char line[160];
  std::snprintf(line, sizeof line, "\n  %-20s %12s %12s %10s %12s\n", "linear solver", "flops, form", "flops, solve",
                "memory", "seconds");
  std::string text = line;
  for (const LinearSolverCost& cost : linear.costs) {
    const std::string seconds = cost.seconds > 0.0 ? print("%.2g", cost.seconds) : "-";
    std::snprintf(line, sizeof line, "%c %-20s %12.2e %12.2e%c %9s %12s\n", cost.type == linear.type ? '*' : ' ',
                  std::string(name(cost.type)).c_str(), cost.flops_form, cost.flops_solve, cost.iterative ? '/' : ' ',
                  memory(cost.bytes).c_str(), seconds.c_str());
    text += line;
  }
  return text +
         "  * chosen; form: once a linearisation, solve: once a damping (/: one of many iterations);\n"
         "  seconds: of an iteration on one core of the machine where rates were measured\n";
}

void write_residuals(JsonWriter& json, const ResidualKind& kind) {
  json.begin_object(Layout::line);
  json.key("type").string(kind.type).key("terms").boolean(kind.terms);
  json.key("count").integer(kind.count).key("rows").integer(kind.rows);
  json.key("widths").begin_array(Layout::line);
  for (const int width : kind.widths) json.integer(width);
  json.end_array().key("manifolds").begin_array(Layout::line);
  for (const std::string& manifold : kind.manifolds) json.string(manifold);
  json.end_array().key("loss").string(kind.loss).key("derivatives").string(kind.derivatives);
  json.key("weighted").boolean(kind.weighted).key("cost").number(kind.cost);
  json.key("largest").begin_object(Layout::line);
  json.key("block").integer(kind.largest).key("norm").number(kind.largest_norm).end_object();
  json.end_object();
}

void write_linear(JsonWriter& json, const LinearChoice& linear) {
  json.key("linear").begin_object();
  json.key("chosen").string(name(linear.type)).key("reason").string(linear.reason);
  json.key("eliminated").integer(linear.num_eliminated);
  json.key("solvers").begin_array();
  for (const LinearSolverCost& cost : linear.costs) {
    json.begin_object(Layout::line).key("name").string(name(cost.type));
    json.key("flops_form").number(cost.flops_form).key("flops_solve").number(cost.flops_solve);
    json.key("iterative").boolean(cost.iterative).key("bytes").number(cost.bytes);
    json.key("seconds").number(cost.seconds > 0.0 ? cost.seconds : std::nan("")).end_object();
  }
  json.end_array().end_object();
}

void write_structure(JsonWriter& json, const ProblemReport& report) {
  json.key("problem").begin_object(Layout::line);
  json.key("variables").integer(report.num_variables).key("fixed").integer(report.num_fixed);
  json.key("parameters").integer(report.num_columns);
  json.key("residual_blocks").integer(report.num_residual_blocks).key("residuals").integer(report.num_residuals);
  json.key("terms").integer(report.num_terms).end_object();
  json.key("variables").begin_array();
  for (const VariableKind& kind : report.variables) {
    json.begin_object(Layout::line).key("manifold").string(kind.manifold);
    json.key("ambient").integer(kind.ambient_size).key("tangent").integer(kind.tangent_size);
    json.key("count").integer(kind.count).key("fixed").integer(kind.fixed).end_object();
  }
  json.end_array().key("residuals").begin_array();
  for (const ResidualKind& kind : report.residuals) write_residuals(json, kind);
  json.end_array().key("jacobian").begin_object(Layout::line);
  json.key("rows").integer(report.num_residuals).key("columns").integer(report.num_columns);
  json.key("nonzeros").integer(report.num_nonzeros).end_object();
  json.key("parts").begin_object(Layout::line);
  json.key("count").integer(report.num_parts).key("floating").integer(report.num_floating_parts);
  json.key("largest").integer(report.largest_part).key("unused_variables").integer(report.num_unused).end_object();
}

}  // namespace

std::string to_text(const ProblemReport& report, const ProblemContext& context) {
  std::string text;
  if (!context.source.empty()) append_line(text, "file", context.source);
  if (!context.kind.empty()) append_line(text, "format", context.kind);
  for (const std::string& warning : context.warnings) append_line(text, "changed", warning);
  append_line(text, "problem",
              counted(report.num_residuals, "residual") + " in " + counted(report.num_residual_blocks, "block") + ", " +
                  counted(report.num_columns, "free parameter") + " of " + counted(report.num_variables, "variable"));
  for (const VariableKind& kind : report.variables) append_line(text, "variables", describe(kind));
  for (const ResidualKind& kind : report.residuals) append_line(text, "residuals", describe(kind));
  append_line(text, "jacobian", jacobian_line(report));
  append_line(text, "structure", parts_line(report));
  if (!context.gauge.empty()) append_line(text, "gauge", context.gauge);
  append_line(text, "cost", print("%.9e", report.cost));
  for (const ResidualKind& kind : report.residuals) {
    if (kind.largest >= 0 && !kind.terms) append_line(text, "largest", describe_largest(kind));
  }
  if (!report.not_finite.empty()) append_line(text, "not finite", report.not_finite);
  if (report.num_terms > 0) {
    append_line(text, "chosen", "a gradient method: terms are no squares, and minimize does not take them");
    return text;
  }
  append_line(text, "chosen", std::string(name(report.linear.type)) + ": " + report.linear.reason);
  return report.linear.costs.empty() ? text : text + solver_table(report.linear);
}

std::string to_json(const ProblemReport& report, const ProblemContext& context) {
  JsonWriter json;
  json.begin_object();
  json.key("source").string(context.source).key("kind").string(context.kind);
  json.key("warnings").begin_array();
  for (const std::string& warning : context.warnings) json.string(warning);
  json.end_array().key("gauge").string(context.gauge);
  write_structure(json, report);
  json.key("cost").number(report.cost).key("not_finite").string(report.not_finite);
  write_linear(json, report.linear);
  json.end_object();
  return json.text() + "\n";
}

}  // namespace heliotrope
