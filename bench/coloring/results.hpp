// SPDX-License-Identifier: Apache-2.0
// What the comparisons give, and the tables, bars and CSV made of it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "heliotrope/derive/coloring.hpp"
#include "patterns.hpp"

namespace coloring_bench {

/// One colouring of one pattern by both.
struct Result {
  std::string kind;     ///< "column", "row", "star", ...
  std::string pattern;  ///< its name
  std::int64_t entries = 0;
  std::string order;
  double seconds = 0.0;       ///< ours
  double peer_seconds = 0.0;  ///< 0: there is no peer
  std::int64_t colors = 0;    ///< ours
  std::int64_t peer_colors = -1;
  bool valid = false;  ///< our colouring passed the public checker

  bool has_peer() const { return peer_colors >= 0; }
  /// Without figures yet.
  static Result of(const std::string& kind, const Case& one, heliotrope::ColoringOrder order);
  double ratio() const { return seconds > 0.0 ? peer_seconds / seconds : 0.0; }
};

using Results = std::vector<Result>;

/// Speed is judged on patterns of at least this many entries.
inline constexpr std::int64_t min_entries_for_speed = 10000;

/// One line of acceptance.
struct Bar {
  std::string text;
  std::string measured;
  bool pass = false;
};

/// Which colourings a run makes.
struct Settings {
  std::vector<std::string> kinds;                 ///< empty: all
  std::vector<heliotrope::ColoringOrder> orders;  ///< empty: all
  int regrouping_passes = heliotrope::ColoringOptions{}.regrouping_passes;
  bool wants(const std::string& kind) const;
  bool wants(heliotrope::ColoringOrder order) const;
};

/// natural, ..., random: without best.
const std::vector<heliotrope::ColoringOrder>& single_orders();
/// The same and best, which ColPack does not have.
const std::vector<heliotrope::ColoringOrder>& all_orders();

/// The results of one kind ("" for all) and order ("" for all) that pass `keep`.
template <class Keep>
Results select(const Results& results, const std::string& kind, const std::string& order, const Keep& keep) {
  Results chosen;
  for (const Result& r : results) {
    if ((kind.empty() || r.kind == kind) && (order.empty() || r.order == order) && keep(r)) chosen.push_back(r);
  }
  return chosen;
}
inline bool counts_for_speed(const Result& r) { return r.has_peer() && r.entries >= min_entries_for_speed; }

/// The median over patterns of how many times as long the peer takes.
double median_ratio(const Results& results);
/// The smallest of these ratios at least `bar`; says which it is.
Bar smallest_ratio_bar(const std::string& text, const Results& results, double bar);
Bar median_ratio_bar(const std::string& text, const Results& results, double bar);
/// Colours no more than the peer's in at least `share` of the results; names the worst excess.
Bar colors_bar(const std::string& text, const Results& results, double share);
Bar valid_bar(const std::string& text, const Results& results);
/// One result for each pattern: the fewest colours of `results`, ours and the peer's.
Results best_colors(const Results& results);

void print_header();
void print(const Result& result);
void print_medians(const Results& results);
void print(const std::vector<Bar>& bars);
void write_csv(const std::string& path, const Results& results);

}  // namespace coloring_bench
