// SPDX-License-Identifier: Apache-2.0
// heliotrope generate: made-up scenes and graphs of any size.
#include "heliotrope/io/generate.hpp"

#include <iostream>
#include <map>
#include <memory>
#include <string>

#include "commands.hpp"
#include "output.hpp"

namespace heliotrope_tool {

using namespace heliotrope;

namespace {

struct GenerateOptions {
  BalGeneration bal;
  PoseGraphGeneration graph;
  std::string bal_structure = "street", graph_structure = "sphere", output;
  bool quiet = false;
};

const std::map<std::string, BalStructure> bal_structures = {{"street", BalStructure::street},
                                                            {"crowd", BalStructure::crowd}};
const std::map<std::string, PoseGraphStructure> graph_structures = {{"sphere", PoseGraphStructure::sphere},
                                                                    {"grid", PoseGraphStructure::grid},
                                                                    {"manhattan", PoseGraphStructure::manhattan}};

/// An option with its default in the help text.
template <class Value>
CLI::Option* declare(CLI::App& command, const char* name, Value& value, const char* what) {
  return command.add_option(name, value, what)->capture_default_str();
}

template <class Words>
void declare_structure(CLI::App& command, std::string& structure, const Words& words) {
  std::vector<std::string> names;
  for (const auto& [name, value] : words) names.push_back(name);
  declare(command, "--structure", structure, "What it looks like")->check(CLI::IsMember(names));
}

void declare_output(CLI::App& command, GenerateOptions& options) {
  command.add_option("--output", options.output, "File to write; compressed where it ends in .gz, .bz2 or .xz")
      ->required()
      ->type_name("FILE");
  command.add_flag("--quiet", options.quiet, "Print nothing but errors");
}

void declare_bal(CLI::App& command, GenerateOptions& options) {
  BalGeneration& bal = options.bal;
  declare_output(command, options);
  declare_structure(command, options.bal_structure, bal_structures);
  declare(command, "--cameras", bal.num_cameras, "Number of cameras");
  declare(command, "--points", bal.num_points, "Number of points");
  declare(command, "--track", bal.mean_track, "Mean number of cameras that see a point");
  declare(command, "--seed", bal.seed, "Seed: the same options make the same file");
  declare(command, "--noise", bal.noise, "Standard deviation of the pixels");
  declare(command, "--outliers", bal.outliers, "Fraction of observations that are wrong");
  declare(command, "--rotation-error", bal.rotation_error, "Of the start's camera rotations, in radians");
  declare(command, "--position-error", bal.position_error, "Of the start's camera centres");
  declare(command, "--point-error", bal.point_error, "Of the start's points");
}

void declare_graph(CLI::App& command, GenerateOptions& options) {
  PoseGraphGeneration& graph = options.graph;
  declare_output(command, options);
  declare_structure(command, options.graph_structure, graph_structures);
  declare(command, "--poses", graph.num_poses, "Number of poses");
  declare(command, "--seed", graph.seed, "Seed: the same options make the same file");
  declare(command, "--noise,--translation-noise", graph.translation_noise,
          "Standard deviation of measured positions; neighbours are 1 apart");
  declare(command, "--rotation-noise", graph.rotation_noise, "Standard deviation of measured angles, in radians");
  declare(command, "--closures", graph.closures, "Fraction of the possible loop closures that are made");
  declare(command, "--outliers", graph.outliers, "Fraction of loop closures that are wrong");
}

void announce(const GenerateOptions& options, const std::string& what) {
  if (!options.quiet) std::cout << options.output << ": " << what << std::endl;
}

ExitCode make_bal(GenerateOptions options) {
  options.bal.structure = bal_structures.at(options.bal_structure);
  expect_writable(options.output);
  const BalScene scene = generate_bal(options.bal);
  write_bal(options.output, scene);
  announce(options, std::to_string(scene.num_cameras()) + " cameras, " + std::to_string(scene.num_points()) +
                        " points, " + std::to_string(scene.num_observations()) + " observations");
  return ExitCode::success;
}

ExitCode make_graph(GenerateOptions options) {
  options.graph.structure = graph_structures.at(options.graph_structure);
  expect_writable(options.output);
  const PoseGraph graph = generate_pose_graph(options.graph);
  write_g2o(options.output, graph);
  announce(options, std::to_string(graph.num_poses()) + " poses, " + std::to_string(graph.num_edges()) + " edges");
  return ExitCode::success;
}

}  // namespace

Command add_generate(CLI::App& program) {
  CLI::App& command = *program.add_subcommand("generate", "Make a problem of any size, the same for the same seed");
  command.require_subcommand(1);
  const auto options = std::make_shared<GenerateOptions>();
  CLI::App& bal = *command.add_subcommand("bal", "A bundle-adjustment scene with a perturbed start, in BAL's format");
  CLI::App& graph =
      *command.add_subcommand("pose-graph", "A pose graph that starts from its odometry, in g2o's format");
  declare_bal(bal, *options);
  declare_graph(graph, *options);
  return [options, &bal] { return bal.parsed() ? make_bal(*options) : make_graph(*options); };
}

}  // namespace heliotrope_tool
