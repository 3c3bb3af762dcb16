// SPDX-License-Identifier: Apache-2.0
#include "derive/vertex_order.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "derive/key_bins.hpp"

namespace heliotrope::detail {

namespace {

using Indices = RawVector<std::int32_t>;

/// By counting: 32 bits are enough for places, of which there are as many as vertices.
Indices largest_first(const VertexNets& graph) {
  const Indices degrees = neighbor_counts(graph);
  const std::int32_t most = largest_key(degrees);
  Indices at(static_cast<std::size_t>(most) + 1, 0);  // [degree] the next place
  Indices at_odd(at);  // a counter of its own for every second group: equal degrees in a row wait for each other
  for (std::int32_t g = 0; g < graph.num_groups(); ++g) (g % 2 ? at_odd : at)[degrees[g]] += graph.group_size(g);
  std::int32_t sum = 0;
  for (std::int32_t d = most; d >= 0; --d) sum += std::exchange(at[d], sum) + at_odd[d];
  Indices order;
  order.resize(static_cast<std::size_t>(graph.num_vertices()));
  if (!graph.grouped()) {
    for (std::int32_t v = 0; v < graph.num_vertices(); ++v) order[at[degrees[v]]++] = v;
    return order;
  }
  std::int32_t vertex = 0;
  for (std::int32_t g = 0; g < graph.num_groups(); ++g) {
    for (std::int32_t k = graph.group_size(g); k > 0; --k) order[at[degrees[g]]++] = vertex++;
  }
  return order;
}

/// Fisher and Yates' shuffle with SplitMix64 [Steele2014].
Indices shuffled(std::int32_t count, std::uint64_t state) {
  Indices order;
  order.resize(static_cast<std::size_t>(count));
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
    if (!graph.grouped()) return;
    left_.resize(static_cast<std::size_t>(graph.num_groups()));
    for (std::int32_t g = 0; g < graph.num_groups(); ++g) left_[g] = graph.group_size(g);
  }
  std::int32_t left(std::int32_t group) const { return graph_.grouped() ? left_[group] : 0; }
  /// The last vertex that is left.
  std::int32_t take(std::int32_t group) {
    return graph_.grouped() ? graph_.group_begin()[group] + --left_[group] : group;
  }

 private:
  const VertexNets& graph_;
  Indices left_;
};

/// Takes, again and again, a vertex whose group is next; its neighbours' keys then fall by one.
template <class Keys>
Indices by_keys(const VertexNets& graph, const Neighbors& neighbors, Keys keys) {
  Turns turns(graph);
  Indices order;
  order.resize(static_cast<std::size_t>(graph.num_vertices()));
  for (std::int32_t& vertex : order) {
    const std::int32_t g = keys.next();
    vertex = turns.take(g);
    if (turns.left(g) == 0) {
      keys.remove(g);
    } else {
      keys.decrement(g);
    }
    neighbors.for_each(g, [&](std::int32_t u) { keys.decrement(u); });
  }
  return order;
}

/// The same with a hub: its groups have keys without it, to which `offset` is added, one for all that falls with every
/// vertex of the hub.
template <class Keys>
Indices by_keys(const VertexNets& graph, const Neighbors& neighbors, Keys rest, Keys hub, std::int32_t offset) {
  const auto& in_hub = neighbors.hub.has;
  Turns turns(graph);
  std::int32_t left_in_hub = neighbors.hub.num_vertices, left = graph.num_vertices() - left_in_hub;
  Indices order;
  order.resize(static_cast<std::size_t>(graph.num_vertices()));
  for (std::int32_t& vertex : order) {
    std::int32_t g = left > 0 ? rest.next() : -1;
    if (left_in_hub > 0) {
      const std::int32_t h = hub.next();
      if (g < 0 || !Keys::goes_before(rest.key(g), hub.key(h) + offset)) g = h;
    }
    vertex = turns.take(g);
    if (in_hub[g]) {
      --left_in_hub;
      --offset;
      if (turns.left(g) == 0) hub.remove(g);
      neighbors.for_each(g, [&](std::int32_t u) { rest.decrement(u); });
    } else {
      --left;
      if (turns.left(g) == 0) {
        rest.remove(g);
      } else {
        rest.decrement(g);
      }
      neighbors.for_each(g, [&](std::int32_t u) { (in_hub[u] ? hub : rest).decrement(u); });
    }
  }
  return order;
}

/// Keys of the groups that are, or are not, of the hub.
Indices part(const Indices& keys, const Hub& hub, bool of_hub) {
  Indices result = keys;
  for (std::size_t g = 0; g < keys.size(); ++g) {
    if ((hub.has[g] != 0) != of_hub) result[g] = absent_key;
  }
  return result;
}

/// make(keys) makes the structure; `offset` as above.
template <class Make>
Indices by_keys(const VertexNets& graph, const Neighbors& neighbors, Indices keys, std::int32_t offset,
                const Make& make) {
  if (!neighbors.hub.exists()) return by_keys(graph, neighbors, make(std::move(keys)));
  return by_keys(graph, neighbors, make(part(keys, neighbors.hub, false)), make(part(keys, neighbors.hub, true)),
                 offset);
}

Indices smallest_last(const VertexNets& graph, const Neighbors& neighbors, Indices degrees) {
  Indices order = by_keys(graph, neighbors, std::move(degrees), neighbors.hub.num_vertices - 1,
                          [](Indices keys) { return SmallestKeys(std::move(keys), -1, 0); });
  std::reverse(order.begin(), order.end());
  return order;
}

/// The most neighbours that had their turn: the smallest key, if all start from one value. Those with few of them are
/// not sorted, unless they have to be (the share is chosen).
Indices incidence_degree(const VertexNets& graph, const Neighbors& neighbors, Indices degrees) {
  const std::int32_t most = largest_key(degrees);
  std::fill(degrees.begin(), degrees.end(), most);
  return by_keys(graph, neighbors, std::move(degrees), 0,
                 [&](Indices keys_of_part) { return SmallestKeys(std::move(keys_of_part), most - most / 3, 8); });
}

}  // namespace

Indices vertex_order(const VertexNets& graph, ColoringOrder order, std::uint64_t seed,
                     std::optional<Neighbors>& neighbors) {
  if (order == ColoringOrder::natural) return {};
  if (order == ColoringOrder::random) return shuffled(graph.num_vertices(), seed);
  if (order == ColoringOrder::largest_first) return largest_first(graph);
  if (!neighbors) neighbors = neighbor_groups(graph);
  Indices degrees = neighbor_counts(graph, *neighbors, false);
  if (order == ColoringOrder::incidence_degree) return incidence_degree(graph, *neighbors, std::move(degrees));
  if (order == ColoringOrder::smallest_last) return smallest_last(graph, *neighbors, std::move(degrees));
  return by_keys(graph, *neighbors, std::move(degrees), neighbors->hub.num_vertices - 1,
                 [](Indices keys) { return LargestKeys(std::move(keys)); });
}

}  // namespace heliotrope::detail
