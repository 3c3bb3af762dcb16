// SPDX-License-Identifier: Apache-2.0
// Column and row colourings beside ColPack's partial distance-2 colourings.
#include <functional>
#include <memory>
#include <set>

#include "heliotrope/derive/coloring.hpp"
#include "kinds.hpp"
#include "timing.hpp"
#ifdef HELIOTROPE_COLORING_COLPACK
#include <ColPack/ColPackHeaders.h>
#include <omp.h>

#include "colpack.hpp"
#endif

namespace coloring_bench {

using heliotrope::ColoringOrder;

#ifdef HELIOTROPE_COLORING_COLPACK
namespace {

/// ColPack's bipartite graph. Its routines return early where the last variant is asked for again, and its OpenMP ones
/// start from the colours of the last call: forget() undoes both.
class Peer : public ColPack::BipartiteGraphPartialColoringInterface {
 public:
  explicit Peer(const heliotrope::SparsityPattern& pattern)
      : ColPack::BipartiteGraphPartialColoringInterface(SRC_WAIT), csr_(pattern) {
    const Silence silence;
    BuildBPGraphFromCSRFormat(csr_.row_begin.data(), static_cast<int>(pattern.num_rows),
                              static_cast<int>(pattern.num_columns), csr_.columns.data());
  }

  /// Fills in the peer's half of a result.
  void color(bool columns, ColoringOrder order, Result& result) {
    const Silence silence;
    result.peer_seconds = fastest(orderings(columns, order));
    result.peer_seconds += fastest(colorings(columns));
    result.peer_colors = best_;
    best_ = -1;
  }

 private:
  using Routine = std::function<double()>;

  template <class Call>
  Routine ordering(Call call) {
    return [this, call] {
      m_s_VertexOrderingVariant = "";
      const Clock clock;
      call();
      return clock.seconds();
    };
  }

  std::vector<Routine> orderings(bool columns, ColoringOrder order) {
    switch (order) {
      case ColoringOrder::natural:
        return {ordering([=, this] { columns ? ColumnNaturalOrdering() : RowNaturalOrdering(); })};
      case ColoringOrder::largest_first:
        return {ordering([=, this] { columns ? ColumnLargestFirstOrdering() : RowLargestFirstOrdering(); })};
      case ColoringOrder::smallest_last:
        return {
            ordering([=, this] { columns ? ColumnSmallestLastOrdering() : RowSmallestLastOrdering(); }),
            ordering([=, this] { columns ? ColumnSmallestLastOrdering_serial() : RowSmallestLastOrdering_serial(); })};
      case ColoringOrder::incidence_degree:
        return {ordering([=, this] { columns ? ColumnIncidenceDegreeOrdering() : RowIncidenceDegreeOrdering(); })};
      case ColoringOrder::dynamic_largest_first:
        return {
            ordering([=, this] { columns ? ColumnDynamicLargestFirstOrdering() : RowDynamicLargestFirstOrdering(); })};
      default:
        return {ordering([=, this] { columns ? ColumnRandomOrdering() : RowRandomOrdering(); })};
    }
  }

  template <class Call>
  Routine coloring(bool columns, Call call) {
    return [this, columns, call] {
      m_s_VertexColoringVariant = "";
      m_vi_LeftVertexColors.clear();
      m_vi_RightVertexColors.clear();
      m_i_LeftVertexColorCount = m_i_RightVertexColorCount = m_i_VertexColorCount = -1;
      const Clock clock;
      call();
      const double seconds = clock.seconds();
      std::vector<int> colors;
      columns ? GetRightVertexColors(colors) : GetLeftVertexColors(colors);
      int most = -1;
      for (int color : colors) most = std::max(most, color);
      if (best_ < 0 || most + 1 < best_) best_ = most + 1;
      return seconds;
    };
  }

  std::vector<Routine> colorings(bool columns) {
    return {coloring(columns,
                     [=, this] { columns ? PartialDistanceTwoColumnColoring() : PartialDistanceTwoRowColoring(); }),
            coloring(columns, [=, this] {
              columns ? PartialDistanceTwoColumnColoring_serial() : PartialDistanceTwoRowColoring_serial();
            })};
  }

