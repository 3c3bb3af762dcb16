// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <numeric>

#include "derive/greedy_coloring.hpp"

namespace heliotrope::symmetric_detail {

void drop_unread_colors(const Adjacency& graph, std::int64_t num_rows, GreedyColors& coloring) {
  auto& colors = coloring.colors;
  const std::int64_t n = graph.num_vertices, of_rows = coloring.num_colors[0];
  const std::int64_t num_classes = of_rows + coloring.num_colors[1];
  // Vertices by colour; the colours of columns come after those of rows.
  const auto class_of = [&](std::int64_t v) { return colors[v] + (num_rows >= 0 && v >= num_rows ? of_rows : 0); };
  std::vector<std::int64_t> begin(num_classes + 1, 0);
  for (std::int64_t v = 0; v < n; ++v) {
    if (colors[v] >= 0) ++begin[class_of(v) + 1];
  }
  std::partial_sum(begin.begin(), begin.end(), begin.begin());
  std::vector<std::int32_t> vertices(begin[num_classes]);
  {
    auto cursor = begin;
    for (std::int64_t v = 0; v < n; ++v) {
      if (colors[v] >= 0) vertices[cursor[class_of(v)]++] = static_cast<std::int32_t>(v);
    }
  }
  std::vector<std::int32_t> seen_by(num_classes, -1);
  const auto readable_without = [&](std::int32_t v) {
    for (const std::int32_t w : graph.of(v)) {
      if (w == v || colors[w] < 0) return false;
      auto& last = seen_by[class_of(w)];
      if (last == v) return false;
      last = v;
    }
    return true;
  };

  std::vector<std::int32_t> renumbered(num_classes, 0);
  for (std::int64_t k = num_classes - 1; k >= 0; --k) {
    const auto first = vertices.begin() + begin[k], last = vertices.begin() + begin[k + 1];
    if (!std::all_of(first, last, readable_without)) continue;
    std::for_each(first, last, [&](std::int32_t v) { colors[v] = -1; });
    renumbered[k] = -1;
  }
  std::int32_t kept[2] = {0, 0};
  for (std::int64_t k = 0; k < num_classes; ++k) {
    if (renumbered[k] == 0) renumbered[k] = kept[k >= of_rows]++;
  }
  for (std::int64_t v = 0; v < n; ++v) {
    if (colors[v] >= 0) colors[v] = renumbered[class_of(v)];
  }
  coloring.num_colors[0] = kept[0];
  coloring.num_colors[1] = kept[1];
}

}  // namespace heliotrope::symmetric_detail
