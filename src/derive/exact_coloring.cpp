// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <bit>
#include <string>

#include "heliotrope/derive/coloring.hpp"
#include "heliotrope/error.hpp"

namespace heliotrope {

namespace {

/// Branch and bound over vertices in order of saturation: the number of colours that their neighbours have
/// [Brelaz1979].
class ExactSearch {
 public:
  ExactSearch(const SparsityPattern& pattern, Coloring greedy, std::int32_t bound, std::int64_t node_limit)
      : count_(static_cast<std::int32_t>(pattern.num_columns)),
        words_((count_ + 63) / 64),
        adjacent_(static_cast<std::size_t>(count_) * words_, 0),
        uses_(static_cast<std::size_t>(count_) * (greedy.num_colors + 1), 0),
        saturation_(count_, 0),
        degree_(count_, 0),
        bound_(bound),
        node_limit_(node_limit) {
    num_slots_ = greedy.num_colors + 1;
    for (std::int64_t i = 0; i < pattern.num_rows; ++i) {
      for (std::int32_t a : pattern.row(i)) {
        for (std::int32_t b : pattern.row(i)) {
          if (a != b) adjacent_[std::size_t(a) * words_ + b / 64] |= std::uint64_t{1} << (b % 64);
        }
      }
    }
    for (std::int32_t v = 0; v < count_; ++v) {
      for (int w = 0; w < words_; ++w) degree_[v] += std::popcount(adjacent_[std::size_t(v) * words_ + w]);
    }
    colors_.assign(count_, -1);
    for (std::int32_t v = 0; v < count_; ++v) {
      if (greedy.colors[v] >= 0)
        ++left_;
      else
        colors_[v] = -2;  // has no entry: never visited
    }
    best_ = std::move(greedy);
  }

  ExactColoring run() {
    if (best_.num_colors > bound_) visit(0);
    ExactColoring result;
    result.optimal = best_.num_colors <= bound_ || nodes_ < node_limit_;
    result.nodes = nodes_;
    result.coloring = std::move(best_);
    return result;
  }

 private:
  /// All ways to colour what is left, `used` colours being in use; stops at the bound or the limit.
  void visit(std::int32_t used) {
    if (++nodes_ >= node_limit_) return;
    if (left_ == 0) {
      keep(used);
      return;
    }
    const std::int32_t v = most_saturated();
    for (std::int32_t color = 0; color <= used && color + 1 < best_.num_colors; ++color) {
      if (uses_[std::size_t(v) * num_slots_ + color] > 0) continue;
      const std::int32_t now = std::max(used, color + 1);
      if (now >= best_.num_colors) break;
      give(v, color, +1);
      visit(now);
      give(v, color, -1);
      if (best_.num_colors <= bound_ || nodes_ >= node_limit_) return;
    }
  }

  void keep(std::int32_t used) {
    best_.num_colors = used;
    for (std::int32_t v = 0; v < count_; ++v) best_.colors[v] = std::max(colors_[v], -1);
  }

  std::int32_t most_saturated() const {
    std::int32_t chosen = -1;
    for (std::int32_t v = 0; v < count_; ++v) {
      if (colors_[v] != -1) continue;
      if (chosen < 0 || saturation_[v] > saturation_[chosen] ||
          (saturation_[v] == saturation_[chosen] && degree_[v] > degree_[chosen])) {
        chosen = v;
      }
    }
    return chosen;
  }

  /// Colours v (by +1) or takes the colour back (by -1).
  void give(std::int32_t v, std::int32_t color, int by) {
    colors_[v] = by > 0 ? color : -1;
    left_ -= by;
    for (int w = 0; w < words_; ++w) {
      for (std::uint64_t bits = adjacent_[std::size_t(v) * words_ + w]; bits != 0; bits &= bits - 1) {
        const std::int32_t u = 64 * w + std::countr_zero(bits);
        std::int32_t& uses = uses_[std::size_t(u) * num_slots_ + color];
        if (by > 0 ? uses++ == 0 : --uses == 0) saturation_[u] += by;
      }
    }
  }

  std::int32_t count_;
  int words_;
  std::vector<std::uint64_t> adjacent_;  // [count][words] bits
  std::vector<std::int32_t> uses_;       // [count][slots]: neighbours that have the colour
  std::vector<std::int32_t> saturation_, degree_, colors_;
  std::int32_t num_slots_ = 0;
  std::int32_t left_ = 0;
  std::int32_t bound_;
  std::int64_t node_limit_, nodes_ = 0;
  Coloring best_;
};

}  // namespace

ExactColoring color_columns_exactly(const SparsityPattern& pattern, std::int64_t node_limit) {
  if (pattern.num_columns > 4096) {
    throw Error("exact coloring: " + std::to_string(pattern.num_columns) + " vertices, expected at most 4096");
  }
  Coloring greedy = color_columns(pattern, {.order = ColoringOrder::best, .regrouping_passes = 2});
  return ExactSearch(pattern, std::move(greedy), column_color_bound(pattern), node_limit).run();
}

ExactColoring color_rows_exactly(const SparsityPattern& pattern, std::int64_t node_limit) {
  return color_columns_exactly(transpose(pattern), node_limit);
}

}  // namespace heliotrope
