// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/derive/symmetric_recovery.hpp"

#include <algorithm>
#include <string>

#include "derive/recovery_detail.hpp"
#include "heliotrope/error.hpp"

namespace heliotrope {

namespace symmetric_detail {

void require_size(std::size_t found, std::int64_t expected, const char* what) {
  if (static_cast<std::int64_t>(found) == expected) return;
  throw Error(std::string("recovery: ") + what + " holds " + std::to_string(found) + " numbers; expected are " +
              std::to_string(expected));
}

void require_colors(const Coloring& coloring, std::int64_t count, const char* what) {
  require_size(coloring.colors.size(), count, "the array of colors");
  for (std::size_t k = 0; k < coloring.colors.size(); ++k) {
    if (coloring.colors[k] >= -1 && coloring.colors[k] < coloring.num_colors) continue;
    throw Error(std::string("recovery: ") + what + " " + std::to_string(k) + " has color " +
                std::to_string(coloring.colors[k]) + "; expected is -1 to " + std::to_string(coloring.num_colors - 1));
  }
}

void require_recoverable(const std::optional<UnrecoverableEntry>& fault) {
  if (fault) throw Error("recovery: " + to_string(*fault));
}

void unrecoverable(std::int64_t row, std::int64_t column) {
  throw Error("recovery: " + to_string(UnrecoverableEntry{row, column, "the coloring does not let it be recovered"}));
}

std::vector<std::uint8_t> alone_in_row(const SparsityPattern& pattern, const Coloring& columns) {
  std::vector<std::uint8_t> alone(pattern.columns.size());
  std::vector<std::int64_t> count(columns.num_colors, 0);
  for (std::int64_t i = 0; i < pattern.num_rows; ++i) {
    const auto change = [&](std::int64_t by) {
      for (const std::int32_t j : pattern.row(i)) {
        if (columns.colors[j] >= 0) count[columns.colors[j]] += by;
      }
    };
    change(+1);
    for (std::int64_t e = pattern.row_begin[i]; e < pattern.row_begin[i + 1]; ++e) {
      const std::int32_t color = columns.colors[pattern.columns[e]];
      alone[e] = color >= 0 && count[color] == 1;
    }
    change(-1);
  }
  return alone;
}

}  // namespace symmetric_detail

namespace {

using symmetric_detail::Unknown;

/// Calls f(i, j, entry, mirror) for i <= j.
template <class F>
void for_each_pair(const SparsityPattern& pattern, const F& f) {
  auto cursor = pattern.row_begin;
  for (std::int64_t i = 0; i < pattern.num_rows; ++i) {
    for (std::int64_t e = cursor[i]; e < pattern.row_begin[i + 1]; ++e) {  // what is left of row i is right of i
      const std::int32_t j = pattern.columns[e];
      f(i, j, e, j == i ? e : cursor[j]++);
    }
  }
}

}  // namespace

StarRecovery prepare_star_recovery(const SparsityPattern& pattern, const Coloring& coloring) {
  symmetric_detail::require_recoverable(check_star(pattern, coloring));
  const auto alone = symmetric_detail::alone_in_row(pattern, coloring);
  StarRecovery recovery{pattern.num_rows, coloring.num_colors, {}};
  recovery.source.resize(pattern.columns.size());
  for_each_pair(pattern, [&](std::int64_t i, std::int64_t j, std::int64_t entry, std::int64_t mirror) {
    recovery.source[entry] = recovery.source[mirror] =
        alone[entry] ? i + pattern.num_rows * coloring.colors[j] : j + pattern.num_rows * coloring.colors[i];
  });
  return recovery;
}

void StarRecovery::recover(std::span<const double> compressed, std::span<double> values) const {
  symmetric_detail::require_size(compressed.size(), num_rows * num_colors, "the compressed matrix");
  symmetric_detail::require_size(values.size(), static_cast<std::int64_t>(source.size()), "the array of values");
  for (std::size_t e = 0; e < source.size(); ++e) values[e] = compressed[source[e]];
}

AcyclicRecovery prepare_acyclic_recovery(const SparsityPattern& pattern, const Coloring& coloring) {
  symmetric_detail::adjacency_of_symmetric(pattern);
  symmetric_detail::require_colors(coloring, pattern.num_rows, "column");
  AcyclicRecovery recovery{pattern.num_rows, coloring.num_colors, pattern.num_entries(), {}};
  SubstitutionSteps& steps = recovery.steps;
  steps.subtract_begin = {0};
  const std::int64_t n = pattern.num_rows;
  std::vector<Unknown> edges;
  edges.reserve(pattern.columns.size() / 2);
  for_each_pair(pattern, [&](std::int64_t i, std::int64_t j, std::int64_t entry, std::int64_t mirror) {
    if (i != j) {
      edges.push_back({static_cast<std::int32_t>(i), static_cast<std::int32_t>(j), entry, mirror});
      return;
    }
    if (coloring.colors[i] < 0) symmetric_detail::unrecoverable(i, i);
    steps.source.push_back(i + n * coloring.colors[i]);
    steps.entry.push_back(entry);
    steps.mirror.push_back(entry);
    steps.subtract_begin.push_back(0);
  });
  symmetric_detail::Sums sums{edges, coloring.colors, coloring.num_colors, {}, true};
  sums.source = [n](std::int32_t v, std::int32_t color) { return v + n * color; };
  const std::int64_t fault = symmetric_detail::append_forests(sums, steps);
  if (fault >= 0) symmetric_detail::unrecoverable(edges[fault].a, edges[fault].b);
  return recovery;
}

void AcyclicRecovery::recover(std::span<const double> compressed, std::span<double> values) const {
  symmetric_detail::require_size(compressed.size(), num_rows * num_colors, "the compressed matrix");
  symmetric_detail::require_size(values.size(), num_entries, "the array of values");
  symmetric_detail::substitute(steps, values, [&](std::int64_t source) { return compressed[source]; });
}

}  // namespace heliotrope
