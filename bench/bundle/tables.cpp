// SPDX-License-Identifier: Apache-2.0
// Markdown tables.
#include <cmath>
#include <cstdio>

#include "report.hpp"

namespace bundle {

namespace {

/// "0.123 (1.50x)", with the ratio to `reference` where both are times.
std::string cell(double seconds, double reference, const char* otherwise) {
  if (!std::isfinite(seconds)) return otherwise;
  char text[60];
  if (std::isfinite(reference)) {
    std::snprintf(text, sizeof text, "%.3f (%.2fx)", seconds, seconds / reference);
  } else {
    std::snprintf(text, sizeof text, "%.3f", seconds);
  }
  return text;
}

void write_row(std::ostream& out, const Row& row, const Row& first) {
  out << "| " << row.solver;
  if (row.skipped()) {
    out << " | skipped: " << row.solves.front().note << " | | | | | |\n";
    return;
  }
  for (int t = 0; t < 2; ++t) out << " | " << cell(row.seconds_to[t], first.seconds_to[t], "missed");
  const Solve& typical = row.typical();
  out << " | " << cell(row.seconds_to_convergence, first.seconds_to_convergence, typical.outcome.c_str());
  char text[100];
  std::snprintf(text, sizeof text, " | %d | %.6e | %d, %d of %d |\n", typical.iterations, row.final_cost, row.misses[0],
                row.misses[1], static_cast<int>(row.solves.size()));
  out << text;
}

/// The fastest of the rows after the first, or null where all of them miss.
template <class Seconds>
const Row* fastest_peer(const Result& result, const Seconds& seconds) {
  const Row* best = nullptr;
  for (std::size_t i = 1; i < result.rows.size(); ++i) {
    const Row& row = result.rows[i];
    if (std::isfinite(seconds(row)) && (!best || seconds(row) < seconds(*best))) best = &row;
  }
  return best;
}

struct Mean {
  double sum_of_logarithms = 0.0;
  int count = 0;
};

/// Three cells: Heliotrope's seconds, the best peer's, and their ratio with the peer's name.
template <class Seconds>
void write_ratio(std::ostream& out, const Result& result, Mean& mean, const Seconds& seconds) {
  const double own = seconds(result.rows.front());
  const Row* peer = fastest_peer(result, seconds);
  char text[60];
  out << " | " << cell(own, never, "missed") << " | "
      << cell(peer ? seconds(*peer) : never, never, result.rows.size() > 1 ? "missed" : "none") << " | ";
  if (!peer) return;
  if (std::isfinite(own)) {
    const double ratio = seconds(*peer) / own;
    mean.sum_of_logarithms += std::log(ratio);
    ++mean.count;
    std::snprintf(text, sizeof text, "%.2fx ", ratio);
    out << text;
  }
  out << peer->solver;
}

double to_target(const Row& row) { return row.seconds_to[1]; }
double to_convergence(const Row& row) { return std::isfinite(to_target(row)) ? row.seconds_to_convergence : never; }

}  // namespace

void write_tables(std::ostream& out, const std::vector<Result>& results) {
  for (const Result& result : results) {
    char text[200];
    std::snprintf(text, sizeof text, "\n### %s, %lld observations, %d thread%s, best cost %.6e (%s)\n\n",
                  result.problem.c_str(), static_cast<long long>(result.observations), result.threads,
                  result.threads == 1 ? "" : "s", result.best, result.best_is_known ? "published" : "found here");
    out << text << "| solver | s to 1.01x | s to 1.001x | s to convergence | iterations | final cost | misses |\n"
        << "|---|---|---|---|---|---|---|\n";
    for (const Row& row : result.rows) write_row(out, row, result.rows.front());
    out << "\nWhere the time went (s):\n";
    for (const Row& row : result.rows) {
      if (!row.skipped()) out << "- " << row.solver << ": " << row.typical().note << "\n";
    }
  }
}

void write_summary(std::ostream& out, const std::vector<Result>& results) {
  out << "\n| problem | threads | to 1.001x: Heliotrope s | best peer s | ratio | "
         "to convergence: Heliotrope s | best peer s | ratio |\n|---|---|---|---|---|---|---|---|\n";
  Mean to_targets, to_convergences;
  for (const Result& result : results) {
    out << "| " << result.problem << " | " << result.threads;
    write_ratio(out, result, to_targets, to_target);
    write_ratio(out, result, to_convergences, to_convergence);
    out << " |\n";
  }
  const auto mean = [](const Mean& m) { return std::exp(m.sum_of_logarithms / m.count); };
  if (to_targets.count == 0 || to_convergences.count == 0) return;
  char text[200];
  std::snprintf(text, sizeof text,
                "\nGeometric means where both get there: %.2fx to 1.001x (%d), %.2fx to convergence (%d).\n",
                mean(to_targets), to_targets.count, mean(to_convergences), to_convergences.count);
  out << text;
}

}  // namespace bundle
