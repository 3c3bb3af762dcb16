// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <numeric>
#include <vector>

#include "derive/greedy_coloring.hpp"

namespace heliotrope::symmetric_detail {

namespace {

/// Colours as classes of vertices; the classes of columns come after those of rows.
class Classes {
 public:
  Classes(const Adjacency& graph, std::int64_t num_rows, GreedyColors& coloring)
      : graph_(graph),
        first_column_(num_rows < 0 ? graph.num_vertices : num_rows),
        of_rows_(coloring.num_colors[0]),
        coloring_(coloring),
        seen_by_(of_rows_ + coloring.num_colors[1], -1) {}

  void drop() {
    // Dropping a class makes others harder to drop, so only those that could go at first need a second look.
    std::vector<std::uint8_t> dropped(seen_by_.size(), 1);
    std::size_t left = dropped.size();
    for (std::int64_t v = 0; v < graph_.num_vertices && left > 0; ++v) {
      if (coloring_.colors[v] < 0 || !dropped[class_of(v)] || readable_without(v)) continue;
      dropped[class_of(v)] = 0;
      --left;
    }
    if (left == 0) return;
    list(dropped);
    std::fill(seen_by_.begin(), seen_by_.end(), -1);
    for (std::size_t k = dropped.size(); k-- > 0;) {
      const auto first = vertices_.begin() + begin_[k], last = vertices_.begin() + begin_[k + 1];
      dropped[k] = dropped[k] && std::all_of(first, last, [this](std::int32_t v) { return readable_without(v); });
      if (dropped[k]) std::for_each(first, last, [this](std::int32_t v) { coloring_.colors[v] = -1; });
    }
    renumber(dropped);
  }

 private:
  std::int32_t class_of(std::int64_t v) const { return coloring_.colors[v] + (v >= first_column_ ? of_rows_ : 0); }

  /// The vertices of those classes, class by class.
  void list(const std::vector<std::uint8_t>& classes) {
    begin_.assign(classes.size() + 1, 0);
    for (std::int64_t v = 0; v < graph_.num_vertices; ++v) {
      if (coloring_.colors[v] >= 0 && classes[class_of(v)]) ++begin_[class_of(v) + 1];
    }
    std::partial_sum(begin_.begin(), begin_.end(), begin_.begin());
    vertices_.resize(begin_.back());
    auto cursor = begin_;
    for (std::int64_t v = 0; v < graph_.num_vertices; ++v) {
      if (coloring_.colors[v] < 0 || !classes[class_of(v)]) continue;
      vertices_[cursor[class_of(v)]++] = static_cast<std::int32_t>(v);
    }
  }

  /// Whether every entry at v can be read by its neighbours' colours.
  bool readable_without(std::int64_t v) {
    for (const std::int32_t w : graph_.of(v)) {
      if (w == v || coloring_.colors[w] < 0) return false;
      std::int32_t& last = seen_by_[class_of(w)];
      if (last == v) return false;
      last = static_cast<std::int32_t>(v);
    }
    return true;
  }

  void renumber(const std::vector<std::uint8_t>& dropped) {
    std::vector<std::int32_t> number(dropped.size());
    std::int32_t kept[2] = {0, 0};
    for (std::size_t k = 0; k < dropped.size(); ++k) {
      if (!dropped[k]) number[k] = kept[static_cast<std::int32_t>(k) >= of_rows_]++;
    }
    for (std::int64_t v = 0; v < graph_.num_vertices; ++v) {
      if (coloring_.colors[v] >= 0) coloring_.colors[v] = number[class_of(v)];
    }
    coloring_.num_colors[0] = kept[0];
    coloring_.num_colors[1] = kept[1];
  }

  const Adjacency& graph_;
  std::int64_t first_column_;
  std::int32_t of_rows_;
  GreedyColors& coloring_;
  std::vector<std::int64_t> begin_;  // of each class in vertices_
  std::vector<std::int32_t> vertices_;
  std::vector<std::int32_t> seen_by_;  // [class]: the vertex that last saw it among its neighbours
};

}  // namespace

void drop_unread_colors(const Adjacency& graph, std::int64_t num_rows, GreedyColors& coloring) {
  Classes(graph, num_rows, coloring).drop();
}

}  // namespace heliotrope::symmetric_detail
