// SPDX-License-Identifier: Apache-2.0
// Star and acyclic colourings beside ColPack's.
#include <algorithm>
#include <functional>
#include <memory>
#include <optional>

#include "heliotrope/derive/symmetric_coloring.hpp"
#include "heliotrope/derive/symmetric_coloring_check.hpp"
#include "kinds.hpp"
#include "timing.hpp"
#ifdef HELIOTROPE_COLORING_COLPACK
#include <ColPack/ColPackHeaders.h>

#include "colpack.hpp"
#endif

namespace coloring_bench {

using heliotrope::ColoringOrder;
using heliotrope::StarRule;

namespace {

constexpr const char* kinds[] = {"star", "restricted", "acyclic"};

bool is_mine(const Result& r) {
  return std::any_of(std::begin(kinds), std::end(kinds), [&](const char* kind) { return r.kind == kind; });
}

#ifdef HELIOTROPE_COLORING_COLPACK
/// ColPack's adjacency graph, without the diagonal. Its routines return early where the last variant is asked for
/// again: the names are cleared before each call.
class Peer : public ColPack::GraphColoringInterface {
 public:
  explicit Peer(const heliotrope::SparsityPattern& pattern) : ColPack::GraphColoringInterface(SRC_WAIT) {
    const Silence silence;
    std::vector<unsigned> words;
    std::vector<std::size_t> begin;
    for (std::int64_t i = 0; i < pattern.num_rows; ++i) {
      begin.push_back(words.size());
      words.push_back(0);
      for (const std::int32_t j : pattern.row(i)) {
        if (j != i) words.push_back(static_cast<unsigned>(j));
      }
      words[begin.back()] = static_cast<unsigned>(words.size() - begin.back() - 1);
    }
    std::vector<unsigned*> rows;
    for (const std::size_t k : begin) rows.push_back(words.data() + k);
    BuildGraphFromRowCompressedFormat(rows.data(), static_cast<int>(rows.size()));
  }

  void color(const std::string& kind, ColoringOrder order, Result& result) {
    const Silence silence;
    result.peer_seconds = fastest(orderings(order)) + fastest(colorings(kind));
    result.peer_colors = best_;
    best_ = -1;
  }

 private:
  using Routine = std::function<double()>;

  std::vector<Routine> orderings(ColoringOrder order) {
    const auto timed = [this](auto call) {
      return [this, call] {
        m_s_VertexOrderingVariant = "";
        const Clock clock;
        call();
        return clock.seconds();
      };
    };
    switch (order) {
      case ColoringOrder::natural:
        return {timed([this] { NaturalOrdering(); })};
      case ColoringOrder::largest_first:
        return {timed([this] { LargestFirstOrdering(); })};
      case ColoringOrder::smallest_last:
        return {timed([this] { SmallestLastOrdering(); }), timed([this] { SmallestLastOrdering_serial(); })};
      case ColoringOrder::incidence_degree:
        return {timed([this] { IncidenceDegreeOrdering(); })};
      case ColoringOrder::dynamic_largest_first:
        return {timed([this] { DynamicLargestFirstOrdering(); })};
      default:
        return {timed([this] { RandomOrdering(); })};
    }
  }

  std::vector<Routine> colorings(const std::string& kind) {
    using Base = ColPack::GraphColoring;
    const auto timed = [this](auto call) {
      return [this, call] {
        m_s_VertexColoringVariant = "";
        const Clock clock;
        call();
        const double seconds = clock.seconds();
        std::vector<int> colors;
        GetVertexColors(colors);
        const int count = colors.empty() ? 0 : *std::max_element(colors.begin(), colors.end()) + 1;
        if (best_ < 0 || count < best_) best_ = count;
        return seconds;
      };
    };
    if (kind == "star") {
      return {timed([this] { Base::StarColoring(); }), timed([this] { Base::StarColoring_serial(); }),
              timed([this] { Base::StarColoring_serial2(); })};
    }
    if (kind == "restricted") return {timed([this] { Base::RestrictedStarColoring(); })};
    return {timed([this] { Base::AcyclicColoring(); }), timed([this] { Base::AcyclicColoring_ForIndirectRecovery(); })};
  }

  int best_ = -1;
};
#endif

/// Fewest colours over the rules of star colourings, for each pattern and order.
Results best_rules(const Results& results) {
  Results best;
  for (const Result& r : results) {
    if (r.kind == "acyclic" || !r.has_peer()) continue;
    const auto same = std::find_if(best.begin(), best.end(),
                                   [&](const Result& b) { return b.pattern == r.pattern && b.order == r.order; });
    if (same == best.end()) {
      best.push_back(r);
    } else {
      same->colors = std::min(same->colors, r.colors);
      same->peer_colors = std::min(same->peer_colors, r.peer_colors);
    }
  }
  return best;
}

}  // namespace

void run_symmetric(const Case& one, const Settings& settings, Results& results) {
  const bool wanted = std::any_of(std::begin(kinds), std::end(kinds), [&](const char* k) { return settings.wants(k); });
  if (!one.symmetric || !wanted) return;
#ifdef HELIOTROPE_COLORING_COLPACK
  const auto peer = std::make_unique<Peer>(one.pattern);
#endif
  for (const std::string kind : kinds) {
    if (!settings.wants(kind)) continue;
    for (const ColoringOrder order : single_orders()) {
      if (!settings.wants(order)) continue;
      Result result;
      result.kind = kind;
      result.pattern = one.name;
      result.entries = one.pattern.num_entries();
      result.order = name(order);
      heliotrope::SymmetricColoringOptions options;
      options.order = order;
      options.rule = kind == "star" ? StarRule::exact : StarRule::restricted;
      heliotrope::Coloring coloring;
      result.seconds = median_call([&] {
        coloring = kind == "acyclic" ? color_acyclic(one.pattern, options) : color_star(one.pattern, options);
      });
      result.colors = coloring.num_colors;
      result.valid = !(kind == "acyclic" ? check_acyclic(one.pattern, coloring) : check_star(one.pattern, coloring));
#ifdef HELIOTROPE_COLORING_COLPACK
      peer->color(kind, order, result);
#endif
      results.push_back(result);
      print(result);
    }
  }
}

std::vector<Bar> symmetric_bars(const Results& results) {
  const Results mine = select(results, "", "", is_mine);
  std::vector<Bar> bars;
  const auto speed = [&](const char* kind, double median) {
    const Results all = select(mine, kind, "", counts_for_speed);
    bars.push_back(smallest_ratio_bar(std::string(kind) + ": every case 1.5", all, 1.5));
    bars.push_back(median_ratio_bar(std::string(kind) + ": median " + std::to_string(int(median)), all, median));
  };
  const auto steady = [](const Result& r) { return r.has_peer() && r.order != "random"; };
  speed("star", 15);
  speed("restricted", 3);
  bars.push_back(
      colors_bar("star, best of both rules: never more colours", best_rules(select(mine, "", "", steady)), 1));
  speed("acyclic", 4);
  const Results acyclic = best_colors(select(mine, "acyclic", "", steady));
  bars.push_back(colors_bar("acyclic, best of orders: no more colours in 90 %", acyclic, 0.9));
  const auto over = std::count_if(acyclic.begin(), acyclic.end(), [](const Result& r) {
    return static_cast<double>(r.colors) > 1.05 * static_cast<double>(r.peer_colors);
  });
  bars.push_back({"acyclic, best of orders: never more than 5 % over", std::to_string(over) + " over", over == 0});
  bars.push_back(valid_bar("star and acyclic: colourings that pass the checker", mine));
  return bars;
}

}  // namespace coloring_bench
