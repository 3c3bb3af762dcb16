// SPDX-License-Identifier: Apache-2.0
// Star bicolourings beside ColPack's implicit star covers. Colours that stand for "no colour" are not counted.
#include <algorithm>
#include <functional>
#include <memory>
#include <set>

#include "heliotrope/derive/bicoloring.hpp"
#include "heliotrope/derive/symmetric_coloring_check.hpp"
#include "kinds.hpp"
#include "timing.hpp"
#ifdef HELIOTROPE_COLORING_COLPACK
#include <ColPack/ColPackHeaders.h>

#include "colpack.hpp"
#endif

namespace coloring_bench {

using heliotrope::ColoringOrder;

namespace {

constexpr const char* kind = "bicoloring";

#ifdef HELIOTROPE_COLORING_COLPACK
/// ColPack's bipartite graph; see the peer of column colourings.
class Peer : public ColPack::BipartiteGraphBicoloringInterface {
 public:
  explicit Peer(const heliotrope::SparsityPattern& pattern)
      : ColPack::BipartiteGraphBicoloringInterface(SRC_WAIT), csr_(pattern) {
    const Silence silence;
    BuildBPGraphFromCSRFormat(csr_.row_begin.data(), static_cast<int>(pattern.num_rows),
                              static_cast<int>(pattern.num_columns), csr_.columns.data());
  }

  void color(ColoringOrder order, Result& result) {
    const Silence silence;
    result.peer_seconds = median_seconds([&] {
      m_s_VertexOrderingVariant = "";
      m_s_VertexColoringVariant = "";
      m_i_MaximumVertexDegree = 0;
      const Clock clock;
      put_in_order(order);
      ImplicitCoveringStarBicoloring();
      return clock.seconds();
    });
    std::vector<int> rows, columns;
    GetLeftVertexColors(rows);
    GetRightVertexColors_Transformed(columns);
    std::set<int> row_colors(rows.begin(), rows.end()), column_colors(columns.begin(), columns.end());
    row_colors.erase(0);
    column_colors.erase(0);
    result.peer_colors = static_cast<std::int64_t>(row_colors.size() + column_colors.size());
  }

 private:
  void put_in_order(ColoringOrder order) {
    switch (order) {
      case ColoringOrder::natural:
        NaturalOrdering();
        return;
      case ColoringOrder::largest_first:
        LargestFirstOrdering();
        return;
      case ColoringOrder::smallest_last:
        SmallestLastOrdering();
        return;
      case ColoringOrder::incidence_degree:
        IncidenceDegreeOrdering();
        return;
      case ColoringOrder::dynamic_largest_first:
        DynamicLargestFirstOrdering();
        return;
      default:
        RandomOrdering();
    }
  }

  ColPackCsr csr_;
};
#endif

}  // namespace

void run_bidirectional(const Case& one, const Settings& settings, Results& results) {
  if (!settings.wants(kind)) return;
#ifdef HELIOTROPE_COLORING_COLPACK
  const auto peer = std::make_unique<Peer>(one.pattern);
#endif
  for (const ColoringOrder order : all_orders()) {
    if (!settings.wants(order)) continue;
    Result result = Result::of(kind, one, order);
    heliotrope::Bicoloring coloring;
    result.seconds = median_call([&] { coloring = color_star_bidirectional(one.pattern, {.order = order}); });
    result.colors = coloring.num_colors();
    result.valid = !check_star_bidirectional(one.pattern, coloring);
#ifdef HELIOTROPE_COLORING_COLPACK
    if (order != ColoringOrder::best) peer->color(order, result);
#endif
    results.push_back(result);
    print(result);
  }
}

std::vector<Bar> bidirectional_bars(const Results& results) {
  const Results mine = select(results, kind, "", [](const Result&) { return true; });
  std::vector<Bar> bars;
  bars.push_back(median_ratio_bar("bicoloring at the same order: median 3", select(mine, "", "", counts_for_speed), 3));
  // Our best, one side alone included, against the fewest colours of ColPack's orders.
  Results best = best_colors(select(mine, "", "", [](const Result& r) { return r.has_peer() && r.order != "random"; }));
  for (Result& b : best) {
    for (const Result& r : mine) {
      if (r.order == "best" && r.pattern == b.pattern) b.colors = r.colors;
    }
  }
  bars.push_back(colors_bar("bicoloring, best of orders: never more colours", best, 1.0));
  bars.push_back(valid_bar("bicoloring: colourings that pass the checker", mine));
  return bars;
}

}  // namespace coloring_bench
