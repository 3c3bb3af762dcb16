// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <utility>
#include <vector>

#include "derive/color_sets.hpp"
#include "derive/greedy_coloring.hpp"

namespace heliotrope::symmetric_detail {

/// What first fit by sets of colours has in common, compiled for 1, 2 and 4 words a set and for any number.
///
/// Self has `template <int Words> std::size_t run_from(std::size_t position)`, which colours vertices from a position
/// in the order until none is left, too many colours are needed or the sets are too small, and returns the position of
/// the first vertex not coloured (Words is 0 where some vertices have no sets); and grow(), which doubles the colours.
/// It may have a begin() of its own, which may colour vertices and returns the first position that is left.
template <class Self, int Sets>
class GreedyBySets {
 public:
  GreedyBySets(const Adjacency& graph, std::span<const std::int32_t> order, const GreedyOptions& options)
      : graph_(graph), order_(order), options_(options), sets_(graph) {
    detail::reserve_huge(result_.colors, static_cast<std::size_t>(graph.num_vertices));
    result_.colors.assign(graph.num_vertices, -1);
  }

  GreedyColors run() {
    Self& self = static_cast<Self&>(*this);
    for (std::size_t position = self.begin(); !gave_up_ && position < order_.size();) {
      switch (sets_.words()) {
        case 1:
          position = self.template run_from<1>(position);
          break;
        case 2:
          position = self.template run_from<2>(position);
          break;
        case 4:
          position = self.template run_from<4>(position);
          break;
        default:
          position = self.template run_from<0>(position);
      }
      if (!gave_up_ && position < order_.size()) self.grow();
    }
    result_.complete = !gave_up_;
    return std::move(result_);
  }

 protected:
  std::size_t begin() {
    sets_.start();
    return 0;
  }

  /// Counts a colour of that side, if it is the next one; false: it is one too many.
  bool count(std::int32_t color, int side) {
    if (color < result_.num_colors[side]) return true;
    gave_up_ = result_.num_colors[0] + result_.num_colors[1] >= options_.most_colors;
    if (!gave_up_) ++result_.num_colors[side];
    return !gave_up_;
  }

  const Adjacency graph_;
  std::span<const std::int32_t> order_;
  GreedyOptions options_;
  ColorSets<Sets> sets_;
  GreedyColors result_;
  bool gave_up_ = false;
  std::vector<Word> forbidden_;  // where light vertices have no sets
};

}  // namespace heliotrope::symmetric_detail
