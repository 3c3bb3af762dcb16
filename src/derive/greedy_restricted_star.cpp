// SPDX-License-Identifier: Apache-2.0
// Star colouring by the restricted rule: a vertex v may not have the colour of a neighbour w, nor that of a neighbour
// of w unless it is above w's colour. Two sets of colours a vertex w, beside each other, take one access:
//
//   seen   colours of neighbours of w
//   above  colours not below that of w; none while w has none
//
// and what w forbids are the colours that it has seen, without those above. While 16 colours are enough, both sets are
// the halves of one 32-bit word.
#include <algorithm>
#include <bit>

#include "derive/greedy_by_sets.hpp"

namespace heliotrope::symmetric_detail {

namespace {

class RestrictedStarColoring : public GreedyBySets<RestrictedStarColoring, 2> {
 public:
  using GreedyBySets::GreedyBySets;

  template <int Words>
  std::size_t run_from(std::size_t position) {
    for (; position < order_.size(); ++position) {
      const std::int32_t v = order_[position];
      if (graph_.degree(v) == 0) continue;
      const std::int32_t color = Words > 0 ? first_color<Words>(v) : first_color_of_many(v);
      if (color == 64 * sets_.words()) return position;
      if (!count(color, 0)) return position;
      result_.colors[v] = color;
      if (Word* mine = Words > 0 ? sets_.template at<Words>(v) : sets_.find(v)) {
        const int words = Words > 0 ? Words : sets_.words();
        for (int k = 0; k < words; ++k) mine[words + k] = not_below(color - 64 * k);
      }
      for (const std::int32_t x : graph_.of(v)) {
        if (Word* set = Words > 0 ? sets_.template at<Words>(x) : sets_.find(x)) add(set, color);
      }
    }
    return position;
  }

  /// With 16 colours; then sets of 64 where some vertices are left.
  std::size_t begin() {
    RawVector<std::uint32_t> pairs(static_cast<std::size_t>(graph_.num_vertices), 0);  // seen, and above << 16
    const std::size_t position = run_pairs(pairs.data());
    if (gave_up_ || position == order_.size()) return position;
    sets_.start();
    for (std::int64_t v = 0; v < graph_.num_vertices; ++v) {
      Word* set = sets_.template at<1>(v);
      set[0] = pairs[v] & 0xffffU;
      if (result_.colors[v] >= 0) set[1] = not_below(result_.colors[v]);
    }
    return position;
  }

  void grow() {
    const int half = sets_.words();
    sets_.grow([](std::int64_t, const Word*, int) {});
    for (std::int64_t v = 0; v < graph_.num_vertices; ++v) {
      if (result_.colors[v] < 0) continue;
      if (Word* mine = sets_.every_vertex() ? sets_.at(v) : sets_.find(v)) std::fill_n(mine + 3 * half, half, ~Word{0});
    }
  }

 private:
  std::size_t run_pairs(std::uint32_t* pairs) {
    const std::int64_t* begin = graph_.begin;
    const std::int32_t* neighbors = graph_.neighbors;
    for (std::size_t position = 0; position < order_.size(); ++position) {
      const std::int32_t v = order_[position];
      const std::int32_t *first = neighbors + begin[v], *last = neighbors + begin[v + 1];
      if (first == last) continue;
      std::uint32_t forbidden = pairs[v];
      for (const std::int32_t* w = first; w != last; ++w) forbidden |= pairs[*w] & ~(pairs[*w] >> 16);
      const std::int32_t color = std::countr_one(forbidden & 0xffffU);
      if (color == 16 || !count(color, 0)) return position;
      result_.colors[v] = color;
      pairs[v] |= std::uint32_t{0xffff0000U} << color;
      for (const std::int32_t* x = first; x != last; ++x) pairs[*x] |= std::uint32_t{1} << color;
    }
    return order_.size();
  }

  static Word not_below(std::int32_t bit) { return bit <= 0 ? ~Word{0} : bit >= 64 ? 0 : ~Word{0} << bit; }

  template <int Words>
  std::int32_t first_color(std::int32_t v) {
    Word forbidden[Words > 0 ? Words : 1];
    for (int k = 0; k < Words; ++k) forbidden[k] = sets_.template at<Words>(v)[k];
    for (const std::int32_t w : graph_.of(v)) {
      const Word* set = sets_.template at<Words>(w);
      for (int k = 0; k < Words; ++k) forbidden[k] |= set[k] & ~set[Words + k];
    }
    return first_missing(forbidden, Words);
  }

  /// The same where light vertices have no sets.
  std::int32_t first_color_of_many(std::int32_t v) {
    const std::int32_t* colors = result_.colors.data();
    const int words = sets_.words();
    forbidden_.assign(words, 0);
    for (const std::int32_t w : graph_.of(v)) {
      if (colors[w] >= 0) add(forbidden_.data(), colors[w]);
      if (const Word* set = sets_.find(w)) {
        for (int k = 0; k < words; ++k) forbidden_[k] |= set[k] & ~set[words + k];
        continue;
      }
      for (const std::int32_t x : graph_.of(w)) {
        if (colors[x] >= 0 && (colors[w] < 0 || colors[x] < colors[w])) add(forbidden_.data(), colors[x]);
      }
    }
    return first_missing(forbidden_.data(), words);
  }
};

}  // namespace

GreedyColors greedy_restricted_star(const Adjacency& graph, std::span<const std::int32_t> order,
                                    const GreedyOptions& options) {
  return RestrictedStarColoring(graph, order, options).run();
}

}  // namespace heliotrope::symmetric_detail
