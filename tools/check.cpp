// SPDX-License-Identifier: Apache-2.0
// heliotrope check: whether the derivatives of a file's residuals are right.
#include <cstdio>
#include <iostream>
#include <map>
#include <memory>
#include <string>

#include "commands.hpp"
#include "heliotrope/inspect/json_writer.hpp"
#include "heliotrope/problem/check_derivatives.hpp"
#include "heliotrope/problem/derivative_names.hpp"
#include "output.hpp"
#include "solve_options.hpp"

namespace heliotrope_tool {

using namespace heliotrope;

namespace {

struct CheckOptions {
  SolveOptions file;
  std::string against = "complex";
  double digits = DerivativeCheckOptions().digits;
  bool json = false;
};

const std::map<std::string, Derivatives> differences = {
    {"central", Derivatives::central}, {"forward", Derivatives::forward}, {"complex", Derivatives::complex_step}};

std::string describe(const TypeAgreement& type) {
  std::string text = type.type + ": " + std::to_string(type.num_residual_blocks) + " blocks, " +
                     std::string(name(type.own)) + " against " + std::string(name(type.other));
  if (type.num_disabled > 0) text += ", " + std::to_string(type.num_disabled) + " disabled ones left out";
  if (!type.compared) return text + ": has no derivatives of another kind to compare\n";
  char numbers[120];
  std::snprintf(numbers, sizeof numbers, ": worst relative error %.2g in %lld derivatives, %lld wrong\n",
                type.relative_error(), static_cast<long long>(type.num_entries),
                static_cast<long long>(type.num_disagreements));
  text += numbers;
  return type.num_disagreements == 0 ? text : text + "  " + to_string(type.worst) + "\n";
}

std::string describe_json(const CheckOptions& options, const DerivativeReport& report) {
  JsonWriter json;
  json.begin_object();
  json.key("source").string(options.file.input).key("against").string(options.against);
  json.key("digits").number(options.digits).key("agrees").boolean(report.agrees());
  json.key("types").begin_array();
  for (const TypeAgreement& type : report.types) {
    json.begin_object(JsonWriter::Layout::line);
    json.key("type").string(type.type).key("own").string(name(type.own)).key("other").string(name(type.other));
    json.key("compared").boolean(type.compared).key("residual_blocks").integer(type.num_residual_blocks);
    json.key("derivatives").integer(type.num_entries).key("wrong").integer(type.num_disagreements);
    json.key("relative_error").number(type.relative_error());
    json.key("worst").string(type.num_disagreements == 0 ? "" : to_string(type.worst));
    json.end_object();
  }
  json.end_array().end_object();
  return json.text() + "\n";
}

/// Against what is asked for; types that do not offer that, against central differences.
DerivativeReport compare(const Problem& problem, const CheckOptions& options) {
  DerivativeCheckOptions check{.against = differences.at(options.against),
                               .digits = options.digits,
                               .most_listed = 0,
                               .threads = options.file.minimize.threads};
  DerivativeReport report = check_derivatives(problem, check);
  if (report.not_compared.empty() || check.against == Derivatives::central) return report;
  check.against = Derivatives::central;
  const DerivativeReport central = check_derivatives(problem, check);
  for (std::size_t k = 0; k < report.types.size(); ++k) {
    if (report.types[k].compared) continue;
    report.types[k] = central.types[k];
    report.num_disagreements += central.types[k].num_disagreements;
  }
  return report;
}

ExitCode check(const CheckOptions& options) {
  const ReadProblem read = read_problem(options.file);
  const DerivativeReport report = compare(read.input->problem(), options);
  if (options.json) {
    write_text("-", describe_json(options, report));
  } else {
    for (const TypeAgreement& type : report.types) std::cout << describe(type);
    std::cout << std::flush;
  }
  return report.agrees() ? ExitCode::success : ExitCode::numerical_failure;
}

}  // namespace

Command add_check(CLI::App& program) {
  CLI::App& command =
      *program.add_subcommand("check", "Compare the derivatives of a file's residuals with differences");
  command.footer(
      "At the file's start, without losses, one line a residual type. An entry is judged on the scale of itself, or "
      "of\n"
      "1e-4 of the largest in its row. Complex steps are exact; forward and central differences of small entries are\n"
      "mostly rounding. Central ones are taken where a type does not take complex numbers.\n"
      "Exit status: 0 all agree; 2 usage or input; 3 some derivative is wrong.");
  const auto options = std::make_shared<CheckOptions>();
  declare_input(command, options->file);
  command.add_option("--against", options->against, "Differences to compare with")
      ->check(CLI::IsMember(differences))
      ->capture_default_str();
  command.add_option("--digits", options->digits, "Fewer digits that agree are a wrong derivative")
      ->check(CLI::Range(0.0, 17.0))
      ->capture_default_str();
  command.add_option("--threads", options->file.minimize.threads, "Threads; the answer does not depend on them")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  command.add_flag("--json", options->json, "Print JSON");
  return [options] { return check(*options); };
}

}  // namespace heliotrope_tool
