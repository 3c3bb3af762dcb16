// SPDX-License-Identifier: Apache-2.0
// Orders of vertices for greedy colourings, by degrees in the graph itself.
#include <algorithm>
#include <numeric>
#include <utility>

#include "derive/adjacency.hpp"

namespace heliotrope::symmetric_detail {

namespace {

/// Vertices in stacks, one a key; a vertex leaves the middle of its stack by changing places with the top.
class Stacks {
 public:
  Stacks(std::int64_t num_vertices, std::int64_t num_keys) : stacks_(num_keys), places_(num_vertices) {}

  bool empty(std::int64_t key) const { return stacks_[key].empty(); }
  void push(std::int32_t v, std::int64_t key) {
    places_[v] = {static_cast<std::int32_t>(key), static_cast<std::int32_t>(stacks_[key].size())};
    stacks_[key].push_back(v);
  }
  /// The top of a stack, gone for good: move() ignores it from now on.
  std::int32_t pop(std::int64_t key) {
    const std::int32_t v = stacks_[key].back();
    stacks_[key].pop_back();
    places_[v].key = -1;
    return v;
  }
  /// From its stack to the top of the one `step` keys on.
  void move(std::int32_t v, int step) {
    Place& place = places_[v];
    if (place.key < 0) return;
    auto& from = stacks_[place.key];
    const std::int32_t top = from.back();
    from[place.position] = top;
    places_[top].position = place.position;
    from.pop_back();
    auto& to = stacks_[place.key += step];
    place.position = static_cast<std::int32_t>(to.size());
    to.push_back(v);
  }
  /// Exchanges a vertex with the top of its stack.
  void raise(std::int32_t v) {
    auto& stack = stacks_[places_[v].key];
    const std::int32_t top = stack.back();
    std::swap(stack[places_[v].position], stack.back());
    std::swap(places_[v].position, places_[top].position);
  }

 private:
  struct Place {
    std::int32_t key, position;
  };
  std::vector<std::vector<std::int32_t>> stacks_;
  std::vector<Place> places_;
};

struct Degrees {
  std::vector<std::int32_t> of;  ///< the vertex itself not counted
  std::int32_t most = 0;
  std::int32_t first_of_most = -1;  ///< the first vertex of that degree
};

Degrees degrees(const Adjacency& graph) {
  Degrees result;
  result.of.resize(graph.num_vertices);
  for (std::int64_t v = 0; v < graph.num_vertices; ++v) {
    auto degree = static_cast<std::int32_t>(graph.degree(v));
    if (graph.has_full_diagonal) {
      degree -= degree > 0;
    } else if (graph.num_loops > 0) {
      const auto neighbors = graph.of(v);
      degree -= std::binary_search(neighbors.begin(), neighbors.end(), static_cast<std::int32_t>(v));
    }
    result.of[v] = degree;
    if (result.first_of_most < 0 || degree > result.most) {
      result.most = degree;
      result.first_of_most = static_cast<std::int32_t>(v);
    }
  }
  return result;
}

std::vector<std::int32_t> natural(std::int64_t n) {
  std::vector<std::int32_t> order(n);
  std::iota(order.begin(), order.end(), 0);
  return order;
}

/// [Steele2014]
std::uint64_t next_random(std::uint64_t& state) {
  std::uint64_t z = state += 0x9e3779b97f4a7c15U;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31);
}

std::vector<std::int32_t> shuffled(std::int64_t n, std::uint64_t seed) {
  auto order = natural(n);
  for (std::int64_t i = n - 1; i > 0; --i) {
    std::swap(order[i], order[next_random(seed) % static_cast<std::uint64_t>(i + 1)]);
  }
  return order;
}

/// By falling degree; equals in natural order, or backwards.
std::vector<std::int32_t> largest_first(const Degrees& degrees, bool backwards) {
  const auto n = static_cast<std::int64_t>(degrees.of.size());
  std::vector<std::int64_t> begin(degrees.most + 2, 0);  // [most - degree + 1]
  for (const std::int32_t d : degrees.of) ++begin[degrees.most - d + 1];
  std::partial_sum(begin.begin(), begin.end(), begin.begin());
  std::vector<std::int32_t> order(n);
  for (std::int64_t k = 0; k < n; ++k) {
    const std::int64_t v = backwards ? n - 1 - k : k;
    order[begin[degrees.most - degrees.of[v]]++] = static_cast<std::int32_t>(v);
  }
  return order;
}

/// Keys are degree * count + side: of equal degrees the preferred side goes first.
struct Sides {
  std::int64_t count = 1;
  std::int64_t num_rows = 0;
  bool columns_first = false;
  std::int64_t of(std::int64_t v) const { return count == 1 ? 0 : (v >= num_rows) != columns_first; }
};

class DynamicOrder {
 public:
  DynamicOrder(const Adjacency& graph, const Degrees& degrees, const Sides& sides)
      : graph_(graph),
        degrees_(degrees),
        sides_(sides),
        stacks_(graph.num_vertices, (degrees.most + 2) * sides.count),
        order_(graph.num_vertices) {}

