// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>

#include "report.hpp"
#include "timing.hpp"

namespace bundle {

namespace {

/// Best costs known from the literature.
const std::map<std::string, double> published{
    {"problem-49-7776", 1.33443e4}, {"problem-16-22106", 1.803391e4}, {"problem-21-11315", 3.037864e4}};

double seconds_to(const Solve& solve, double target) {
  for (const Solve::Point& point : solve.trace) {
    if (point.cost <= target) return point.seconds;
  }
  return never;
}

void summarise(Row& row, double best) {
  const double targets[] = {1.01 * best, 1.001 * best};
  std::vector<double> times[3];
  for (const Solve& solve : row.solves) {
    for (int t = 0; t < 2; ++t) {
      times[t].push_back(seconds_to(solve, targets[t]));
      row.misses[t] += times[t].back() == never;
    }
    times[2].push_back(solve.outcome == "converged" ? solve.seconds : never);
    if (!solve.trace.empty()) row.final_cost = std::min(row.final_cost, solve.cost());
  }
  for (int t = 0; t < 2; ++t) row.seconds_to[t] = median(times[t]);
  row.seconds_to_convergence = median(times[2]);
}

template <class List, class Matches>
auto& find_or_add(List& list, const Matches& matches) {
  const auto found = std::find_if(list.begin(), list.end(), matches);
  return found != list.end() ? *found : list.emplace_back();
}

}  // namespace

const Solve& Row::typical() const {
  std::vector<const Solve*> order;
  for (const Solve& solve : solves) order.push_back(&solve);
  std::sort(order.begin(), order.end(), [](const Solve* a, const Solve* b) { return a->seconds < b->seconds; });
  return *order[order.size() / 2];
}

std::vector<Result> results(const std::vector<Record>& records) {
  using Key = std::pair<std::string, std::int64_t>;  // a problem and its size: --quick makes smaller ones
  std::map<Key, double> best;
  std::map<Key, std::size_t> place;  // in order of appearance
  std::vector<Result> list;
  for (const Record& record : records) {
    const Key key(record.problem, record.observations);
    Result& result = find_or_add(
        list, [&](const Result& r) { return Key(r.problem, r.observations) == key && r.threads == record.threads; });
    result.problem = record.problem;
    result.threads = record.threads;
    result.observations = record.observations;
    Row& row = find_or_add(result.rows, [&](const Row& r) { return r.solver == record.solver; });
    row.solver = record.solver;
    row.solves.push_back(record.solve);
    place.emplace(key, place.size());
    double& least = best.emplace(key, never).first->second;
    if (!record.solve.trace.empty()) least = std::min(least, record.solve.cost());
  }
  for (Result& result : list) {
    const auto known = published.find(result.problem);
    result.best =
        std::max(best[{result.problem, result.observations}], 1e-9 * static_cast<double>(result.observations));
    result.best_is_known = known != published.end() && known->second < 1.0001 * result.best;
    if (result.best_is_known) result.best = std::min(result.best, known->second);
    for (Row& row : result.rows) summarise(row, result.best);
  }
  std::stable_sort(list.begin(), list.end(), [&](const Result& a, const Result& b) {
    return std::pair(place[{a.problem, a.observations}], a.threads) <
           std::pair(place[{b.problem, b.observations}], b.threads);
  });
  return list;
}

}  // namespace bundle
