// SPDX-License-Identifier: Apache-2.0
#include "derive/peeling.hpp"

#include <string>
#include <vector>

#include "heliotrope/error.hpp"

namespace heliotrope::recovery_detail {

Equations number_equations(const SparsityPattern& pattern, const Coloring& coloring, const char* what) {
  if (static_cast<std::int64_t>(coloring.colors.size()) != pattern.num_columns) {
    throw Error("recovery: found " + std::to_string(coloring.colors.size()) + " colours of " + what + "; expected " +
                std::to_string(pattern.num_columns));
  }
  for (std::size_t j = 0; j < coloring.colors.size(); ++j) {
    if (coloring.colors[j] >= -1 && coloring.colors[j] < coloring.num_colors) continue;
    throw Error("recovery: found colour " + std::to_string(coloring.colors[j]) + " at " + std::to_string(j) + " of " +
                what + "; expected -1 to " + std::to_string(coloring.num_colors - 1));
  }
  Equations equations{LargeVector<std::int64_t>(pattern.columns.size(), -1), 0};
  std::vector<std::int64_t> of_color(static_cast<std::size_t>(coloring.num_colors), -1);
  for (std::int64_t i = 0; i < pattern.num_rows; ++i) {
    const std::int64_t first_of_row = equations.count;
    for (std::int64_t k = pattern.row_begin[i]; k < pattern.row_begin[i + 1]; ++k) {
      const std::int32_t color = coloring.colors[pattern.columns[k]];
      if (color < 0) continue;
      if (of_color[color] < first_of_row) of_color[color] = equations.count++;
      equations.of_entry[k] = of_color[color];
    }
  }
  return equations;
}

LargeVector<std::int64_t> transposed_positions(const SparsityPattern& pattern) {
  std::vector<std::int64_t> next(static_cast<std::size_t>(pattern.num_columns) + 1, 0);
  for (std::int32_t j : pattern.columns) ++next[j + 1];
  for (std::int64_t j = 0; j < pattern.num_columns; ++j) next[j + 1] += next[j];
  LargeVector<std::int64_t> positions(pattern.columns.size());
  for (std::int64_t k = 0; k < pattern.num_entries(); ++k) positions[next[pattern.columns[k]]++] = k;
  return positions;
}

Peeling peel(std::span<const std::int64_t> first, std::span<const std::int64_t> second, std::int64_t num_equations) {
  // Of each equation how many unknowns are left, and the exclusive or of their numbers: the last one's, when one is.
  LargeVector<std::int32_t> left(static_cast<std::size_t>(num_equations), 0);
  LargeVector<std::int64_t> last(left.size(), 0);
  const auto change = [&](std::int64_t equation, std::int64_t unknown, int by) {
    if (equation < 0) return false;
    last[equation] ^= unknown;
    return (left[equation] += by) == 1;
  };
  const auto unknowns = static_cast<std::int64_t>(first.size());
  for (std::int64_t u = 0; u < unknowns; ++u) change(first[u], u, 1), change(second[u], u, 1);
  LargeVector<std::int64_t> ready;
  for (std::int64_t e = 0; e < num_equations; ++e) {
    if (left[e] == 1) ready.push_back(e);
  }
  const std::size_t alone_from_the_start = ready.size();

  Peeling peeling;
  LargeVector<std::uint8_t> is_known(first.size(), 0), is_read(left.size(), 0);
  for (std::size_t r = 0; r < ready.size(); ++r) {
    const std::int64_t equation = ready[r];
    if (left[equation] != 1) continue;  // its unknown came from the other one
    const std::int64_t u = last[equation];
    const bool from_second = second[u] == equation;
    const std::int64_t other = from_second ? first[u] : second[u];
    peeling.steps.push_back({u, from_second, false});
    peeling.num_substitutions += r >= alone_from_the_start;
    is_known[u] = is_read[equation] = 1;
    left[equation] = 0;
    if (change(other, u, -1)) ready.push_back(other);
  }
  for (PeelingStep& step : peeling.steps) {
    const std::int64_t other = step.from_second ? first[step.unknown] : second[step.unknown];
    step.subtract = other >= 0 && is_read[other];
  }
  for (std::int64_t u = 0; u < unknowns && peeling.undetermined < 0; ++u) {
    if (!is_known[u]) peeling.undetermined = u;
  }
  return peeling;
}

}  // namespace heliotrope::recovery_detail
