// SPDX-License-Identifier: Apache-2.0
// Bundle adjustment, Heliotrope beside its peers: see docs/benchmarks.md. Start it through bench/bundle/run, which
// gives the peers the BLAS and the number of threads that suit them.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>

#include "blas_in_use.hpp"
#include "contenders.hpp"
#include "evaluation.hpp"
#include "heliotrope/error.hpp"
#include "heliotrope/version.hpp"
#include "report.hpp"

#if defined(__GLIBC__)
#include <malloc.h>
#endif

namespace bundle {

namespace {

struct Options {
  std::vector<std::string> problems{"shared"}, solvers = default_contenders();
  std::string datasets = "../shared/datasets";
  int repeats = 3;
  bool quick = false;
  SolveOptions solve;
  std::string traces = "traces.csv";
  std::vector<std::string> files;  // of a report
  std::string output = ".";
};

/// Groups and names to names, in the order of the list.
std::vector<std::string> chosen_problems(const Options& options) {
  std::vector<std::string> names;
  const auto wanted = [&](const std::string& word) {
    return std::find(options.problems.begin(), options.problems.end(), word) != options.problems.end();
  };
  for (const Problem& problem : problems()) {
    if (wanted("all") || wanted(problem.group) || wanted(problem.name)) names.push_back(problem.name);
  }
  for (const std::string& word : options.problems) {
    const bool known = word == "all" || std::any_of(problems().begin(), problems().end(), [&](const Problem& p) {
                         return word == p.name || word == p.group;
                       });
    if (!known) throw heliotrope::Error("found problem " + word + ", expected a name or a group that `list` shows");
  }
  return names;
}

std::vector<Contender> chosen_contenders(const Options& options) {
  std::vector<Contender> chosen;
  for (const std::string& key : options.solvers) {
    const auto found =
        std::find_if(contenders().begin(), contenders().end(), [&](const Contender& c) { return c.key == key; });
    if (found == contenders().end())
      throw heliotrope::Error("found solver " + key + ", expected one that `list` shows");
    chosen.push_back(*found);
  }
  return chosen;
}

void check_blas() {
#if HELIOTROPE_BUNDLE_CERES
  if (blas_in_use().find("openblas") == std::string::npos) {
    throw heliotrope::Error("BLAS is " + blas_in_use() + "; expected OpenBLAS: start through bench/bundle/run");
  }
#endif
}

void describe(std::ostream& out, const Options& options) {
  out << "Heliotrope " << heliotrope::version();
#if HELIOTROPE_BUNDLE_CERES
  out << "; Ceres " << ceres_version();
#endif
  out << "; " << options.solve.threads << " threads, " << options.repeats << " repeats, interleaved, at most "
      << options.solve.time_limit << " s a solve. BLAS in use: " << blas_in_use() << "; in /proc/self/maps:";
  for (const std::string& file : blas_in_maps()) out << " " << file;
  out << std::endl;
}

Solve run(const Contender& contender, const Scene& scene, const ReducedSystem& system, const SolveOptions& options) {
  Solve solve;
  solve.outcome = "skipped";
  solve.note = contender.reason_to_skip(system);
  if (!solve.note.empty()) return solve;
  try {
    return contender.solve(scene, options);
  } catch (const std::bad_alloc&) {
    solve.outcome = "failed";
    solve.note = "out of memory";
    return solve;
  }
}

void tell(const std::string& solver, const Solve& solve) {
  if (solve.outcome == "skipped") {
    std::fprintf(stderr, "  %-38s skipped: %s\n", solver.c_str(), solve.note.c_str());
  } else {
    std::fprintf(stderr, "  %-38s %9.3f s %4d iterations %.6e %s\n", solver.c_str(), solve.seconds, solve.iterations,
                 solve.cost(), solve.outcome.c_str());
  }
}

void solve_all(Options options) {
  check_blas();
  if (options.quick) options.repeats = 1, options.solve.time_limit = std::min(options.solve.time_limit, 10.0);
  describe(std::cerr, options);
  const std::vector<Contender> solvers = chosen_contenders(options);
  const std::vector<std::string> names = chosen_problems(options);
  TraceWriter traces(options.traces);
  for (const std::string& name : names) {
    const Scene scene = load(name, options.datasets, options.quick);
    const ReducedSystem system = reduced_system(scene);
    std::fprintf(stderr, "%s: %lld observations, reduced system of %lld columns, %.1f %% of pairs\n", name.c_str(),
                 static_cast<long long>(num_observations(scene)), static_cast<long long>(system.columns),
                 100.0 * system.density);
    std::vector<std::string> outcomes(solvers.size());
    for (int repeat = 0; repeat < options.repeats; ++repeat) {
      for (std::size_t i = 0; i < solvers.size(); ++i) {
        if (outcomes[i] == "time limit" || outcomes[i] == "skipped") continue;  // once tells it
        const Solve solve = run(solvers[i], scene, system, options.solve);
        outcomes[i] = solve.outcome;
        traces.add({name, solvers[i].name, num_observations(scene), options.solve.threads, repeat, solve});
        tell(solvers[i].name, solve);
      }
    }
  }
}

void report(const Options& options) {
  std::vector<Record> records;
  for (const std::string& file : options.files) {
    for (const Record& record : read_traces(file)) records.push_back(record);
  }
  const std::vector<Result> list = results(records);
  const std::filesystem::path folder = options.output;
  std::filesystem::create_directories(folder);
  std::ofstream tables(folder / "bundle.md");
  write_summary(tables, list);
  write_tables(tables, list);
  if (!tables.flush()) throw heliotrope::Error(folder.string() + ": cannot be written");
  std::map<int, std::vector<Result>> by_threads;
  for (const Result& result : list) by_threads[result.threads].push_back(result);
  for (const auto& [threads, part] : by_threads) {
    std::ofstream plot(folder / ("bundle-" + std::to_string(threads) + ".svg"));
    write_plot(plot, part);
  }
}

void list_all() {
  for (const Problem& problem : problems()) std::cout << problem.name << " (" << problem.group << ")\n";
  for (const Contender& contender : contenders()) std::cout << contender.key << ": " << contender.name << "\n";
}

void evaluate(const Options& options) {
  check_blas();
  const Scene scene = load("problem-16-22106", options.datasets, false);
  compare_evaluations(std::cout, "problem-16-22106", std::get<heliotrope::BalScene>(scene), options.repeats);
}

}  // namespace

}  // namespace bundle

