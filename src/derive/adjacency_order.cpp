// SPDX-License-Identifier: Apache-2.0
// Orders of vertices for greedy colourings, by degrees in the graph itself.
#include <algorithm>
#include <numeric>
#include <utility>

#include "derive/adjacency.hpp"

namespace heliotrope::symmetric_detail {

namespace {

using Indices = RawVector<std::int32_t>;

struct Degrees {
  Indices of;  ///< the vertex itself not counted
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

Indices natural(std::int64_t n) {
  Indices order(n);
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

Indices shuffled(std::int64_t n, std::uint64_t seed) {
  auto order = natural(n);
  for (std::int64_t i = n - 1; i > 0; --i) {
    std::swap(order[i], order[next_random(seed) % static_cast<std::uint64_t>(i + 1)]);
  }
  return order;
}

/// By falling degree; equals in natural order, or backwards.
Indices largest_first(const Degrees& degrees, bool backwards) {
  const auto n = static_cast<std::int64_t>(degrees.of.size());
  std::vector<std::int64_t> begin(degrees.most + 2, 0);  // [most - degree + 1]
  for (const std::int32_t d : degrees.of) ++begin[degrees.most - d + 1];
  std::partial_sum(begin.begin(), begin.end(), begin.begin());
  Indices order(n);
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

/// Vertices in stacks, one a key; a vertex leaves the middle of its stack by changing places with the top.
///
/// Keys never exceed those of the degrees, so all stacks lie in one array of as many places as there are edges and
/// vertices, of which only what is used is ever touched.
class Stacks {
 public:
  Stacks(const Degrees& degrees, const Sides& sides) : stacks_((degrees.most + 2) * sides.count, Stack{0, 0}) {
    const auto n = static_cast<std::int64_t>(degrees.of.size());
    for (std::int64_t v = 0; v < n; ++v) ++stacks_[degrees.of[v] * sides.count + sides.of(v)].begin;
    // As many places as there are vertices of at least that degree.
    const auto size = static_cast<std::int64_t>(stacks_.size());
    for (std::int64_t k = size - sides.count - 1; k >= 0; --k) stacks_[k].begin += stacks_[k + sides.count].begin;
    std::int64_t sum = 0;
    for (Stack& stack : stacks_) {
      stack.end = sum;
      sum += std::exchange(stack.begin, sum);
    }
    items_.resize(static_cast<std::size_t>(sum));
    places_.resize(degrees.of.size());
  }

  bool empty(std::int64_t key) const { return stacks_[key].begin == stacks_[key].end; }
  void push(std::int32_t v, std::int64_t key) {
    places_[v] = {static_cast<std::int32_t>(key), static_cast<std::int32_t>(stacks_[key].end - stacks_[key].begin)};
    items_[stacks_[key].end++] = v;
  }
  /// The top of a stack, gone for good: move() ignores it from now on.
  std::int32_t pop(std::int64_t key) {
    const std::int32_t v = items_[--stacks_[key].end];
    places_[v].key = -1;
    return v;
  }
  /// From its stack to the top of the one `step` keys on.
  void move(std::int32_t v, int step) {
    const Place place = places_[v];
    if (place.key < 0) return;
    Stack& from = stacks_[place.key];
    const std::int32_t top = items_[--from.end];
    items_[from.begin + place.position] = top;
    places_[top].position = place.position;
    push(v, place.key + step);
  }
  /// Exchanges a vertex with the top of its stack.
  void raise(std::int32_t v) {
    const Stack& stack = stacks_[places_[v].key];
    const std::int32_t top = items_[stack.end - 1];
    std::swap(items_[stack.begin + places_[v].position], items_[stack.end - 1]);
    std::swap(places_[v].position, places_[top].position);
  }

 private:
  struct Stack {
    std::int64_t begin, end;  // in items_
  };
  struct Place {
    std::int32_t key, position;
  };
  std::vector<Stack> stacks_;
  Indices items_;
  RawVector<Place> places_;
};

class DynamicOrder {
 public:
  DynamicOrder(const Adjacency& graph, const Degrees& degrees, const Sides& sides)
      : graph_(graph), degrees_(degrees), sides_(sides), stacks_(degrees, sides), order_(graph.num_vertices) {}

  /// The vertex of most neighbours among those not yet taken, again and again.
  Indices largest_first() {
    push_by_degree();
    std::int64_t high = degrees_.most;
    for (std::int32_t& place : order_) {
      while (empty(high)) --high;
      place = take(high, -1);
    }
    return std::move(order_);
  }
  /// The same backwards, with fewest neighbours.
  Indices smallest_last() {
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
  Indices incidence_degree() {
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
  Indices order_;
};

}  // namespace

RawVector<std::int32_t> order_vertices(const Adjacency& graph, ColoringOrder order, std::uint64_t seed) {
  if (order == ColoringOrder::natural || order == ColoringOrder::best) return natural(graph.num_vertices);
  if (order == ColoringOrder::random) return shuffled(graph.num_vertices, seed);
  const Degrees of_vertices = degrees(graph);
  if (order == ColoringOrder::largest_first) return largest_first(of_vertices, false);
  DynamicOrder dynamic(graph, of_vertices, {});
  if (order == ColoringOrder::smallest_last) return dynamic.smallest_last();
  if (order == ColoringOrder::incidence_degree) return dynamic.incidence_degree();
  return dynamic.largest_first();
}

RawVector<std::int32_t> order_bipartite(const Adjacency& graph, std::int64_t num_rows, ColoringOrder order,
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
