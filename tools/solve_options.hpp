// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <string>

#include "heliotrope/io/format.hpp"
#include "heliotrope/minimize/minimize.hpp"
#include "heliotrope/minimize/minimize_objective.hpp"
#include "heliotrope/parallel.hpp"
#include "input.hpp"

namespace heliotrope_tool {

/// What the command line of `heliotrope solve` says.
struct SolveOptions {
  std::string input, output, json, ply;
  std::string checkpoint, resume, log, picture, dump;
  std::string format, method, linear, damping, derivatives, intrinsics, loss = "trivial";
  int start = 0;  ///< 0: not said
  std::int64_t worst = 0;
  bool accounting = false;
  bool strict = false, quiet = false;
  heliotrope::MinimizeOptions minimize = {.threads = heliotrope::available_threads()};
  std::string line_search;
  int memory = heliotrope::ObjectiveOptions().memory;
  const CLI::App* command = nullptr;  ///< what was said

  bool said(const char* option) const { return command->count(option) > 0; }
};

/// Declares the options; parsing fills `options`, which must outlive `command`.
void declare_options(CLI::App& command, SolveOptions& options);

/// Only those that say what INPUT is; they are among those of declare_options.
void declare_input(CLI::App& command, SolveOptions& options);

/// The loss, which is among those of declare_options too.
CLI::Option* declare_loss(CLI::App& command, SolveOptions& options);

/// What the words say. Throws Error where one has no meaning.
heliotrope::MinimizeOptions minimize_options(const SolveOptions& options);
/// Whether the method is one of objectives: the cost's gradient is all that it sees.
bool is_objective_method(const SolveOptions& options);
heliotrope::ObjectiveOptions objective_options(const SolveOptions& options);
heliotrope::Derivatives derivatives_option(const SolveOptions& options);
/// Throws Error where an option is for methods of the other kind.
void check_method(const SolveOptions& options);
InputOptions input_options(const SolveOptions& options, heliotrope::FileFormat format);
/// Empty: to be detected.
std::optional<heliotrope::FileFormat> format_option(const SolveOptions& options);

/// INPUT, a file or the folder of a COLMAP model, as a problem, and how long that took.
struct ReadProblem {
  heliotrope::FileFormat format{};
  std::unique_ptr<Input> input = {};
  double seconds_read = 0.0;     ///< disk to memory
  double seconds_prepare = 0.0;  ///< memory to problem
};
ReadProblem read_problem(const SolveOptions& options);

}  // namespace heliotrope_tool