  ColPackCsr csr_;
  int best_ = -1;
};

}  // namespace

void use_one_core() { omp_set_num_threads(1); }
#else
void use_one_core() {}
#endif

void run_onesided(const Case& one, const Settings& settings, Results& results) {
  if (!settings.wants("column") && !settings.wants("row")) return;
#ifdef HELIOTROPE_COLORING_COLPACK
  const auto peer = std::make_unique<Peer>(one.pattern);
#endif
  for (const bool columns : {true, false}) {
    const std::string kind = columns ? "column" : "row";
    if (!settings.wants(kind)) continue;
    for (const ColoringOrder order : all_orders()) {
      if (!settings.wants(order)) continue;
      Result result = Result::of(kind, one, order);
      heliotrope::ColoringOptions options;
      options.order = order;
      options.regrouping_passes = settings.regrouping_passes;
      heliotrope::Coloring coloring;
      result.seconds = median_call(
          [&] { coloring = columns ? color_columns(one.pattern, options) : color_rows(one.pattern, options); });
      result.colors = coloring.num_colors;
      result.valid =
          !(columns ? check_column_coloring(one.pattern, coloring) : check_row_coloring(one.pattern, coloring));
#ifdef HELIOTROPE_COLORING_COLPACK
      if (order != ColoringOrder::best) peer->color(columns, order, result);
#endif
      results.push_back(result);
      print(result);
    }
  }
}

std::vector<Bar> onesided_bars(const Results& results) {
  const Results mine = select(results, "", "", [](const Result& r) { return r.kind == "column" || r.kind == "row"; });
  const auto all = [](const Result& r) { return r.has_peer(); };
  std::vector<Bar> bars;
  const auto medians = [&](const char* order, double bar) {
    bars.push_back(median_ratio_bar("column and row, " + std::string(order) + ": median " + std::to_string(int(bar)),
                                    select(mine, "", order, counts_for_speed), bar));
  };
  const auto elements = [&](const char* order, double bar) {
    bars.push_back(smallest_ratio_bar(
        "finite elements, " + std::string(order) + ": " + std::to_string(int(bar)),
        select(mine, "", order,
               [&](const Result& r) { return r.has_peer() && r.pattern.rfind("finite_elements", 0) == 0; }),
        bar));
  };
  bars.push_back(smallest_ratio_bar("column and row: every case 1.5", select(mine, "", "", counts_for_speed), 1.5));
  medians("natural", 10);
  medians("random", 10);
  medians("largest-first", 3);
  medians("smallest-last", 3);
  medians("incidence-degree", 2);
  medians("dynamic-largest-first", 2);
  elements("natural", 15);
  elements("largest-first", 10);
  elements("smallest-last", 10);
  bars.push_back(colors_bar("natural: never more colours", select(mine, "", "natural", all), 1.0));
  bars.push_back(colors_bar("largest first: never more colours", select(mine, "", "largest-first", all), 1.0));
  for (const ColoringOrder order : single_orders()) {
    bars.push_back(colors_bar(std::string(to_string(order)) + ": no more colours in 95 %",
                              select(mine, "", std::string(to_string(order)), all), 0.95));
  }
  // Ours is the order "best", the peer's the best of its orders.
  Results best = best_colors(select(mine, "", "", [&](const Result& r) { return all(r) && r.order != "random"; }));
  for (Result& r : best) {
    for (const Result& s : select(mine, r.kind, "best", [&](const Result& t) { return t.pattern == r.pattern; })) {
      r.colors = s.colors;
    }
  }
  std::int64_t excess = 0;
  std::set<std::string> exceeded;
  for (const Result& r : best) {
    excess = std::max(excess, r.colors - r.peer_colors);
    if (r.colors > r.peer_colors) exceeded.insert(r.pattern);
  }
  Bar bar = colors_bar("best of orders: never more colours, but for one on one matrix", best, 1.0);
  bar.pass = excess <= 1 && exceeded.size() <= 1;
  bars.push_back(bar);
  bars.push_back(valid_bar("column and row: colourings that pass the checker", mine));
  return bars;
}

}  // namespace coloring_bench
