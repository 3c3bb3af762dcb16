// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/derive/hessian_recovery.hpp"

#include <string>
#include <vector>

#include "heliotrope/error.hpp"

namespace heliotrope {

namespace {

/// Position of (j, i) for the entry (i, j) at each position: rows are met in ascending order, so that the mirrored
/// entries of row j are met one after the other.
LargeVector<std::int64_t> mirrored_entries(const SparsityPattern& pattern) {
  LargeVector<std::int64_t> mirrored(pattern.columns.size()),
      next(pattern.row_begin.begin(), pattern.row_begin.end() - 1);
  for (std::int64_t i = 0; i < pattern.num_rows; ++i) {
    for (std::int64_t k = pattern.row_begin[i]; k < pattern.row_begin[i + 1]; ++k) {
      const std::int32_t j = pattern.columns[k];
      const bool inside = j >= 0 && j < pattern.num_rows;
      if (!inside || next[j] == pattern.row_begin[j + 1] || pattern.columns[next[j]] != i) {
        throw Error("entry (" + std::to_string(i) + ", " + std::to_string(j) +
                    ") of a Hessian's pattern has no mirrored entry; expected a symmetric pattern with sorted rows");
      }
      mirrored[k] = next[j]++;
    }
  }
  return mirrored;
}

}  // namespace

HessianRecovery::HessianRecovery(const SparsityPattern& pattern, const Coloring& coloring)
    : size_(pattern.num_rows), num_entries_(pattern.num_entries()), num_colors_(coloring.num_colors) {
  if (pattern.num_rows != pattern.num_columns || static_cast<std::int64_t>(coloring.colors.size()) != size_) {
    throw Error("a Hessian's pattern is " + std::to_string(pattern.num_rows) + " x " +
                std::to_string(pattern.num_columns) + " with " + std::to_string(coloring.colors.size()) +
                " colours; expected it square with one colour a column");
  }
  const LargeVector<std::int64_t> mirrored = mirrored_entries(pattern);
  const auto color = [&](std::int64_t j) { return coloring.colors[static_cast<std::size_t>(j)]; };

  // Equations of a row are numbered as their colours are met. For each entry: its equation; for each equation: how many
  // entries are unknown, and the exclusive or of their positions, which is the last one's when one is left.
  const auto entries = static_cast<std::size_t>(num_entries_);
  LargeVector<std::int32_t> row_of(entries);
  LargeVector<std::int64_t> equation_of(entries, -1);
  LargeVector<std::int32_t> unknowns;
  LargeVector<std::int64_t> last_entry;
  std::vector<std::int64_t> equation_of_color(static_cast<std::size_t>(num_colors_), -1);
  for (std::int64_t i = 0; i < size_; ++i) {
    const auto first_of_row = static_cast<std::int64_t>(unknowns.size());
    for (std::int64_t k = pattern.row_begin[i]; k < pattern.row_begin[i + 1]; ++k) {
      row_of[k] = static_cast<std::int32_t>(i);
      const std::int32_t c = color(pattern.columns[k]);
      if (c < 0) continue;
      if (c >= num_colors_) throw Error("a column has colour " + std::to_string(c) + "; expected fewer");
      std::int64_t& equation = equation_of_color[c];
      if (equation < first_of_row) {
        equation = static_cast<std::int64_t>(unknowns.size());
        unknowns.push_back(0);
        last_entry.push_back(0);
      }
      equation_of[k] = equation;
      ++unknowns[equation];
      last_entry[equation] ^= k;
    }
  }

  LargeVector<std::int64_t> ready;  // equations with one unknown, in the order in which they get there
  for (std::size_t e = 0; e < unknowns.size(); ++e) {
    if (unknowns[e] == 1) ready.push_back(static_cast<std::int64_t>(e));
  }
  const auto as_found = static_cast<std::int64_t>(ready.size());
  std::int64_t found = 0;
  for (std::int64_t r = 0; r < static_cast<std::int64_t>(ready.size()); ++r) {
    const std::int64_t equation = ready[r];
    if (unknowns[equation] != 1) continue;  // its entry came from the mirrored equation
    const std::int64_t k = last_entry[equation], mirror = mirrored[k];
    const std::int64_t other = mirror == k ? -1 : equation_of[mirror];
    const std::int64_t i = row_of[k], j = pattern.columns[k];
    num_substitutions_ += r >= as_found;
    found += mirror == k ? 1 : 2;
    unknowns[equation] = 0;
    Step step{color(j) * size_ + i, -1, k, mirror};
    if (other >= 0) {
      last_entry[other] ^= mirror;
      if (--unknowns[other] > 0) step.other = color(i) * size_ + j;
      if (unknowns[other] == 1) ready.push_back(other);
    }
    steps_.push_back(step);
  }
  if (found != num_entries_) {
    throw Error("the colouring of a Hessian leaves " + std::to_string(num_entries_ - found) + " of its " +
                std::to_string(num_entries_) + " entries undetermined; expected a star or acyclic colouring");
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
