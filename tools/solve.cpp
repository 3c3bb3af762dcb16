// SPDX-License-Identifier: Apache-2.0
// heliotrope solve: a file in, its minimum out.
#include <cstdio>
#include <filesystem>
#include <functional>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "commands.hpp"
#include "heliotrope/error.hpp"
#include "heliotrope/inspect/accounting.hpp"
#include "heliotrope/inspect/objective_report.hpp"
#include "heliotrope/inspect/observers.hpp"
#include "heliotrope/io/checkpoint.hpp"
#include "heliotrope/io/problem_file.hpp"
#include "heliotrope/minimize/problem_objective.hpp"
#include "input.hpp"
#include "interrupt.hpp"
#include "output.hpp"
#include "progress.hpp"
#include "solve_options.hpp"

namespace heliotrope_tool {

using namespace heliotrope;

namespace {

void introduce(const ReadProblem& loaded, const SolveOptions& options, Progress& progress) {
  if (options.quiet) return;
  for (const std::string& warning : loaded.input->warnings()) std::cerr << "warning: " << warning << std::endl;
  char seconds[32];
  std::snprintf(seconds, sizeof seconds, "%.3f", loaded.seconds_read + loaded.seconds_prepare);
  progress.text(options.input + " (" + std::string(to_string(loaded.format)) + ", read in " + seconds + " s)\n");
  if (const std::string note = loaded.input->note(); !note.empty()) progress.text(note + "\n");
}

/// How a solve ended, whatever kind of method it was.
struct Outcome {
  bool has_answer = true, failed = false;
  std::string message, report, json = {}, log = {}, picture = {};
};

std::optional<Accounting> account_for(const ReadProblem& loaded, const SolveOptions& options, bool has_answer) {
  if (!has_answer || (!options.accounting && options.worst == 0)) return std::nullopt;
  return account(loaded.input->problem(), {.worst = options.worst, .time = true, .threads = options.minimize.threads});
}

std::string accounting_text(const ReadProblem& loaded, const std::optional<Accounting>& accounting) {
  if (!accounting) return "";
  return "\n" + accounting_report(*accounting, [&](std::int64_t v) { return loaded.input->variable_name(v); });
}

JsonContext json_context(const ReadProblem& loaded, std::span<const double> parameters,
                         const std::optional<Accounting>& accounting) {
  return {.kind = to_string(loaded.format),
          .parameters = parameters,
          .seconds_read = loaded.seconds_read,
          .seconds_prepare = loaded.seconds_prepare,
          .accounting = accounting ? &*accounting : nullptr};
}

Outcome solve_least_squares(const ReadProblem& loaded, const SolveOptions& options, Progress& progress) {
  MinimizeOptions minimize_with = minimize_options(options);
  minimize_with.stop = InterruptGuard::requested;
  minimize_with.callback = [&](const Iteration& iteration) {
    progress.iteration(iteration);
    return !InterruptGuard::requested();
  };
  std::optional<Checkpoint> resumed;
  if (!options.resume.empty()) minimize_with.resume = &resumed.emplace(read_checkpoint(options.resume));
  if (!options.checkpoint.empty()) {
    minimize_with.checkpoint = [&](const Checkpoint& at) {
      try {
        write_checkpoint(options.checkpoint, at);
      } catch (const Error& error) {  // the solve is worth more
        std::cerr << "warning: " << error.what() << std::endl;
      }
    };
  }
  const Summary summary = minimize(loaded.input->problem(), minimize_with);
  Outcome outcome{.has_answer = summary.status != Status::not_finite_at_start,
                  .failed = is_failure(summary.status),
                  .message = summary.message,
                  .report = full_report(summary),
                  .log = iteration_log(summary),
                  .picture = convergence_picture(summary)};
  const std::optional<Accounting> accounting = account_for(loaded, options, outcome.has_answer);
  outcome.report += accounting_text(loaded, accounting);
  if (!options.json.empty()) {
    outcome.json = json_report(summary, json_context(loaded, loaded.input->parameters(), accounting));
  }
  return outcome;
}

Outcome solve_objective(const ReadProblem& loaded, const SolveOptions& options, Progress& progress) {
  ObjectiveOptions minimize_with = objective_options(options);
  std::vector<ObjectiveIteration> iterations;
  minimize_with.stop = InterruptGuard::requested;
  minimize_with.callback = [&](const ObjectiveIteration& iteration) {
    progress.iteration(iteration);
    if (!options.json.empty()) iterations.push_back(iteration);
    return !InterruptGuard::requested();
  };
  Problem& problem = loaded.input->problem();
  const ObjectiveSummary summary = minimize_objective(problem, minimize_with, derivatives_option(options));
  Outcome outcome{.has_answer = summary.status != ObjectiveStatus::not_finite_at_start,
                  .failed = is_failure(summary.status),
                  .message = summary.message,
                  .report = full_report(summary)};
  const std::optional<Accounting> accounting = account_for(loaded, options, outcome.has_answer);
  outcome.report += accounting_text(loaded, accounting);
  if (!options.json.empty()) {
    const std::vector<double> parameters = loaded.input->parameters();
    outcome.json = json_report(summary, ObjectiveJsonContext{.run = json_context(loaded, parameters, accounting),
                                                             .iterations = iterations,
                                                             .threads = minimize_with.threads,
                                                             .peak_bytes = peak_bytes(),
                                                             .num_variables = problem.num_variables(),
                                                             .num_residual_blocks = problem.num_residual_blocks(),
                                                             .num_residuals = problem.num_residuals()});
  }
  return outcome;
}

/// Writes the answer, then the report; a failure of the first does not cost the second.
void write_files(const ReadProblem& loaded, const SolveOptions& options, const Outcome& outcome) {
  std::string failure;
  const auto write = [&](bool asked, const std::function<void()>& body) {
    try {
      if (asked) body();
    } catch (const Error& error) {
      if (failure.empty()) failure = error.what();
    }
  };
  write(!options.output.empty() && outcome.has_answer, [&] { loaded.input->write(options.output); });
  write(!options.json.empty(), [&] { write_text(options.json, outcome.json); });
  write(!options.ply.empty() && outcome.has_answer, [&] { write_ply(options.ply, loaded.input->cloud()); });
  write(!options.log.empty(), [&] { write_text(options.log, outcome.log); });
  write(!options.picture.empty(), [&] { write_text(options.picture, outcome.picture); });
  if (!failure.empty()) throw Error(failure);
}

void expect_different_files(const SolveOptions& options) {
  const std::pair<const char*, const std::string*> files[] = {
      {"--output", &options.output}, {"--json", &options.json},       {"--ply", &options.ply},
      {"--log", &options.log},       {"--picture", &options.picture}, {"--checkpoint", &options.checkpoint},
      {"--dump", &options.dump}};
  for (const auto& [first, path] : files) {
    for (const auto& [second, other] : files) {
      if (path == other) break;
      if (!path->empty() && *path == *other) {
        throw Error(*path + ": " + second + " and " + first + " name the same file");
      }
    }
  }
}

/// The answer of a folder is one.
void expect_writable_answer(const SolveOptions& options) {
  if (std::filesystem::is_directory(options.input)) {
    expect_colmap_writable(options.output, encoding_of(find_colmap_files(options.input)));
  } else {
    expect_writable(options.output);
  }
}

ExitCode solve(const SolveOptions& options) {
  const bool json_to_stdout = options.json == "-";
  expect_different_files(options);
  parse_loss(options.loss);
  check_method(options);
  if (!options.output.empty()) expect_writable_answer(options);
  if (!options.ply.empty()) expect_writable(options.ply);
  if (!options.json.empty() && !json_to_stdout) expect_writable(options.json);
  for (const std::string& file : {options.checkpoint, options.log, options.picture, options.dump}) {
    if (!file.empty()) expect_writable(file);
  }

  InterruptGuard interrupts;
  Progress progress(options.quiet ? nullptr : json_to_stdout ? stderr : stdout);
  const ReadProblem loaded = read_problem(options);
  introduce(loaded, options, progress);
  if (!options.dump.empty()) write_problem(options.dump, loaded.input->problem());
  const Outcome outcome =
      (is_objective_method(options) ? solve_objective : solve_least_squares)(loaded, options, progress);
  progress.text("\n" + outcome.report + loaded.input->findings());
  interrupts.ignore();
  write_files(loaded, options, outcome);
  if (!outcome.failed) return ExitCode::success;
  std::cerr << "heliotrope: " << options.input << ": " << outcome.message << std::endl;
  return ExitCode::numerical_failure;
}

}  // namespace

Command add_solve(CLI::App& program) {
  CLI::App& command = *program.add_subcommand("solve", "Solve a bundle-adjustment, pose-graph or regression file");
  command.footer(
      "The answer is the best point found; Ctrl-C stops there and still writes it (a second one ends at once).\n"
      "Exit status: 0 converged, or stopped at a limit or by Ctrl-C; 2 usage or input; 3 numerical failure (the best\n"
      "point is written, unless the start was not finite).");
  const auto options = std::make_shared<SolveOptions>();
  declare_options(command, *options);
  return [options] { return solve(*options); };
}

}  // namespace heliotrope_tool
