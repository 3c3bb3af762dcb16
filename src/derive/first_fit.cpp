// SPDX-License-Identifier: Apache-2.0
#include "derive/first_fit.hpp"

#include <algorithm>
#include <bit>

#include "derive/color_slots.hpp"

namespace heliotrope::detail {

namespace {

/// One traversal of the order: vertices of one group that follow each other are coloured together.
struct Traversal {
  const VertexNets& graph;
  const std::int32_t* order;  ///< null: as they are numbered
  std::int32_t* colors;
  std::int32_t num_colors = 0;

  std::int32_t vertex(std::int32_t at) const { return order ? order[at] : at; }
  std::int32_t group(std::int32_t at) const { return graph.grouped() ? graph.group_of()[vertex(at)] : vertex(at); }
  /// How many vertices from `at` on are of its group.
  std::int32_t run(std::int32_t at) const {
    if (!graph.grouped()) return 1;
    const std::int32_t g = group(at);
    std::int32_t end = at + 1;
    while (end < graph.num_vertices() && group(end) == g) ++end;
    return end - at;
  }
  void assign(std::int32_t at, std::int32_t color) {
    colors[vertex(at)] = color;
    num_colors = std::max(num_colors, color + 1);
  }
};

/// How many vertices ahead of the order the next lists and sets are fetched into the cache (chosen, not measured).
constexpr std::int32_t lookahead = 12;

template <int Words>
void prefetch(const Traversal& walk, const std::uint64_t* sets, std::int32_t at) {
  const std::int32_t count = walk.graph.num_vertices();
  const ListsView nets = walk.graph.nets();
  if (at + 2 * lookahead < count) {
    const std::int64_t* begin = nets.begin.data() + walk.group(at + 2 * lookahead);
    __builtin_prefetch(begin);
    if (at + lookahead < count) __builtin_prefetch(nets.items.data() + nets.begin[walk.group(at + lookahead)]);
  }
  if (at + lookahead / 2 < count) {
    for (std::int32_t net : nets[walk.group(at + lookahead / 2)].first(
             std::min<std::size_t>(8, nets[walk.group(at + lookahead / 2)].size()))) {
      __builtin_prefetch(sets + std::int64_t{net} * Words);
    }
  }
}

/// Colours the vertices from `at` on, as far as sets of Words words do; returns the first that needs more.
template <int Words>
std::int32_t fit(Traversal& walk, std::uint64_t* sets, std::int32_t at) {
  const ListsView nets = walk.graph.nets();
  const std::int32_t count = walk.graph.num_vertices();
  while (at < count) {
    if (walk.order) prefetch<Words>(walk, sets, at);
    const std::int32_t run = walk.run(at);
    const std::span<const std::int32_t> mine = nets[walk.group(at)];
    if (mine.empty()) {
      for (std::int32_t k = 0; k < run; ++k) walk.colors[walk.vertex(at + k)] = -1;
      at += run;
      continue;
    }
    std::uint64_t used[Words] = {};
    for (std::int32_t net : mine) {
      const std::uint64_t* set = sets + std::int64_t{net} * Words;
      for (int w = 0; w < Words; ++w) used[w] |= set[w];
    }
    std::uint64_t taken[Words] = {};
    int word = 0;
    std::int32_t k = 0;
    for (; k < run; ++k) {
      while (word < Words && used[word] == ~std::uint64_t{0}) ++word;
      if (word == Words) break;
      const int bit = std::countr_one(used[word]);
      used[word] |= std::uint64_t{1} << bit;
      taken[word] |= std::uint64_t{1} << bit;
      walk.assign(at + k, 64 * word + bit);
    }
    if (run == 1 && k == 1) {
      for (std::int32_t net : mine) sets[std::int64_t{net} * Words + word] |= taken[word];
    } else {
      for (std::int32_t net : mine) {
        for (int w = 0; w < Words; ++w) sets[std::int64_t{net} * Words + w] |= taken[w];
      }
    }
    at += k;
    if (k < run) return at;
  }
  return at;
}

RawVector<std::uint64_t> widened(const RawVector<std::uint64_t>& sets, std::int64_t num_nets, int from, int to) {
  RawVector<std::uint64_t> wide(static_cast<std::size_t>(num_nets) * to, 0);
  for (std::int64_t net = 0; net < num_nets; ++net) {
    std::copy_n(sets.data() + net * from, from, wide.data() + net * to);
  }
  return wide;
}

std::int32_t fit(Traversal& walk, RawVector<std::uint64_t>& sets, int words, std::int32_t at) {
  switch (words) {
    case 1:
      return fit<1>(walk, sets.data(), at);
    case 2:
      return fit<2>(walk, sets.data(), at);
    case 4:
      return fit<4>(walk, sets.data(), at);
    default:
      return fit<8>(walk, sets.data(), at);
  }
}

/// From `at` on with slots; those before it have their colours.
void fit_slots(Traversal& walk, std::int32_t at) {
  const ListsView nets = walk.graph.nets();
  ColorSlots slots(walk.graph);
  for (std::int32_t k = 0; k < at; ++k) {
    for (std::int32_t net : nets[walk.group(k)]) slots.insert(net, walk.colors[walk.vertex(k)]);
  }
  for (; at < walk.graph.num_vertices(); ++at) {
    const std::span<const std::int32_t> mine = nets[walk.group(at)];
    if (mine.empty()) {
      walk.colors[walk.vertex(at)] = -1;
      continue;
    }
    const std::int32_t color = slots.first_free(mine);
    walk.assign(at, color);
    for (std::int32_t net : mine) slots.insert(net, color);
  }
}

}  // namespace

std::int32_t first_fit(const VertexNets& graph, std::span<const std::int32_t> order, std::span<std::int32_t> colors,
                       std::int32_t least) {
  Traversal walk{graph, order.empty() ? nullptr : order.data(), colors.data()};
  std::int32_t at = 0;
  int words = 1;
  while (words <= 8 && 64 * words < least) words *= 2;
  if (words <= 8) {
    RawVector<std::uint64_t> sets(static_cast<std::size_t>(graph.num_nets()) * words, 0);
    while (true) {
      at = fit(walk, sets, words, at);
      if (at == graph.num_vertices() || words == 8) break;
      sets = widened(sets, graph.num_nets(), words, 2 * words);
      words *= 2;
    }
  }
  if (at < graph.num_vertices()) fit_slots(walk, at);
  return walk.num_colors;
}

}  // namespace heliotrope::detail
