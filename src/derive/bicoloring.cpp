// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/derive/bicoloring.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "derive/greedy_coloring.hpp"

namespace heliotrope {

namespace {

using symmetric_detail::Adjacency;
using symmetric_detail::BipartiteGraph;
using symmetric_detail::GreedyColors;
using TwoSidedMethod = GreedyColors (*)(const Adjacency&, std::span<const std::int32_t>,
                                        const symmetric_detail::GreedyOptions&);

std::int32_t total(const GreedyColors& colors) { return colors.num_colors[0] + colors.num_colors[1]; }

/// Over the orders, backwards so that hopeless ones (rows in natural order through a dense column: one colour a row)
/// come late; equals give way, so that the first order wins a tie. An order that needs more than twice the best so far
/// is given up: dropping colours does not save that many.
GreedyColors best_of(const BipartiteGraph& graph, const BicoloringOptions& options, TwoSidedMethod method) {
  const Adjacency adjacency = graph.adjacency();
  const bool try_orders = options.order == ColoringOrder::best;
  const auto orders = try_orders ? std::span(symmetric_detail::tried_orders) : std::span(&options.order, 1);
  std::optional<GreedyColors> best;
  for (auto order = orders.rbegin(); order != orders.rend(); ++order) {
    const auto vertices = symmetric_detail::order_bipartite(adjacency, graph.num_rows, *order, options.seed);
    symmetric_detail::GreedyOptions greedy;
    greedy.num_rows = graph.num_rows;
    if (best) greedy.most_colors = 2 * std::min(total(*best), std::numeric_limits<std::int32_t>::max() / 2);
    GreedyColors colors = method(adjacency, vertices, greedy);
    if (!colors.complete) continue;
    symmetric_detail::drop_unread_colors(adjacency, graph.num_rows, colors);
    if (!best || total(colors) <= total(*best)) best = std::move(colors);
  }
  return std::move(*best);
}

/// One side alone where that takes fewer colours.
void try_one_side(const SparsityPattern& pattern, Bicoloring& best) {
  const auto none = [](std::int64_t count) { return Coloring{std::vector<std::int32_t>(count, -1), 0}; };
  const ColoringOptions options{.order = ColoringOrder::best, .regrouping_passes = 2};
  if (column_color_bound(pattern) < best.num_colors()) {
    Bicoloring columns{none(pattern.num_rows), color_columns(pattern, options)};
    if (columns.num_colors() < best.num_colors()) best = std::move(columns);
  }
  if (row_color_bound(pattern) < best.num_colors()) {
    Bicoloring rows{color_rows(pattern, options), none(pattern.num_columns)};
    if (rows.num_colors() < best.num_colors()) best = std::move(rows);
  }
}

Bicoloring color_both_sides(const SparsityPattern& pattern, const BicoloringOptions& options, TwoSidedMethod method) {
  const BipartiteGraph graph = symmetric_detail::bipartite_graph(pattern);
  const GreedyColors colors = best_of(graph, options, method);
  const auto split = colors.colors.begin() + graph.num_rows;
  Bicoloring result;
  result.rows = {{colors.colors.begin(), split}, colors.num_colors[0]};
  result.columns = {{split, colors.colors.end()}, colors.num_colors[1]};
  if (options.order == ColoringOrder::best) try_one_side(pattern, result);
  return result;
}

}  // namespace

Bicoloring color_star_bidirectional(const SparsityPattern& pattern, const BicoloringOptions& options) {
  return color_both_sides(pattern, options, symmetric_detail::greedy_star);
}

Bicoloring color_acyclic_bidirectional(const SparsityPattern& pattern, const BicoloringOptions& options) {
  Bicoloring acyclic = color_both_sides(pattern, options, symmetric_detail::greedy_acyclic);
  if (options.order != ColoringOrder::best) return acyclic;
  Bicoloring star = color_both_sides(pattern, options, symmetric_detail::greedy_star);
  return star.num_colors() < acyclic.num_colors() ? star : acyclic;
}

}  // namespace heliotrope
