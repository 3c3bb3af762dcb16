// SPDX-License-Identifier: Apache-2.0
// Star colouring by the restricted rule: a vertex v may not have the colour of a neighbour w, nor that of a neighbour
// of w unless it is above w's colour. One set of colours a vertex suffices.
#include <algorithm>
#include <utility>

#include "derive/color_sets.hpp"
#include "derive/greedy_coloring.hpp"

namespace heliotrope::symmetric_detail {

namespace {

class RestrictedStarColoring {
 public:
  RestrictedStarColoring(const Adjacency& graph, std::span<const std::int32_t> order, const GreedyOptions& options)
      : graph_(graph), order_(order), options_(options), sets_(graph) {
    result_.colors.assign(graph.num_vertices, -1);
    set_masks();
  }

  GreedyColors run() {
    std::size_t position = 0;
    for (;;) {
      switch (sets_.words()) {
        case 1:
          position = run_from<1>(position);
          break;
        case 2:
          position = run_from<2>(position);
          break;
        case 4:
          position = run_from<4>(position);
          break;
        default:
          position = run_from<0>(position);
      }
      if (gave_up_ || position == order_.size()) break;
      sets_.grow([](std::int64_t, const Word*, int) {});
      set_masks();
    }
    result_.complete = !gave_up_;
    return std::move(result_);
  }

 private:
  template <int Words>
  std::size_t run_from(std::size_t position) {
    for (; position < order_.size(); ++position) {
      const std::int32_t v = order_[position];
      if (graph_.degree(v) == 0) continue;
      const std::int32_t color = Words > 0 ? first_color<Words>(v) : first_color_of_many(v);
      if (color == 64 * sets_.words()) return position;
      if (color == result_.num_colors[0]) {
        gave_up_ = result_.num_colors[0] >= options_.most_colors;
        if (gave_up_) return position;
        ++result_.num_colors[0];
      }
      result_.colors[v] = color;
      for (const std::int32_t x : graph_.of(v)) {
        if (Word* set = Words > 0 ? sets_.at(x) : sets_.find(x)) add(set, color);
      }
    }
    return position;
  }

  template <int Words>
  std::int32_t first_color(std::int32_t v) {
    const std::int32_t* colors = result_.colors.data();
    const Word* masks = masks_.data();
    Word forbidden[Words > 0 ? Words : 1];
    for (int k = 0; k < Words; ++k) forbidden[k] = sets_.at(v)[k];
    for (const std::int32_t w : graph_.of(v)) {
      const Word* below = masks + (colors[w] + 1) * Words;
      const Word* set = sets_.at(w);
      for (int k = 0; k < Words; ++k) forbidden[k] |= set[k] & below[k];
    }
    return first_missing(forbidden, Words);
  }

  /// The same where light vertices have no sets.
  std::int32_t first_color_of_many(std::int32_t v) {
    const std::int32_t* colors = result_.colors.data();
    const int words = sets_.words();
    forbidden_.assign(words, 0);
    for (const std::int32_t w : graph_.of(v)) {
      const std::int32_t color = colors[w];
      if (color >= 0) add(forbidden_.data(), color);
      const std::int32_t limit = color < 0 ? 64 * words : color;
      if (const Word* set = sets_.find(w)) {
        for (int k = 0; k < limit >> 6; ++k) forbidden_[k] |= set[k];
        if ((limit & 63) != 0) forbidden_[limit >> 6] |= set[limit >> 6] & ((Word{1} << (limit & 63)) - 1);
      } else {
        for (const std::int32_t x : graph_.of(w)) {
          if (colors[x] >= 0 && colors[x] < limit) add(forbidden_.data(), colors[x]);
        }
      }
    }
    return first_missing(forbidden_.data(), words);
  }

  /// masks_[color + 1]: the colours below it; all for a vertex without a colour.
  void set_masks() {
    if (!sets_.every_vertex()) return;
    const int words = sets_.words();
    masks_.assign((64 * words + 1) * words, 0);
    std::fill_n(masks_.begin(), words, ~Word{0});
    for (int color = 0; color < 64 * words; ++color) {
      for (int below = 0; below < color; ++below) add(masks_.data() + (color + 1) * words, below);
    }
  }

  const Adjacency graph_;
  std::span<const std::int32_t> order_;
  GreedyOptions options_;
  ColorSets<1> sets_;
  std::vector<Word> masks_;
  GreedyColors result_;
  bool gave_up_ = false;
  std::vector<Word> forbidden_;  // where light vertices have no sets
};

}  // namespace

GreedyColors greedy_restricted_star(const Adjacency& graph, std::span<const std::int32_t> order,
                                    const GreedyOptions& options) {
  return RestrictedStarColoring(graph, order, options).run();
}

}  // namespace heliotrope::symmetric_detail
