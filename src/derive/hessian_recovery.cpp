// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/derive/hessian_recovery.hpp"

#include <string>

#include "derive/peeling.hpp"
#include "heliotrope/error.hpp"

namespace heliotrope {

namespace {

/// Position of (j, i) for the entry (i, j) at each position: rows are met in ascending order, so that the mirrored
/// entries of row j are met one after the other.
LargeVector<std::int64_t> mirrored_entries(const SparsityPattern& pattern) {
  LargeVector<std::int64_t> mirrored(pattern.columns.size());
  LargeVector<std::int64_t> next(pattern.row_begin.begin(), pattern.row_begin.end() - 1);
  for (std::int64_t i = 0; i < pattern.num_rows; ++i) {
    for (std::int64_t k = pattern.row_begin[i]; k < pattern.row_begin[i + 1]; ++k) {
      const std::int32_t j = pattern.columns[k];
      if (j >= pattern.num_rows || next[j] == pattern.row_begin[j + 1] || pattern.columns[next[j]] != i) {
        throw Error("recovery: entry (" + std::to_string(i) + ", " + std::to_string(j) +
                    ") of a Hessian's pattern has no mirrored entry; expected a symmetric pattern");
      }
      mirrored[k] = next[j]++;
    }
  }
  return mirrored;
}

}  // namespace

HessianRecovery::HessianRecovery(const SparsityPattern& pattern, const Coloring& coloring)
    : size_(pattern.num_rows), num_entries_(pattern.num_entries()), num_colors_(coloring.num_colors) {
  check_pattern(pattern);
  const LargeVector<std::int64_t> mirrored = mirrored_entries(pattern);
  const recovery_detail::Equations equations = recovery_detail::number_equations(pattern, coloring, "columns");

  // The unknowns: entries on and right of the diagonal, by rows. The first equation of (i, j) is that of row i.
  struct Pair {
    std::int32_t row;
    std::int64_t entry;
  };
  LargeVector<Pair> pairs;
  LargeVector<std::int64_t> first, second;
  for (std::int64_t i = 0; i < size_; ++i) {
    for (std::int64_t k = pattern.row_begin[i]; k < pattern.row_begin[i + 1]; ++k) {
      if (pattern.columns[k] < i) continue;
      pairs.push_back({static_cast<std::int32_t>(i), k});
      first.push_back(equations.of_entry[k]);
      second.push_back(mirrored[k] == k ? -1 : equations.of_entry[mirrored[k]]);
    }
  }
  const recovery_detail::Peeling peeling = recovery_detail::peel(first, second, equations.count);
  if (peeling.undetermined >= 0) {
    const Pair& pair = pairs[peeling.undetermined];
    throw Error("recovery: the colouring does not determine entry (" + std::to_string(pair.row) + ", " +
                std::to_string(pattern.columns[pair.entry]) + ") of a Hessian; expected a star or acyclic colouring");
  }
  num_substitutions_ = peeling.num_substitutions;
  steps_.reserve(peeling.steps.size());
  for (const recovery_detail::PeelingStep& step : peeling.steps) {
    const Pair& pair = pairs[step.unknown];
    const std::int64_t i = pair.row, j = pattern.columns[pair.entry];
    const std::int64_t of_row = coloring.colors[j] * size_ + i, of_column = coloring.colors[i] * size_ + j;
    steps_.push_back({step.from_second ? of_column : of_row,
                      !step.subtract     ? -1
                      : step.from_second ? of_row
                                         : of_column,
                      pair.entry, mirrored[pair.entry]});
  }
}

void HessianRecovery::recover(std::span<double> products, std::span<double> values) const {
  if (static_cast<std::int64_t>(products.size()) != size_ * num_colors_ ||
      static_cast<std::int64_t>(values.size()) != num_entries_) {
    throw Error("HessianRecovery got " + std::to_string(products.size()) + " products and room for " +
                std::to_string(values.size()) + " values; expected " + std::to_string(size_ * num_colors_) + " and " +
                std::to_string(num_entries_));
  }
  for (const Step& step : steps_) {
    const double value = products[static_cast<std::size_t>(step.product)];
    values[static_cast<std::size_t>(step.entry)] = values[static_cast<std::size_t>(step.mirrored)] = value;
    if (step.other >= 0) products[static_cast<std::size_t>(step.other)] -= value;
  }
}

}  // namespace heliotrope
