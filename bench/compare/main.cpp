// SPDX-License-Identifier: Apache-2.0
// Heliotrope beside its peers on the same data: see docs/benchmarks.md. Start it through bench/compare/run, which gives
// the peers the BLAS and the number of threads that suit them.
#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "blas_in_use.hpp"
#include "heliotrope/error.hpp"
#include "heliotrope/io/generate.hpp"
#include "heliotrope/version.hpp"
#include "table.hpp"
#include "timing.hpp"

namespace compare {

namespace {

/// Best costs known, by the start of the file's name.
struct Known {
  const char* name;
  double cost;
};
constexpr Known best_known[] = {
    {"problem-49-7776", 1.33443e4}, {"problem-16-22106", 1.803391e4}, {"problem-21-11315", 3.037864e4}};

struct Options {
  std::vector<std::string> files;
  int threads = 1;
  int repeats = 3;
  std::string output;
};

std::vector<Contender> contenders() {
  std::vector<Contender> list{{"Heliotrope", solve_heliotrope}};
#if HELIOTROPE_COMPARE_CERES
  list.push_back({"Ceres SPARSE_NORMAL_CHOLESKY", solve_ceres_sparse});
  list.push_back({"Ceres DENSE_SCHUR", solve_ceres_schur});
#endif
  return list;
}

std::vector<Evaluation> evaluations() {
  std::vector<Evaluation> list{{"Heliotrope, in place (Evaluator)", evaluate_heliotrope}};
#if HELIOTROPE_COMPARE_CERES
  list.push_back({"Ceres Problem::Evaluate, the same functor", evaluate_ceres});
  list.push_back({"Ceres Problem::Evaluate, Ceres' rotation", evaluate_ceres_rotation});
#endif
  list.push_back({"Heliotrope, compressed rows (Problem::evaluate)", evaluate_heliotrope_rows});
  return list;
}

heliotrope::BalScene load(const std::string& file) {
  if (file == "generated") {
    return heliotrope::generate_bal({.num_cameras = 50, .num_points = 10000, .mean_track = 4.0});
  }
  return heliotrope::read_bal(file);
}

void compare_solves(std::ostream& out, const std::string& name, const heliotrope::BalScene& scene,
                    const Options& options) {
  std::vector<Row> rows;
  for (const Contender& contender : contenders()) rows.push_back({contender.name, {}});
  for (int repeat = 0; repeat < options.repeats; ++repeat) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      rows[i].solves.push_back(contenders()[i].solve(scene, options.threads));
    }
  }
  double best = rows[0].solves[0].cost();
  for (const Row& row : rows) {
    for (const Solve& solve : row.solves) best = std::min(best, solve.cost());
  }
  for (const Known& known : best_known) {
    if (name.starts_with(known.name)) best = std::min(best, known.cost);
  }
  write_solves(out, name + ", " + std::to_string(options.threads) + " threads", rows, best);
}

void compare_evaluations(std::ostream& out, const std::string& name, const heliotrope::BalScene& scene,
                         const Options& options) {
  const std::vector<Evaluation> list = evaluations();
  std::vector<std::string> names;
  std::vector<Evaluations> times(list.size());
  for (const Evaluation& evaluation : list) names.push_back(evaluation.name);
  for (int repeat = 0; repeat < options.repeats; ++repeat) {
    for (std::size_t i = 0; i < list.size(); ++i) {
      const Evaluations more = list[i].evaluate(scene, 7);
      times[i].insert(times[i].end(), more.begin() + 1, more.end());  // the first touches new memory
    }
  }
  write_evaluations(out, name, scene.num_observations(), names, times);
}

void describe(std::ostream& out, const Options& options) {
  out << "Heliotrope " << heliotrope::version();
#if HELIOTROPE_COMPARE_CERES
  out << "; Ceres " << ceres_version();
#endif
  out << "; " << options.threads << " threads, " << options.repeats
      << " repeats, interleaved. BLAS in use: " << blas_in_use() << "; in /proc/self/maps:";
  for (const std::string& file : blas_in_maps()) out << " " << file;
  out << "\n";
}

void run(const Options& options) {
#if HELIOTROPE_COMPARE_CERES
  if (blas_in_use().find("openblas") == std::string::npos) {
    throw heliotrope::Error("BLAS is " + blas_in_use() + "; expected OpenBLAS: start through bench/compare/run");
  }
#endif
  std::ofstream file;
  if (!options.output.empty()) file.open(options.output);
  std::ostream& out = options.output.empty() ? std::cout : file;
  describe(out, options);
  for (const std::string& path : options.files) {
    const std::string name = std::filesystem::path(path).filename().string();
    const heliotrope::BalScene scene = load(path);
    compare_solves(out, name, scene, options);
    if (options.threads == 1) compare_evaluations(out, name, scene, options);
  }
}

}  // namespace

}  // namespace compare

int main(int argc, char** argv) {
  compare::Options options;
  CLI::App app("Heliotrope beside its peers on bundle adjustment problems");
  app.add_option("scene", options.files, "BAL files, or the word generated")->required();
  app.add_option("--threads", options.threads, "threads of every solver")->check(CLI::PositiveNumber);
  app.add_option("--repeats", options.repeats, "solves of each, interleaved")->check(CLI::PositiveNumber);
  app.add_option("--output", options.output, "Markdown file to write instead of the standard output");
  CLI11_PARSE(app, argc, argv);
  try {
    compare::run(options);
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
    return 2;
  }
}
