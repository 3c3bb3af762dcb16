// SPDX-License-Identifier: Apache-2.0
// The heliotrope command.
#include <exception>
#include <iostream>
#include <new>
#include <string>

#include "commands.hpp"
#include "heliotrope/error.hpp"
#include "heliotrope/inspect/build_report.hpp"

namespace {

using heliotrope_tool::ExitCode;

/// One line on standard error.
ExitCode complain(const std::string& what) {
  std::cerr << "heliotrope: " << what << std::endl;
  return ExitCode::bad_input;
}

/// Text as one line: line breaks become spaces.
std::string one_line(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  for (char& character : text) {
    if (character == '\n') character = ' ';
  }
  return text;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App program("Solves sparse, large nonlinear least-squares problems.", "heliotrope");
  program.set_version_flag(
      "--version", [] { return heliotrope::build_report(); }, "Print what this build has and exit");
  program.require_subcommand(1);
  program.footer(
      "heliotrope SUBCOMMAND --help tells the options of a subcommand.\n"
      "Exit status: 0 converged, or stopped at a limit or by Ctrl-C; 2 usage or input; 3 numerical failure.");
  const heliotrope_tool::Command solve = heliotrope_tool::add_solve(program);
  const heliotrope_tool::Command generate = heliotrope_tool::add_generate(program);

  try {
    program.parse(argc, argv);
    return program.got_subcommand("solve") ? solve() : generate();
  } catch (const CLI::Success& asked) {  // --help, --version
    return program.exit(asked);
  } catch (const CLI::ParseError& error) {
    return complain(one_line(error.what()) + " (see heliotrope --help)");
  } catch (const heliotrope::Error& error) {
    return complain(error.what());
  } catch (const std::bad_alloc&) {
    return complain("not enough memory");
  } catch (const std::exception& error) {
    return complain(error.what());
  }
}
