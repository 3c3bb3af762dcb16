// SPDX-License-Identifier: Apache-2.0
// The heliotrope command.
#include <array>
#include <exception>
#include <iostream>
#include <new>
#include <string>
#include <utility>
#include <vector>

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

std::string without_last_newline(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

/// Text as one line: line breaks become spaces.
std::string one_line(std::string text) {
  text = without_last_newline(std::move(text));
  for (char& character : text) {
    if (character == '\n') character = ' ';
  }
  return text;
}

/// What is wrong with the command line.
std::string usage_error(const CLI::App& program, const CLI::ParseError& error) {
  if (!program.get_subcommands().empty()) return one_line(error.what());
  const std::vector<std::string> unknown = program.remaining();
  if (unknown.empty()) return one_line(error.what());
  return "found '" + unknown.front() + "', expected solve, minimize, generate, color, check, info or datasets";
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App program("Solves sparse, large nonlinear least-squares problems.", "heliotrope");
  program.set_version_flag(
      "--version", [] { return without_last_newline(heliotrope::build_report()); },
      "Print what this build has and exit");
  program.require_subcommand(1);
  program.footer(
      "heliotrope SUBCOMMAND --help tells the options of a subcommand.\n"
      "Exit status: 0 converged, or stopped at a limit or by Ctrl-C; 2 usage or input; 3 numerical failure, or (check) "
      "a "
      "wrong derivative.");
  const std::array commands = {
      heliotrope_tool::add_solve(program),    heliotrope_tool::add_minimize(program),
      heliotrope_tool::add_generate(program), heliotrope_tool::add_color(program),
      heliotrope_tool::add_check(program),    heliotrope_tool::add_info(program),
      heliotrope_tool::add_datasets(program),
  };
  const std::vector<CLI::App*> names = program.get_subcommands(nullptr);  // in the same order

  try {
    program.parse(argc, argv);
    std::size_t k = 0;
    while (!program.got_subcommand(names[k])) ++k;
    return commands[k]();
  } catch (const CLI::Success& asked) {  // --help, --version
    return program.exit(asked);
  } catch (const CLI::ParseError& error) {
    return complain(usage_error(program, error) + " (see heliotrope --help)");
  } catch (const heliotrope::Error& error) {
    return complain(error.what());
  } catch (const std::bad_alloc&) {
    return complain("not enough memory");
  } catch (const std::exception& error) {
    return complain(error.what());
  }
}
