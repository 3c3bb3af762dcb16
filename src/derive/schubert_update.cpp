// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/derive/schubert_update.hpp"

#include <cmath>
#include <string>

#include "heliotrope/error.hpp"

namespace heliotrope {

SchubertUpdate::SchubertUpdate(const SparsityPattern& pattern, EntryOrder order, std::span<const double> typical)
    : num_rows_(pattern.num_rows), num_columns_(pattern.num_columns), order_(order) {
  if (!typical.empty() && static_cast<std::int64_t>(typical.size()) != num_columns_) {
    throw Error("SchubertUpdate got " + std::to_string(typical.size()) + " typical sizes; expected none or " +
                std::to_string(num_columns_));
  }
  for (double size : typical) {
    if (!(size > 0.0)) throw Error("SchubertUpdate got the typical size " + std::to_string(size) + "; expected > 0");
    weights_.push_back(1.0 / (size * size));
  }
  misfit_.resize(static_cast<std::size_t>(num_rows_));
  norm_.resize(static_cast<std::size_t>(num_rows_));
  if (order == EntryOrder::by_rows) {
    begin_ = pattern.row_begin;
    inner_ = pattern.columns;
    return;
  }
  begin_.assign(static_cast<std::size_t>(num_columns_) + 1, 0);
  for (std::int32_t j : pattern.columns) ++begin_[j + 1];
  for (std::int64_t j = 0; j < num_columns_; ++j) begin_[j + 1] += begin_[j];
  inner_.resize(pattern.columns.size());
  std::vector<std::int64_t> at(begin_.begin(), begin_.end() - 1);
  for (std::int64_t i = 0; i < num_rows_; ++i) {
    for (std::int32_t j : pattern.row(i)) inner_[at[j]++] = static_cast<std::int32_t>(i);
  }
}

void SchubertUpdate::update(std::span<const double> step, std::span<const double> r_old, std::span<const double> r_new,
                            std::span<double> values) {
  if (static_cast<std::int64_t>(step.size()) != num_columns_ || static_cast<std::int64_t>(r_old.size()) != num_rows_ ||
      r_new.size() != r_old.size() || values.size() != inner_.size()) {
    throw Error("SchubertUpdate::update got arrays of " + std::to_string(step.size()) + ", " +
                std::to_string(r_old.size()) + ", " + std::to_string(r_new.size()) + " and " +
                std::to_string(values.size()) + " numbers; expected " + std::to_string(num_columns_) + ", " +
                std::to_string(num_rows_) + ", " + std::to_string(num_rows_) + " and " + std::to_string(inner_.size()));
  }
  const bool by_rows = order_ == EntryOrder::by_rows;
  // The entries in storage order as (row, column): the outer index is one, the inner the other.
  const auto for_each = [&](const auto& body) {
    const std::int64_t outer = by_rows ? num_rows_ : num_columns_;
    for (std::int64_t o = 0; o < outer; ++o) {
      for (std::int64_t k = begin_[o]; k < begin_[o + 1]; ++k) {
        by_rows ? body(k, o, std::int64_t{inner_[k]}) : body(k, std::int64_t{inner_[k]}, o);
      }
    }
  };
  const auto weighted = [&](std::int64_t j) { return weights_.empty() ? step[j] : weights_[j] * step[j]; };

  for (std::int64_t i = 0; i < num_rows_; ++i) misfit_[i] = r_new[i] - r_old[i], norm_[i] = 0.0;
  for_each([&](std::int64_t k, std::int64_t i, std::int64_t j) {
    misfit_[i] -= values[k] * step[j];
    norm_[i] += weighted(j) * step[j];
  });
  for (std::int64_t i = 0; i < num_rows_; ++i) {
    const double factor = misfit_[i] / norm_[i];
    misfit_[i] = std::isfinite(factor) ? factor : 0.0;
  }
  for_each([&](std::int64_t k, std::int64_t i, std::int64_t j) { values[k] += misfit_[i] * weighted(j); });
}

}  // namespace heliotrope
