// SPDX-License-Identifier: Apache-2.0
// Star colouring with three sets of colours a vertex w, which take the place of walks over neighbours of neighbours:
//
//   seen   colours of neighbours of w
//   twice  colours that two or more neighbours of w have
//   hubs   colours of neighbours x of w for which w's colour is among the `twice` of x: x is the hub of a star with w
//
// A vertex v may not have the colour of a neighbour; of a neighbour of its neighbour w where w's colour is one of v's
// `twice` (v would be hub of a star with w, and w is in the middle of a path of four); of a hub of w otherwise.
#include <algorithm>

#include "derive/greedy_by_sets.hpp"

namespace heliotrope::symmetric_detail {

namespace {

class StarColoring : public GreedyBySets<StarColoring, 3> {
 public:
  using GreedyBySets::GreedyBySets;

  template <int Words>
  std::size_t run_from(std::size_t position) {
    const bool bipartite = options_.num_rows >= 0;
    for (; position < order_.size(); ++position) {
      const std::int32_t v = order_[position];
      if (graph_.degree(v) == 0 || (bipartite && covered(v))) continue;
      const std::int32_t color = Words > 0 ? first_color<Words>(v, bipartite) : first_color_of_many(v, bipartite);
      if (color == 64 * sets_.words()) return position;
      if (!count(color, bipartite && v >= options_.num_rows)) return position;
      result_.colors[v] = color;
      Words > 0 ? note<Words>(v, color) : note_of_many(v, color);
    }
    return position;
  }

  void grow() {
    sets_.grow([this](std::int64_t w, const Word* set, int words) {
      if (is_hub_.empty()) is_hub_.assign(graph_.begin[graph_.num_vertices], 0);
      for (std::int64_t e = graph_.begin[w]; e < graph_.begin[w + 1]; ++e) {
        const std::int32_t color = result_.colors[graph_.neighbors[e]];
        // Only one neighbour of w has a hub's colour: two would make w a hub itself.
        is_hub_[e] = color >= 0 && has(set + 2 * words, color);
      }
    });
    if (!sets_.every_vertex()) {
      count_.resize(64 * sets_.words() + 1, 0);
      if (is_hub_.empty()) is_hub_.assign(graph_.begin[graph_.num_vertices], 0);
    }
  }

 private:
  bool covered(std::int32_t v) const {
    for (const std::int32_t w : graph_.of(v)) {
      if (result_.colors[w] < 0) return false;
    }
    return true;
  }

  template <int Words>
  std::int32_t first_color(std::int32_t v, bool bipartite) {
    const std::int32_t* colors = result_.colors.data();
    const Word* mine = sets_.template at<Words>(v);
    Word forbidden[Words > 0 ? Words : 1];
    for (int k = 0; k < Words; ++k) forbidden[k] = bipartite ? 0 : mine[k];
    for (const std::int32_t w : graph_.of(v)) {
      const std::int32_t color = colors[w];
      if (color < 0 && !bipartite) continue;  // v itself is among these
      const bool seen = color < 0 || has(mine + Words, color);
      const Word* set = sets_.template at<Words>(w) + (seen ? 0 : 2 * Words);
      for (int k = 0; k < Words; ++k) forbidden[k] |= set[k];
    }
    return first_missing(forbidden, Words);
  }

  /// Brings the sets up to date after v was coloured.
  template <int Words>
  void note(std::int32_t v, std::int32_t color) {
    const std::int32_t* colors = result_.colors.data();
    Word* mine = sets_.template at<Words>(v);
    for (const std::int32_t x : graph_.of(v)) {
      Word* set = sets_.template at<Words>(x);
      const std::int32_t other = colors[x];
      if (!has(set, color)) {
        add(set, color);
      } else if (!has(set + Words, color)) {
        add(set + Words, color);
        if (other >= 0) {  // x becomes the hub of v and of the one neighbour that has the colour already
          for (const std::int32_t y : graph_.of(x)) {
            if (colors[y] == color) add(sets_.template at<Words>(y) + 2 * Words, other);
          }
        }
      } else if (other >= 0) {
        add(mine + 2 * Words, other);
      }
      if (other >= 0 && has(mine + Words, other)) add(set + 2 * Words, color);
    }
  }