  /// The vertex of most neighbours among those not yet taken, again and again.
  std::vector<std::int32_t> largest_first() {
    push_by_degree();
    std::int64_t high = degrees_.most;
    for (std::int32_t& place : order_) {
      while (empty(high)) --high;
      place = take(high, -1);
    }
    return std::move(order_);
  }
  /// The same backwards, with fewest neighbours.
  std::vector<std::int32_t> smallest_last() {
    push_by_degree();
    std::int64_t low = 0;
    for (std::int64_t k = graph_.num_vertices - 1; k >= 0; --k) {
      if (low > 0 && !empty(low - 1)) --low;
      while (empty(low)) ++low;
      order_[k] = take(low, -1);
    }
    return std::move(order_);
  }
  /// The vertex of most neighbours among those taken.
  std::vector<std::int32_t> incidence_degree() {
    for (std::int64_t v = 0; v < graph_.num_vertices; ++v) stacks_.push(static_cast<std::int32_t>(v), sides_.of(v));
    if (sides_.count == 1 && graph_.num_vertices > 0) stacks_.raise(degrees_.first_of_most);
    std::int64_t high = 0;
    for (std::int32_t& place : order_) {
      if (!empty(high + 1)) ++high;
      while (empty(high)) --high;
      place = take(high, +1);
    }
    return std::move(order_);
  }

 private:
  void push_by_degree() {
    for (std::int64_t v = 0; v < graph_.num_vertices; ++v) {
      stacks_.push(static_cast<std::int32_t>(v), degrees_.of[v] * sides_.count + sides_.of(v));
    }
  }
  bool empty(std::int64_t degree) const {
    return stacks_.empty(degree * sides_.count) && (sides_.count == 1 || stacks_.empty(degree * 2 + 1));
  }
  std::int32_t take(std::int64_t degree, int change) {
    const std::int64_t key = degree * sides_.count;
    const std::int32_t v = stacks_.pop(stacks_.empty(key) ? key + 1 : key);
    const int step = change * static_cast<int>(sides_.count);
    for (const std::int32_t w : graph_.of(v)) stacks_.move(w, step);
    return v;
  }

  const Adjacency& graph_;
  const Degrees& degrees_;
  Sides sides_;
  Stacks stacks_;
  std::vector<std::int32_t> order_;
};

}  // namespace

std::vector<std::int32_t> order_vertices(const Adjacency& graph, ColoringOrder order, std::uint64_t seed) {
  if (order == ColoringOrder::natural || order == ColoringOrder::best) return natural(graph.num_vertices);
  if (order == ColoringOrder::random) return shuffled(graph.num_vertices, seed);
  const Degrees of_vertices = degrees(graph);
  if (order == ColoringOrder::largest_first) return largest_first(of_vertices, false);
  DynamicOrder dynamic(graph, of_vertices, {});
  if (order == ColoringOrder::smallest_last) return dynamic.smallest_last();
  if (order == ColoringOrder::incidence_degree) return dynamic.incidence_degree();
  return dynamic.largest_first();
}

std::vector<std::int32_t> order_bipartite(const Adjacency& graph, std::int64_t num_rows, ColoringOrder order,
                                          std::uint64_t seed) {
  if (order == ColoringOrder::natural || order == ColoringOrder::best) return natural(graph.num_vertices);
  if (order == ColoringOrder::random) return shuffled(graph.num_vertices, seed);
  const Degrees of_vertices = degrees(graph);
  const bool column_is_largest = of_vertices.first_of_most >= num_rows;
  if (order == ColoringOrder::largest_first) return largest_first(of_vertices, column_is_largest);
  if (order == ColoringOrder::smallest_last) {
    return DynamicOrder(graph, of_vertices, {2, num_rows, column_is_largest}).smallest_last();
  }
  DynamicOrder dynamic(graph, of_vertices, {2, num_rows, false});
  return order == ColoringOrder::incidence_degree ? dynamic.incidence_degree() : dynamic.largest_first();
}

}  // namespace heliotrope::symmetric_detail
