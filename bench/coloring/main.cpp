// SPDX-License-Identifier: Apache-2.0
// Colourings beside ColPack, one core. Ordering and colouring are counted, and all that we prepare (transposes);
// building ColPack's graph and our pattern is not.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <map>
#include <string>

#include "kinds.hpp"
#include "results.hpp"

namespace {

using namespace coloring_bench;

struct Arguments {
  std::filesystem::path datasets = "../shared/datasets";
  std::string csv, only, skip;
  Settings settings;
};

void run(const Arguments& arguments) {
  Results results;
  print_header();
  for (const Source& source : sources(arguments.datasets / "sparse_matrices")) {
    if (source.name.find(arguments.only) == std::string::npos) continue;
    if (!arguments.skip.empty() && source.name.find(arguments.skip) != std::string::npos) continue;
    const Case one = source.load();
    run_onesided(one, arguments.settings, results);
    run_symmetric(one, arguments.settings, results);
    run_bidirectional(one, arguments.settings, results);
  }
  print_medians(results);
  print(onesided_bars(results));
  print(symmetric_bars(results));
  print(bidirectional_bars(results));
  if (!arguments.csv.empty()) write_csv(arguments.csv, results);
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  CLI::App app("Colourings beside ColPack, one core");
  app.add_option("datasets", arguments.datasets, "folder of the public data")
      ->envname("HELIOTROPE_DATASETS")
      ->capture_default_str();
  app.add_option("--csv", arguments.csv, "file to write");
  app.add_option("--only", arguments.only, "patterns whose names contain this");
  app.add_option("--skip", arguments.skip, "no patterns whose names contain this");
  app.add_option("--kind", arguments.settings.kinds, "column, row, star, restricted, acyclic, bicoloring")
      ->check(CLI::IsMember(std::vector<std::string>{"column", "row", "star", "restricted", "acyclic", "bicoloring"}));
  std::map<std::string, heliotrope::ColoringOrder> orders;
  for (heliotrope::ColoringOrder order : all_orders()) orders[std::string(to_string(order))] = order;
  app.add_option("--order", arguments.settings.orders, "natural, largest-first, ...")
      ->transform(CLI::CheckedTransformer(orders));
  app.add_option("--passes", arguments.settings.regrouping_passes, "regrouping passes of column and row colourings")
      ->check(CLI::NonNegativeNumber);
  CLI11_PARSE(app, argc, argv);
  try {
    use_one_core();
    run(arguments);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "heliotrope_coloring: %s\n", error.what());
    return 2;
  }
}
