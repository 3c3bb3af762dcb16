// SPDX-License-Identifier: Apache-2.0
#include "derive/vertex_order.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "derive/key_bins.hpp"

namespace heliotrope::detail {

namespace {

std::vector<std::int32_t> largest_first(const VertexNets& graph) {
  const std::vector<std::int32_t> degrees = neighbor_counts(graph);
  const std::int32_t most = degrees.empty() ? 0 : *std::max_element(degrees.begin(), degrees.end());
  std::vector<std::int64_t> at(static_cast<std::size_t>(most) + 2, 0);
  for (std::int32_t g = 0; g < graph.num_groups(); ++g) at[most - degrees[g] + 1] += graph.group_size(g);
  for (std::size_t d = 1; d < at.size(); ++d) at[d] += at[d - 1];
  std::vector<std::int32_t> order(static_cast<std::size_t>(graph.num_vertices()));
  std::int32_t vertex = 0;
  for (std::int32_t g = 0; g < graph.num_groups(); ++g) {
    for (std::int32_t k = graph.group_size(g); k > 0; --k) order[at[most - degrees[g]]++] = vertex++;
  }
  return order;
}

/// Fisher and Yates' shuffle with SplitMix64 [Steele2014].
std::vector<std::int32_t> shuffled(std::int32_t count, std::uint64_t state) {
  std::vector<std::int32_t> order(static_cast<std::size_t>(count));
  std::iota(order.begin(), order.end(), 0);
  for (std::int32_t i = count; i > 1; --i) {
    std::uint64_t z = (state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    z ^= z >> 31;
    std::swap(order[i - 1], order[((z >> 32) * static_cast<std::uint64_t>(i)) >> 32]);
  }
  return order;
}

/// The vertices of each group that have not had their turn.
class Turns {
 public:
  explicit Turns(const VertexNets& graph) : graph_(graph) {
    for (std::int32_t g = 0; g < graph.num_groups(); ++g) left_.push_back(graph.group_size(g));
  }
  std::int32_t left(std::int32_t group) const { return left_[group]; }
  std::int32_t take(std::int32_t group) {
    const std::int32_t k = --left_[group];
    return graph_.grouped() ? graph_.group_begin()[group] + k : group;
  }

 private:
  const VertexNets& graph_;
  std::vector<std::int32_t> left_;
};

/// Takes, again and again, a vertex with the smallest key; its neighbours' keys then fall by one.
std::vector<std::int32_t> by_smallest_key(const VertexNets& graph, ListsView neighbors, KeyBins bins) {
  Turns turns(graph);
  std::vector<std::int32_t> order;
  order.reserve(static_cast<std::size_t>(graph.num_vertices()));
  while (order.size() < static_cast<std::size_t>(graph.num_vertices())) {
    const std::int32_t g = bins.smallest();
    order.push_back(turns.take(g));
    if (turns.left(g) == 0) {
      bins.remove(g);
    } else {
      bins.decrement(g);
    }
    for (std::int32_t u : neighbors[g]) bins.decrement(u);
  }
  return order;
}

/// Takes, again and again, a vertex with the largest key; its neighbours' keys then fall by one.
///
/// Keys fall only: a group stays in the bin of an older key until it is looked at there, and is then moved down.
std::vector<std::int32_t> by_largest_falling_key(const VertexNets& graph, ListsView neighbors,
                                                 std::vector<std::int32_t> keys) {
  const std::int32_t none = -1;
  std::int32_t top = keys.empty() ? 0 : *std::max_element(keys.begin(), keys.end());
  std::vector<std::int32_t> first(static_cast<std::size_t>(top) + 1, none), next(keys.size());
  const auto push = [&](std::int32_t g) { next[g] = std::exchange(first[keys[g]], g); };
  for (std::int32_t g = 0; g < graph.num_groups(); ++g) push(g);
  Turns turns(graph);
  std::vector<std::int32_t> order;
  order.reserve(static_cast<std::size_t>(graph.num_vertices()));
  while (order.size() < static_cast<std::size_t>(graph.num_vertices())) {
    const std::int32_t g = first[top];
    if (g == none) {
      --top;
      continue;
    }
    first[top] = next[g];
    if (keys[g] != top) {
      push(g);
      continue;
    }
    order.push_back(turns.take(g));
    for (std::int32_t u : neighbors[g]) --keys[u];
    if (turns.left(g) > 0) {
      --keys[g];
      push(g);
    }
  }
  return order;
}

}  // namespace

std::vector<std::int32_t> vertex_order(const VertexNets& graph, ColoringOrder order, std::uint64_t seed,
                                       Lists& neighbors) {
  if (order == ColoringOrder::natural) return {};
  if (order == ColoringOrder::random) return shuffled(graph.num_vertices(), seed);
  if (order == ColoringOrder::largest_first) return largest_first(graph);
  if (neighbors.begin.empty()) neighbors = neighbor_groups(graph);
  std::vector<std::int32_t> degrees = neighbor_counts(graph, neighbors.view());
  if (order == ColoringOrder::dynamic_largest_first) {
    return by_largest_falling_key(graph, neighbors.view(), std::move(degrees));
  }
  if (order == ColoringOrder::incidence_degree) {
    // The most neighbours that had their turn: the smallest key, if all start from one value. Those with few of them
    // are not sorted, unless they have to be (the share is chosen).
    const std::int32_t most = degrees.empty() ? 0 : *std::max_element(degrees.begin(), degrees.end());
    std::fill(degrees.begin(), degrees.end(), most);
    return by_smallest_key(graph, neighbors.view(), KeyBins(degrees, most - most / 3, 8));
  }
  std::vector<std::int32_t> last_first = by_smallest_key(graph, neighbors.view(), KeyBins(degrees, -1, 0));
  std::reverse(last_first.begin(), last_first.end());
  return last_first;
}

}  // namespace heliotrope::detail
