// SPDX-License-Identifier: Apache-2.0
// The subcommands of the heliotrope command, and what they share.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

namespace heliotrope_tool {

/// What the program ends with.
enum ExitCode : int {
  success = 0,            ///< converged, or stopped at a limit or by the user
  bad_input = 2,          ///< wrong usage, or a file that cannot be read or written
  numerical_failure = 3,  ///< the solve failed, or a derivative is wrong
  interrupted = 130       ///< the second Ctrl-C
};

/// Runs a subcommand after its options were parsed. Throws heliotrope::Error for what is wrong with usage or files.
using Command = std::function<ExitCode()>;

/// Each adds one subcommand with its options to the program.
Command add_solve(CLI::App& program);
Command add_minimize(CLI::App& program);
Command add_generate(CLI::App& program);
Command add_color(CLI::App& program);
Command add_check(CLI::App& program);
Command add_info(CLI::App& program);
Command add_datasets(CLI::App& program);

}  // namespace heliotrope_tool
