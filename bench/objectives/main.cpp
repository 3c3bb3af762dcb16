// SPDX-License-Identifier: Apache-2.0
// heliotrope_objectives: L-BFGS of Heliotrope beside its peers, on the large test functions. Contenders take turns;
// every figure is the median of the repeats. Ends with 1 where, over the functions that all contenders solve, a bar is
// missed.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <functional>
#include <map>
#include <numeric>
#include <sstream>
#include <string>
#include <vector>

#include "../bundle/timing.hpp"
#include "contenders.hpp"
#include "functions.hpp"

namespace {

using namespace objectives;

constexpr double evaluations_bar = 1.1;  // of the fewest, on 3 of 4 functions
constexpr double outside_bar = 2.0;      // the best peer's time outside the function over ours, median
constexpr double total_bar = 0.9;        // the best peer's whole time over ours, on each

struct Contender {
  std::string name;
  std::function<Outcome(Counted&, int, const Settings&)> solve;
};

std::vector<Contender> contenders() {
  std::vector<Contender> all = {{"heliotrope", solve_heliotrope}};
#if HELIOTROPE_OBJECTIVES_LIBLBFGS
  all.push_back({"liblbfgs", solve_liblbfgs});
#endif
#if HELIOTROPE_OBJECTIVES_CERES
  all.push_back({"ceres", solve_ceres});
#endif
  return all;
}

struct Row {
  std::string function, contender;
  int n = 0, repeat = 0;
  Outcome out;
};

void write(std::FILE* csv, const Row& r) {
  std::fprintf(csv, "%s,%d,%s,%d,%d,%d,%d,%.17g,%.3e,%.6f,%.6f\n", r.function.c_str(), r.n, r.contender.c_str(),
               r.repeat, r.out.converged ? 1 : 0, r.out.iterations, r.out.evaluations, r.out.value, r.out.gradient_max,
               r.out.seconds, r.out.seconds_function);
  std::fflush(csv);
}

std::vector<Row> read(const std::string& path) {
  std::vector<Row> rows;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    std::vector<std::string> cells;
    std::istringstream cut(line);
    for (std::string cell; std::getline(cut, cell, ',');) cells.push_back(cell);
    if (cells.size() != 11 || cells[1] == "n") continue;
    rows.push_back({cells[0],
                    cells[2],
                    std::stoi(cells[1]),
                    std::stoi(cells[3]),
                    {cells[4] == "1", std::stoi(cells[5]), std::stoi(cells[6]), std::stod(cells[7]),
                     std::stod(cells[8]), std::stod(cells[9]), std::stod(cells[10])}});
  }
  return rows;
}

struct Medians {
  Outcome first;
  double seconds = 0.0, outside = 0.0;
};

Medians medians(const std::vector<Row>& rows) {
  std::vector<double> seconds, outside;
  for (const Row& r : rows) {
    seconds.push_back(r.out.seconds);
    outside.push_back(r.out.seconds - r.out.seconds_function);
  }
  return {rows.front().out, bundle::median(seconds), bundle::median(outside)};
}

