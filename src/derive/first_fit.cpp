// SPDX-License-Identifier: Apache-2.0
#include "derive/first_fit.hpp"

#include <algorithm>
#include <bit>

#include "derive/color_slots.hpp"

namespace heliotrope::detail {

namespace {

/// One traversal of the order.
struct Traversal {
  const VertexNets& graph;
  std::span<const std::int32_t> order;  ///< empty: as they are numbered
  std::span<std::int32_t> colors;
  std::int32_t num_colors = 0;

  std::int32_t vertex(std::int32_t at) const { return order.empty() ? at : order[at]; }
  std::int32_t group(std::int32_t at) const { return graph.grouped() ? graph.group_of()[vertex(at)] : vertex(at); }
};

/// How many vertices ahead of the order their lists and sets are fetched into the cache (chosen, not measured), where
/// the lists have more entries than a cache holds and the order is not their own.
constexpr std::int32_t lookahead = 8;
constexpr std::size_t entries_in_cache = 1 << 17;

/// Colours the vertices from `at` on, as far as sets of Words words do; returns the first that needs more.
///
/// Vertices of a group that follow each other are coloured together: they take several zeros of the same union.
template <int Words, bool Grouped>
std::int32_t fit(Traversal& walk, std::uint64_t* sets, std::int32_t at) {
  const std::int64_t* begin = walk.graph.nets().begin.data();
  const std::int32_t* nets = walk.graph.nets().items.data();
  const std::int32_t* order = walk.order.empty() ? nullptr : walk.order.data();
  const std::int32_t* group_of = walk.graph.group_of().data();
  const bool ahead = order && walk.graph.nets().items.size() > entries_in_cache;
  std::int32_t* colors = walk.colors.data();
  std::int32_t most = walk.num_colors - 1;
  const std::int32_t count = walk.graph.num_vertices();
  const auto vertex = [&](std::int32_t k) { return order ? order[k] : k; };
  const auto group = [&](std::int32_t k) { return Grouped ? group_of[vertex(k)] : vertex(k); };
  while (at < count) {
    if (ahead && at + 3 * lookahead < count) {
      if (Grouped) __builtin_prefetch(group_of + order[at + 3 * lookahead]);
      __builtin_prefetch(begin + group(at + 2 * lookahead));
      __builtin_prefetch(nets + begin[group(at + lookahead)]);
      const std::int32_t g = group(at + lookahead / 2);
      const std::int64_t end = std::min(begin[g + 1], begin[g] + 16);
      for (std::int64_t k = begin[g]; k < end; ++k) __builtin_prefetch(sets + std::int64_t{nets[k]} * Words);
    }
    const std::int32_t g = group(at);
    const std::int32_t *first = nets + begin[g], *last = nets + begin[g + 1];
    if (first == last) {
      colors[vertex(at++)] = -1;
      continue;
    }
    std::uint64_t used[Words] = {};
    for (const std::int32_t* net = first; net != last; ++net) {
      for (int w = 0; w < Words; ++w) used[w] |= sets[std::int64_t{*net} * Words + w];
    }
    std::uint64_t taken[Words] = {};
    int word = 0;
    bool fits = true;
    const std::int32_t run = at;
    do {
      while (word < Words && used[word] == ~std::uint64_t{0}) ++word;
      if (word == Words) {
        fits = false;
        break;
      }
      const int bit = std::countr_one(used[word]);
      used[word] |= std::uint64_t{1} << bit;
      taken[word] |= std::uint64_t{1} << bit;
      const std::int32_t color = 64 * word + bit;
      colors[vertex(at)] = color;
      most = std::max(most, color);
      ++at;
    } while (Grouped && at < count && group(at) == g);
    if (at == run + 1 && Words > 1) {
      const int only = colors[vertex(run)] / 64;
      for (const std::int32_t* net = first; net != last; ++net) sets[std::int64_t{*net} * Words + only] |= taken[only];
    } else {
      for (const std::int32_t* net = first; net != last; ++net) {
        for (int w = 0; w < Words; ++w) sets[std::int64_t{*net} * Words + w] |= taken[w];
      }
    }
    if (!fits) break;
  }
  walk.num_colors = most + 1;
  return at;
}

template <int Words>
std::int32_t fit(Traversal& walk, std::uint64_t* sets, std::int32_t at) {
  return walk.graph.grouped() ? fit<Words, true>(walk, sets, at) : fit<Words, false>(walk, sets, at);
}

std::int32_t fit(Traversal& walk, std::uint64_t* sets, int words, std::int32_t at) {
  switch (words) {
    case 1:
      return fit<1>(walk, sets, at);
    case 2:
      return fit<2>(walk, sets, at);
    case 4:
      return fit<4>(walk, sets, at);
    default:
      return fit<8>(walk, sets, at);
  }
}

RawVector<std::uint64_t> widened(const RawVector<std::uint64_t>& sets, std::int64_t num_nets, int words) {
  RawVector<std::uint64_t> wide(static_cast<std::size_t>(num_nets) * 2 * words, 0);
  for (std::int64_t net = 0; net < num_nets; ++net) {
    std::copy_n(sets.data() + net * words, words, wide.data() + net * 2 * words);
  }
  return wide;
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
    const std::int32_t color = mine.empty() ? -1 : slots.first_free(mine);
    walk.colors[walk.vertex(at)] = color;
    walk.num_colors = std::max(walk.num_colors, color + 1);
    for (std::int32_t net : mine) slots.insert(net, color);
  }
}

}  // namespace

std::int32_t first_fit(const VertexNets& graph, std::span<const std::int32_t> order, std::span<std::int32_t> colors,
                       std::int32_t least, RawVector<std::uint64_t>& sets) {
  Traversal walk{graph, order, colors};
  constexpr int most_words = 8;
  std::int32_t at = 0;
  int words = 1;
  while (words <= most_words && 64 * words < least) words *= 2;
  if (words <= most_words) {
    sets.assign(static_cast<std::size_t>(graph.num_nets()) * words, 0);
    for (; (at = fit(walk, sets.data(), words, at)) < graph.num_vertices() && words < most_words; words *= 2) {
      sets = widened(sets, graph.num_nets(), words);
    }
  }
  if (at < graph.num_vertices()) fit_slots(walk, at);
  return walk.num_colors;
}

}  // namespace heliotrope::detail
