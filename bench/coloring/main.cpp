// SPDX-License-Identifier: Apache-2.0
// Colourings beside ColPack, one core: heliotrope_coloring [DATASETS] [--csv FILE] [--only WORD] [--skip WORD] [--kind
// KIND]...
// [--order ORDER]... Ordering and colouring are counted, and all that we prepare (transposes); building ColPack's graph
// and our pattern is not.
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>

#include "kinds.hpp"
#include "results.hpp"

namespace {

using namespace coloring_bench;

struct Arguments {
  std::filesystem::path datasets = "../shared/datasets";
  std::string csv, only, skip = "?";
  Settings settings;
};

Arguments parse(int count, char** words) {
  Arguments arguments;
  if (const char* folder = std::getenv("HELIOTROPE_DATASETS")) arguments.datasets = folder;
  for (int i = 1; i < count; ++i) {
    const std::string word = words[i];
    const bool option = word.rfind("--", 0) == 0;
    if (option && i + 1 == count) throw std::runtime_error(word + " needs a value");
    if (!option) {
      arguments.datasets = word;
    } else if (word == "--csv") {
      arguments.csv = words[++i];
    } else if (word == "--only") {
      arguments.only = words[++i];
    } else if (word == "--skip") {
      arguments.skip = words[++i];
    } else if (word == "--kind") {
      arguments.settings.kinds.push_back(words[++i]);
    } else if (word == "--passes") {
      arguments.settings.regrouping_passes = std::atoi(words[++i]);
    } else if (word == "--order") {
      const std::string wanted = words[++i];
      for (heliotrope::ColoringOrder order : single_orders()) {
        if (name(order) == wanted) arguments.settings.orders.push_back(order);
      }
      if (wanted == "best") arguments.settings.orders.push_back(heliotrope::ColoringOrder::best);
    } else {
      throw std::runtime_error("unknown option " + word);
    }
  }
  return arguments;
}

void run(const Arguments& arguments) {
  Results results;
  print_header();
  for (const Source& source : sources(arguments.datasets / "sparse_matrices")) {
    if (source.name.find(arguments.only) == std::string::npos) continue;
    if (source.name.find(arguments.skip) != std::string::npos) continue;
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

int main(int count, char** words) {
  try {
    use_one_core();
    run(parse(count, words));
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "heliotrope_coloring: %s\n", error.what());
    return 2;
  }
}
