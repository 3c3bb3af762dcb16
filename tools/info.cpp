// SPDX-License-Identifier: Apache-2.0
// heliotrope info: what is in a file, and how it would be solved.
#include <memory>
#include <string>
#include <vector>

#include "commands.hpp"
#include "heliotrope/inspect/problem_report.hpp"
#include "heliotrope/inspect/rank_report.hpp"
#include "output.hpp"
#include "solve_options.hpp"

namespace heliotrope_tool {

using namespace heliotrope;

namespace {

struct InfoOptions {
  SolveOptions file;
  bool json = false, rank = false;
};

/// What holds the gauge where the reader has nothing to say about it.
std::string gauge_of(FileFormat format) {
  if (format != FileFormat::bal) return {};
  return "nothing holds it: the scene may move, turn and scale as a whole (7 directions), which damping rules out";
}

ExitCode info(const InfoOptions& options) {
  const ReadProblem read = read_problem(options.file);
  const std::vector<std::string> warnings = read.input->warnings();
  std::string gauge = read.input->note();
  if (gauge.empty()) gauge = gauge_of(read.format);
  const ProblemReport report = report_problem(read.input->problem(), {.threads = options.file.minimize.threads});
  const ProblemContext context{
      .source = options.file.input, .kind = to_string(read.format), .warnings = warnings, .gauge = gauge};
  write_text("-", options.json ? to_json(report, context) : to_text(report, context));
  if (options.rank) write_text("-", "\n" + rank_lines(find_rank_deficiency(read.input->problem())));
  return ExitCode::success;
}

}  // namespace

Command add_info(CLI::App& program) {
  CLI::App& command = *program.add_subcommand("info", "Tell what is in a file, and how it would be solved");
  const auto options = std::make_shared<InfoOptions>();
  declare_input(command, options->file);
  declare_loss(command, options->file);
  command.add_option("--threads", options->file.minimize.threads, "Threads; the answer does not depend on them")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  CLI::Option& json = *command.add_flag("--json", options->json, "Print JSON");
  command.add_flag("--rank", options->rank, "Find the Jacobian's rank, and which variables nothing determines")
      ->excludes(&json);
  return [options] { return info(*options); };
}

}  // namespace heliotrope_tool
