// SPDX-License-Identifier: Apache-2.0
// heliotrope minimize: a test function, or a logistic regression, and its minimum.
#include <cmath>
#include <cstdio>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "commands.hpp"
#include "heliotrope/derive/symmetric_coloring.hpp"
#include "heliotrope/error.hpp"
#include "heliotrope/inspect/objective_report.hpp"
#include "heliotrope/io/csv.hpp"
#include "heliotrope/minimize/second_order.hpp"
#include "heliotrope/residuals/test_functions.hpp"
#include "interrupt.hpp"
#include "objective_words.hpp"
#include "output.hpp"
#include "progress.hpp"

namespace heliotrope_tool {

using namespace heliotrope;

namespace {

/// Hessians are dense and differenced: a gradient a variable.
constexpr std::size_t most_with_hessian = 500;

struct MinimizeCommand {
  std::string name, data, method, line_search, json;
  int dimension = 0;
  double ridge = 1.0;
  bool list = false, quiet = false;
  ObjectiveOptions options;
};

/// Where to begin, what to minimise, and what is known of it.
struct Task {
  std::string kind;
  std::vector<double> x;
  std::function<double(std::span<const double>, std::span<double>)> f;
  double minimum = std::nan("");
};

void print_list() {
  std::printf("%-28s %9s  %s\n", "name", "dimension", "others");
  for (const TestFunction& f : test_functions()) {
    const std::string others = f.fixed           ? "none"
                               : f.multiple == 1 ? "any"
                                                 : "multiples of " + std::to_string(f.multiple);
    std::printf("%-28s %9d  %s\n", std::string(f.name).c_str(), f.dimension, others.c_str());
  }
}

Task regression_task(const MinimizeCommand& command) {
  const auto data = std::make_shared<LogisticData>(read_logistic_csv(command.data));
  const auto f = std::make_shared<LogisticRegression>(*data, command.ridge);
  return {.kind = command.data,
          .x = std::vector<double>(static_cast<std::size_t>(data->features)),
          .f = [data, f](std::span<const double> x, std::span<double> gradient) { return (*f)(x, gradient); }};
}

Task function_task(const MinimizeCommand& command) {
  const TestFunction* const f = find_test_function(command.name);
  if (f == nullptr) throw Error("found '" + command.name + "', expected a name that heliotrope minimize --list tells");
  std::vector<double> x = f->start(command.dimension);
  const double minimum = f->minimum(static_cast<int>(x.size()));
  return {.kind = command.name, .x = std::move(x), .f = *f, .minimum = minimum};
}

Task make_task(const MinimizeCommand& command) {
  if (command.name.empty() == command.data.empty()) {
    throw Error("minimize needs either a NAME (see --list) or --data FILE");
  }
  return command.data.empty() ? function_task(command) : regression_task(command);
}

SparsityPattern dense_pattern(std::size_t n) {
  SparsityPattern pattern;
  pattern.num_rows = pattern.num_columns = static_cast<std::int64_t>(n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) pattern.columns.push_back(static_cast<std::int32_t>(j));
    pattern.row_begin.push_back(static_cast<std::int64_t>(pattern.columns.size()));
  }
  return pattern;
}

/// Methods of second order get products by differences; those that need the Hessian one by differences, if it is small.
ObjectiveSummary minimise(Task& task, const ObjectiveOptions& options) {
  const bool first_order = options.method <= ObjectiveMethod::broyden;
  if (first_order) return minimize_objective(task.f, task.x, options);
  DifferencedProduct products(task.f);
  if (task.x.size() > most_with_hessian) return minimize_objective(products.view(), task.x, options);
  const SparsityPattern pattern = dense_pattern(task.x.size());
  const Coloring coloring = color_star(pattern);
  DifferencedHessian hessian(task.f, pattern, coloring);
  return minimize_objective(hessian.view(), task.x, options);
}

std::string findings(const Task& task, const ObjectiveSummary& summary) {
  if (std::isnan(task.minimum)) return {};
  char text[96];
  std::snprintf(text, sizeof text, "known minimum      %.9e (%.2e above it)\n", task.minimum,
                summary.final_value - task.minimum);
  return text;
}

ExitCode minimize(const MinimizeCommand& command) {
  if (command.list) {
    print_list();
    return ExitCode::success;
  }
  const bool json_to_stdout = command.json == "-";
  if (!command.json.empty() && !json_to_stdout) expect_writable(command.json);
  InterruptGuard interrupts;
  Progress progress(command.quiet ? nullptr : json_to_stdout ? stderr : stdout);
  Task task = make_task(command);
  progress.text(task.kind + " of " + std::to_string(task.x.size()) + " variables\n");

  ObjectiveOptions options = command.options;
  options.method = meaning_of<ObjectiveMethod>(all_words<ObjectiveMethod>(), command.method);
  options.line_search.type = meaning_of<LineSearchType>(all_words<LineSearchType>(), command.line_search);
  std::vector<ObjectiveIteration> iterations;
  options.stop = InterruptGuard::requested;
  options.callback = [&](const ObjectiveIteration& iteration) {
    progress.iteration(iteration);
    if (!command.json.empty()) iterations.push_back(iteration);
    return !InterruptGuard::requested();
  };
  const ObjectiveSummary summary = minimise(task, options);
  progress.text("\n" + full_report(summary) + findings(task, summary));
  interrupts.ignore();
  if (!command.json.empty()) {
    write_text(command.json, json_report(summary, ObjectiveJsonContext{.run = {.kind = task.kind, .parameters = task.x},
                                                                       .iterations = iterations,
                                                                       .threads = options.threads,
                                                                       .peak_bytes = peak_bytes()}));
  }
  if (!is_failure(summary.status)) return ExitCode::success;
  std::cerr << "heliotrope: " << task.kind << ": " << summary.message << std::endl;
  return ExitCode::numerical_failure;
}

void declare_options(CLI::App& command, MinimizeCommand& to) {
  to.method = word_of(to.options.method);
  to.line_search = word_of(to.options.line_search.type);
  command.add_option("NAME", to.name, "Test function to minimise from its standard start")->type_name("");
  command.add_flag("--list", to.list, "List the test functions and exit");
  command.add_option("--dimension", to.dimension, "Number of variables; left out: the usual one")
      ->check(CLI::PositiveNumber);
  command
      .add_option(
          "--data", to.data,
          "In place of NAME: a logistic regression on a table of comma-separated numbers, the label (1, or 0 or "
          "-1) in the last column")
      ->type_name("FILE");
  command.add_option("--ridge", to.ridge, "With --data: weight of |w|^2 / 2")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command.add_option("--json", to.json, "Write what happened as JSON ('-': to standard output)")->type_name("FILE");
  command.add_flag("--quiet", to.quiet, "Print nothing but errors");

  const std::string method = "Method", limits = "Limits and tolerances";
  command.add_option("--method", to.method, "Minimiser; those of second order difference the gradient")
      ->check(CLI::IsMember(all_words<ObjectiveMethod>()))
      ->group(method)
      ->capture_default_str();
  command.add_option("--line-search", to.line_search, "How long steps are")
      ->check(CLI::IsMember(all_words<LineSearchType>()))
      ->group(method)
      ->capture_default_str();
  command.add_option("--memory", to.options.memory, "Pairs that lbfgs keeps")
      ->check(CLI::Range(1, 10000))
      ->group(method)
      ->capture_default_str();
  command
      .add_option("--threads", to.options.threads, "Threads outside the function; the answer does not depend on them")
      ->check(CLI::Range(1, 1024))
      ->group(method)
      ->capture_default_str();
  command.add_option("--tolerance", to.options.gradient_tolerance, "Converged where every |g_j| is at most this")
      ->check(CLI::NonNegativeNumber)
      ->group(limits)
      ->capture_default_str();
  command.add_option("--max-iterations", to.options.max_iterations, "Iterations at most")
      ->check(CLI::NonNegativeNumber)
      ->group(limits)
      ->capture_default_str();
  command.add_option("--max-evaluations", to.options.max_evaluations, "Evaluations of the function at most")
      ->check(CLI::PositiveNumber)
      ->group(limits)
      ->capture_default_str();
  command.add_option("--time-limit", to.options.time_limit, "Seconds after which to stop at the best point")
      ->check(CLI::NonNegativeNumber)
      ->group(limits)
      ->capture_default_str();
}

}  // namespace

Command add_minimize(CLI::App& program) {
  CLI::App& command =
      *program.add_subcommand("minimize", "Minimise a smooth test function, or a logistic regression, by any method");
  command.footer(
      "Ctrl-C stops at the best point found (a second one ends at once).\n"
      "Exit status: 0 converged, or stopped at a limit or by Ctrl-C; 2 usage or input; 3 numerical failure.");
  const auto to = std::make_shared<MinimizeCommand>();
  declare_options(command, *to);
  return [to] { return minimize(*to); };
}

}  // namespace heliotrope_tool