/// Prints the table of one n and says whether the bars are met.
bool report(const std::vector<Row>& rows, bool timed) {
  std::map<std::string, std::map<std::string, std::vector<Row>>> by;
  std::vector<std::string> order, names;
  const auto note = [](std::vector<std::string>& list, const std::string& name) {
    if (std::find(list.begin(), list.end(), name) == list.end()) list.push_back(name);
  };
  for (const Row& r : rows) {
    note(order, r.function);
    note(names, r.contender);
    by[r.function][r.contender].push_back(r);
  }
  std::printf("\n| function | n |");
  for (const auto& name : names) std::printf(" %s: evaluations | ms | outside f |", name.c_str());
  std::printf(" outside, peer / ours | total, peer / ours |\n|---|---|");
  for (std::size_t k = 0; k < names.size(); ++k) std::printf("---|---|---|");
  std::printf("---|---|\n");
  int solved = 0, few = 0;
  std::vector<double> outside_ratios, total_ratios;
  std::map<std::string, double> sums;
  for (const auto& function : order) {
    std::printf("| %s | %d |", function.c_str(), by[function].begin()->second.front().n);
    bool all = true;
    int fewest = 1 << 30;
    double peer_outside = 1e300, peer_total = 1e300;
    std::map<std::string, Medians> m;
    for (const auto& name : names) {
      if (by[function][name].empty()) continue;
      const Medians at = m[name] = medians(by[function][name]);
      std::printf(" %d%s | %.4g | %.4g |", at.first.evaluations, at.first.converged ? "" : " (no)", 1e3 * at.seconds,
                  1e3 * at.outside);
      if (name == "heliotrope") {
        all = all && at.first.converged;
        continue;
      }
      if (!at.first.converged) continue;
      fewest = std::min(fewest, at.first.evaluations);
      peer_outside = std::min(peer_outside, at.outside);
      peer_total = std::min(peer_total, at.seconds);
    }
    const Medians& ours = m["heliotrope"];
    if (!ours.first.converged || fewest == 1 << 30) {
      std::printf(" %s | |\n", ours.first.converged ? "no peer" : fewest == 1 << 30 ? "none" : "not ours");
      if (ours.first.converged) ++solved, ++few;
      if (!ours.first.converged && fewest != 1 << 30) ++solved, total_ratios.push_back(0.0);
      continue;
    }
    ++solved;
    if (ours.first.evaluations <= evaluations_bar * fewest) ++few;
    outside_ratios.push_back(peer_outside / ours.outside);
    total_ratios.push_back(peer_total / ours.seconds);
    std::printf(" %.2f | %.2f |\n", outside_ratios.back(), total_ratios.back());
    for (const auto& [name, at] : m) sums[name] += at.first.evaluations;
  }
  const double outside = bundle::median(outside_ratios);
  const double worst = total_ratios.empty() ? 0.0 : *std::min_element(total_ratios.begin(), total_ratios.end());
  std::printf(
      "\nof %d functions solved by one at least: evaluations within 10 %% of the best peer's on %d; outside f, best "
      "peer over ours: median %.2f; whole time: median %.2f, worst %.2f\nevaluations in all:",
      solved, few, outside, bundle::median(total_ratios), worst);
  for (const auto& [name, sum] : sums) std::printf(" %s %.0f", name.c_str(), sum);
  std::printf("\n");
  return 4 * few >= 3 * solved && (!timed || (outside >= outside_bar && worst >= total_bar));
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App program("L-BFGS beside its peers.");
  int n = 1000, repeats = 3;
  Settings settings;
  std::vector<std::string> chosen, with;
  std::string csv_path = "objectives.csv", peers;
  program.add_option("--n", n, "Variables, made a multiple of 8 and of what the function needs")->capture_default_str();
  program.add_option("--repeats", repeats)->capture_default_str();
  program.add_option("--memory", settings.memory)->capture_default_str();
  program.add_option("--tolerance", settings.tolerance, "Of max |g_j|")->capture_default_str();
  program.add_option("--max-evaluations", settings.max_evaluations)->capture_default_str();
  program.add_option("--threads", settings.threads, "Heliotrope's")->capture_default_str();
  program.add_option("--search", settings.search, "Heliotrope's line search");
  program.add_option("--first-step", settings.first_step, "Heliotrope's, as a length; 0: its default");
  program.add_option("--functions", chosen, "Only these")->delimiter(',');
  program.add_option("--contenders", peers, "Only these, with commas");
  program.add_option("--csv", csv_path)->capture_default_str();
  program.add_option("--with", with, "Rows of other contenders, such as scipy_lbfgsb writes");
  CLI11_PARSE(program, argc, argv);

  std::vector<Row> rows;
  std::FILE* const csv = std::fopen(csv_path.c_str(), "w");
  if (csv == nullptr) return 2;
  std::fprintf(
      csv,
      "function,n,contender,repeat,converged,iterations,evaluations,value,gradient_max,seconds,seconds_function\n");
  for (const heliotrope::TestFunction& f : functions()) {
    if (!chosen.empty() && std::find(chosen.begin(), chosen.end(), f.name) == chosen.end()) continue;
    const int multiple = std::lcm(8, f.multiple), size = std::max(1, n / multiple) * multiple;
    for (int repeat = 0; repeat < repeats; ++repeat) {
      for (const Contender& contender : contenders()) {
        if (!peers.empty() && peers.find(contender.name) == std::string::npos) continue;
        Counted counted(f);
        rows.push_back({std::string(f.name), contender.name, size, repeat, contender.solve(counted, size, settings)});
        write(csv, rows.back());
      }
    }
  }
  std::fclose(csv);
  for (const std::string& path : with) {
    for (Row& r : read(path)) rows.push_back(r);
  }
  return report(rows, n >= 1000000) ? 0 : 1;
}