namespace {

/// Memory that a solver has given back stays with the process for the next one, whoever that is. Where a virtual
/// machine has to fetch every page from its host (12 us each were measured, 0.2 are usual) set-up is that and little
/// else, and differs from run to run by a factor of three.
void keep_memory() {
#if defined(__GLIBC__)
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, -1);
#endif
}

}  // namespace

int main(int argc, char** argv) {
  keep_memory();
  bundle::Options options;
  CLI::App app("Heliotrope beside its peers on bundle adjustment problems");
  app.require_subcommand(1);
  CLI::App* solve = app.add_subcommand("solve", "solves problems and writes traces");
  solve->add_option("--problems", options.problems, "names, or shared, generated, types, all")->delimiter(',');
  solve->add_option("--solvers", options.solvers, "solvers that `list` shows")->delimiter(',');
  solve->add_option("--threads", options.solve.threads, "threads of every solver")->check(CLI::PositiveNumber);
  solve
      ->add_option("--repeats", options.repeats,
                   "solves of each, interleaved; one that reaches the time limit is not repeated")
      ->check(CLI::PositiveNumber);
  solve->add_option("--time-limit", options.solve.time_limit, "seconds a solve")->check(CLI::PositiveNumber);
  solve->add_flag("--quick", options.quick, "one repeat of 10 s, generated problems at a twentieth of their size");
  solve->add_option("--traces", options.traces, "CSV file to write");
  CLI::App* report = app.add_subcommand("report", "bundle.md and bundle-THREADS.svg from traces");
  report->add_option("traces", options.files, "CSV files that solve wrote")->required();
  report->add_option("--output", options.output, "folder to write to");
  CLI::App* evaluate = app.add_subcommand("evaluate", "residuals and Jacobian of problem-16-22106, one thread");
  evaluate->add_option("--repeats", options.repeats, "repeats, interleaved")->check(CLI::PositiveNumber);
  for (CLI::App* command : {solve, evaluate}) {
    command->add_option("--datasets", options.datasets, "folder of the public data")->envname("HELIOTROPE_DATASETS");
  }
  CLI::App* list = app.add_subcommand("list", "names of problems and solvers");
  CLI11_PARSE(app, argc, argv);
  try {
    if (*solve) bundle::solve_all(options);
    if (*report) bundle::report(options);
    if (*evaluate) bundle::evaluate(options);
    if (*list) bundle::list_all();
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
    return 2;
  }
}
