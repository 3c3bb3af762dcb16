// SPDX-License-Identifier: Apache-2.0
#include "table.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

#include "timing.hpp"

namespace compare {

namespace {

constexpr double never = std::numeric_limits<double>::infinity();

double seconds_to(const Solve& solve, double target) {
  for (const Solve::Point& point : solve.trace) {
    if (point.cost <= target) return point.seconds;
  }
  return never;
}

/// "0.123 s (1.50x)", with the ratio to the first row.
std::string cell(double seconds, double reference) {
  if (!std::isfinite(seconds)) return "missed";
  char text[60];
  std::snprintf(text, sizeof text, "%.3f (%.2fx)", seconds, seconds / reference);
  return text;
}

}  // namespace

void write_solves(std::ostream& out, const std::string& scene, const std::vector<Row>& rows, double best) {
  char text[200];
  std::snprintf(text, sizeof text, "\n### %s, best cost %.6e\n\n", scene.c_str(), best);
  out << text << "| solver | s to 1.01x | s to 1.001x | s to convergence | iterations | final cost | misses |\n"
      << "|---|---|---|---|---|---|---|\n";
  const double targets[] = {1.01 * best, 1.001 * best};
  double reference[3] = {never, never, never};
  for (const Row& row : rows) {
    std::vector<double> times[3];
    int misses[2] = {};
    for (const Solve& solve : row.solves) {
      for (int t = 0; t < 2; ++t) {
        times[t].push_back(seconds_to(solve, targets[t]));
        misses[t] += !std::isfinite(times[t].back());
      }
      times[2].push_back(solve.seconds);
    }
    out << "| " << row.name;
    for (int t = 0; t < 3; ++t) {
      if (&row == &rows.front()) reference[t] = median(times[t]);
      out << " | " << cell(median(times[t]), reference[t]);
    }
    const Solve& last = row.solves.back();
    std::snprintf(text, sizeof text, " | %d%s | %.6e | %d, %d |\n", last.iterations,
                  last.converged ? "" : ", not converged", last.cost(), misses[0], misses[1]);
    out << text;
  }
  out << "\nStages in the last repeat (s):\n";
  for (const Row& row : rows) out << "- " << row.name << ": " << row.solves.back().stages << "\n";
  out.flush();
}

void write_evaluations(std::ostream& out, const std::string& scene, std::int64_t observations,
                       const std::vector<std::string>& names, const std::vector<Evaluations>& times) {
  out << "\n### residuals and Jacobian of " << scene << ", one thread\n\n"
      << "| evaluation | least ms | median ms | ns an observation (least) | times the first (least) | (median) |\n"
      << "|---|---|---|---|---|---|\n";
  const double least = *std::min_element(times[0].begin(), times[0].end());
  for (std::size_t i = 0; i < names.size(); ++i) {
    const double minimum = *std::min_element(times[i].begin(), times[i].end());
    char text[200];
    std::snprintf(text, sizeof text, " | %.2f | %.2f | %.1f | %.1f | %.1f |\n", 1e3 * minimum, 1e3 * median(times[i]),
                  1e9 * minimum / static_cast<double>(observations), minimum / least,
                  median(times[i]) / median(times[0]));
    out << "| " << names[i] << text;
  }
  out.flush();
}

}  // namespace compare