  // The same where light vertices have no sets.

  std::int32_t first_color_of_many(std::int32_t v, bool bipartite) {
    const std::int32_t* colors = result_.colors.data();
    forbidden_.assign(sets_.words(), 0);
    for (const std::int32_t w : graph_.of(v)) {
      if (colors[w] >= 0 && !bipartite) add(forbidden_.data(), colors[w]);
    }
    count_colors(v);
    for (const std::int32_t w : graph_.of(v)) {
      const std::int32_t color = colors[w];
      if (color < 0 && !bipartite) continue;
      const bool seen = color < 0 || count_[color] > 1;
      if (const Word* set = sets_.find(w)) {
        set += seen ? 0 : 2 * sets_.words();
        for (int k = 0; k < sets_.words(); ++k) forbidden_[k] |= set[k];
      } else {
        for (std::int64_t e = graph_.begin[w]; e < graph_.begin[w + 1]; ++e) {
          const std::int32_t second = colors[graph_.neighbors[e]];
          if (second >= 0 && (seen || is_hub_[e])) add(forbidden_.data(), second);
        }
      }
    }
    const std::int32_t color = first_missing(forbidden_.data(), sets_.words());
    if (color == 64 * sets_.words()) clear_count(v);  // otherwise note_of_many reads it, then clears it
    return color;
  }

  void note_of_many(std::int32_t v, std::int32_t color) {
    const std::int32_t* colors = result_.colors.data();
    for (const std::int32_t x : graph_.of(v)) {
      if (x == v) continue;
      const std::int32_t other = colors[x];
      int earlier = 0;  // neighbours of x other than v that have the colour, 2 standing for more
      Word* set = sets_.find(x);
      if (set != nullptr) {
        earlier = has(set, color) + has(set + sets_.words(), color);
        add(set + (earlier == 0 ? 0 : sets_.words()), color);
      } else {
        for (const std::int32_t y : graph_.of(x)) earlier += y != v && colors[y] == color;
      }
      if (other < 0) continue;
      if (earlier == 1) {
        for (const std::int32_t y : graph_.of(x)) {
          if (colors[y] == color) mark_hub(y, x, other);
        }
      } else if (earlier > 1) {
        mark_hub(v, x, other);
      }
      if (count_[other] > 1) mark_hub(x, v, color);
    }
    clear_count(v);
  }

  /// x, of that colour, is the hub of a star with its neighbour w.
  void mark_hub(std::int32_t w, std::int32_t x, std::int32_t color) {
    if (Word* set = sets_.find(w)) {
      add(set + 2 * sets_.words(), color);
    } else {
      const auto neighbors = graph_.of(w);
      is_hub_[graph_.begin[w] + (std::lower_bound(neighbors.begin(), neighbors.end(), x) - neighbors.begin())] = 1;
    }
  }

  void count_colors(std::int32_t v) {
    for (const std::int32_t w : graph_.of(v)) {
      if (result_.colors[w] >= 0) ++count_[result_.colors[w]];
    }
  }
  void clear_count(std::int32_t v) {
    for (const std::int32_t w : graph_.of(v)) {
      if (result_.colors[w] >= 0) count_[result_.colors[w]] = 0;
    }
  }

  // Where light vertices have no sets:
  LargeVector<std::uint8_t> is_hub_;  // [entry (w, x)]: x is the hub of a star with w, for light w
  std::vector<std::int32_t> count_;   // [colour]: neighbours of the vertex at hand that have it; zeros in between
};

}  // namespace

GreedyColors greedy_star(const Adjacency& graph, std::span<const std::int32_t> order, const GreedyOptions& options) {
  return StarColoring(graph, order, options).run();
}

}  // namespace heliotrope::symmetric_detail
