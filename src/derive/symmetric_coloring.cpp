// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/derive/symmetric_coloring.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "derive/greedy_coloring.hpp"

namespace heliotrope {

namespace {

using symmetric_detail::Adjacency;
using symmetric_detail::GreedyColors;
using SymmetricMethod = GreedyColors (*)(const Adjacency&, std::span<const std::int32_t>,
                                         const symmetric_detail::GreedyOptions&);

/// Fewest colours over orders and methods; the first of them on a tie.
Coloring best_of(const SparsityPattern& pattern, const SymmetricColoringOptions& options,
                 std::span<const SymmetricMethod> methods) {
  const Adjacency graph = symmetric_detail::adjacency_of_symmetric(pattern);
  const bool try_orders = options.order == ColoringOrder::best;
  const auto orders = try_orders ? std::span(symmetric_detail::tried_orders) : std::span(&options.order, 1);
  const bool drop = options.drop_unused && !graph.has_full_diagonal;
  std::optional<GreedyColors> best;
  for (const ColoringOrder order : orders) {
    const auto vertices = symmetric_detail::order_vertices(graph, order, options.seed);
    for (const SymmetricMethod method : methods) {
      symmetric_detail::GreedyOptions greedy;
      if (best && !drop) greedy.most_colors = best->num_colors[0] - 1;
      GreedyColors colors = method(graph, vertices, greedy);
      if (!colors.complete) continue;
      if (drop) symmetric_detail::drop_unread_colors(graph, -1, colors);
      if (!best || colors.num_colors[0] < best->num_colors[0]) best = std::move(colors);
    }
  }
  return {std::move(best->colors), best->num_colors[0]};
}

}  // namespace

Coloring color_star(const SparsityPattern& pattern, const SymmetricColoringOptions& options) {
  constexpr SymmetricMethod rules[] = {symmetric_detail::greedy_star, symmetric_detail::greedy_restricted_star};
  switch (options.rule) {
    case StarRule::exact:
      return best_of(pattern, options, std::span(rules, 1));
    case StarRule::restricted:
      return best_of(pattern, options, std::span(rules + 1, 1));
    default:
      return best_of(pattern, options, rules);
  }
}

Coloring color_acyclic(const SparsityPattern& pattern, const SymmetricColoringOptions& options) {
  constexpr SymmetricMethod rules[] = {symmetric_detail::greedy_acyclic};
  return best_of(pattern, options, rules);
}

}  // namespace heliotrope
