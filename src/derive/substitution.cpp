// SPDX-License-Identifier: Apache-2.0
#include "derive/substitution.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

namespace heliotrope::symmetric_detail {

namespace {

/// Takes the edges of one forest, leaves inwards. A vertex keeps the exclusive or of its remaining edges: with one left
/// it is that edge.
class Forests {
 public:
  Forests(const Sums& sums, SubstitutionSteps& steps) : sums_(sums), steps_(steps), vertices_(sums.colors.size()) {}

  /// False where edges remain: a cycle. `edges` are positions in sums.edges, all between the same two colours.
  bool append(std::span<const std::int64_t> edges) {
    leaves_.clear();
    for (const std::int64_t e : edges) {
      for (const std::int32_t v : {sums_.edges[e].a, sums_.edges[e].b}) {
        if (vertices_[v].degree++ == 0) vertices_[v] = {1, 0, -1};
        vertices_[v].remaining ^= e;
      }
    }
    for (const std::int64_t e : edges) {
      for (const std::int32_t v : {sums_.edges[e].a, sums_.edges[e].b}) {
        if (vertices_[v].degree == 1) leaves_.push_back(v);
      }
    }
    for (std::size_t k = 0; k < leaves_.size(); ++k) take_leaf(leaves_[k]);
    steps_.forest_begin.push_back(static_cast<std::int64_t>(steps_.entry.size()));
    return taken_from(edges);
  }

 private:
  struct Vertex {
    std::int64_t degree = 0;     // edges of the forest that remain
    std::int64_t remaining = 0;  // their exclusive or
    std::int64_t known = -1;     // the last step that took an edge from a leaf to this vertex
  };

  void take_leaf(std::int32_t v) {
    Vertex& leaf = vertices_[v];
    if (leaf.degree != 1) return;  // the last edge of a tree was taken from its other end
    const Unknown& edge = sums_.edges[leaf.remaining];
    const std::int32_t u = edge.a == v ? edge.b : edge.a;
    const auto step = static_cast<std::int64_t>(steps_.entry.size());
    for (std::int64_t s = leaf.known; s >= 0; s = before_[s - first_step_]) steps_.subtract.push_back(steps_.entry[s]);
    append_step(steps_, sums_, edge, v, u);
    Vertex& inner = vertices_[u];
    if (before_.empty()) first_step_ = step;
    before_.push_back(inner.known);
    inner.known = step;
    inner.remaining ^= leaf.remaining;
    leaf.degree = 0;
    if (--inner.degree == 1) leaves_.push_back(u);
  }

  bool taken_from(std::span<const std::int64_t> edges) {
    bool all = true;
    for (const std::int64_t e : edges) {
      for (const std::int32_t v : {sums_.edges[e].a, sums_.edges[e].b}) {
        all &= vertices_[v].degree == 0;
        vertices_[v].degree = 0;
      }
    }
    return all;
  }

 public:
  static void append_step(SubstitutionSteps& steps, const Sums& sums, const Unknown& edge, std::int32_t at,
                          std::int32_t other) {
    steps.source.push_back(sums.source(at, sums.colors[other]));
    steps.entry.push_back(edge.entry);
    if (sums.symmetric) steps.mirror.push_back(edge.mirror);
    steps.subtract_begin.push_back(static_cast<std::int64_t>(steps.subtract.size()));
  }

 private:
  const Sums& sums_;
  SubstitutionSteps& steps_;
  std::vector<Vertex> vertices_;
  std::vector<std::int32_t> leaves_;
  std::vector<std::int64_t> before_;  // [step - first_step_]: the step before at the same inner vertex
  std::int64_t first_step_ = 0;
};

/// Positions of edges in order of (lower colour, higher colour): two counting sorts.
std::vector<std::int64_t> by_colors(const Sums& sums) {
  std::vector<std::int64_t> order(sums.edges.size()), sorted(order.size()), begin;
  std::iota(order.begin(), order.end(), std::int64_t{0});
  for (const bool higher : {true, false}) {
    const auto key = [&](std::int64_t e) {
      const auto [low, high] = std::minmax(sums.colors[sums.edges[e].a], sums.colors[sums.edges[e].b]);
      return (higher ? high : low) + 1;
    };
    begin.assign(sums.num_colors + 2, 0);
    for (const std::int64_t e : order) ++begin[key(e) + 1];
    std::partial_sum(begin.begin(), begin.end(), begin.begin());
    for (const std::int64_t e : order) sorted[begin[key(e)]++] = e;
    order.swap(sorted);
  }
  return order;
}

}  // namespace

std::int64_t append_forests(const Sums& sums, SubstitutionSteps& steps) {
  const auto order = by_colors(sums);
  const auto colors = [&](std::int64_t e) {
    return std::minmax({sums.colors[sums.edges[e].a], sums.colors[sums.edges[e].b]});
  };
  const std::size_t n = order.size();
  std::size_t end = 0;
  // At vertices without a colour sums must be single.
  std::vector<std::int32_t> color_seen(sums.colors.size(), -1);
  for (; end < n && colors(order[end]).first < 0; ++end) {
    const Unknown& edge = sums.edges[order[end]];
    const auto [at, other] = sums.colors[edge.a] < 0 ? std::pair(edge.a, edge.b) : std::pair(edge.b, edge.a);
    if (sums.colors[other] < 0 || color_seen[at] == sums.colors[other]) return order[end];
    color_seen[at] = sums.colors[other];
    Forests::append_step(steps, sums, edge, at, other);
  }
  steps.forest_begin.assign(1, static_cast<std::int64_t>(steps.entry.size()));
  Forests forests(sums, steps);
  for (std::size_t begin = end; begin < n; begin = end) {
    const auto pair = colors(order[begin]);
    if (pair.first == pair.second) return order[begin];
    while (end < n && colors(order[end]) == pair) ++end;
    if (!forests.append(std::span(order).subspan(begin, end - begin))) return order[begin];
  }
  return -1;
}

}  // namespace heliotrope::symmetric_detail
