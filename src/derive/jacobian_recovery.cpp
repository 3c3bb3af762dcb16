// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/derive/jacobian_recovery.hpp"

#include <string>
#include <vector>

#include "derive/peeling.hpp"
#include "heliotrope/error.hpp"

namespace heliotrope {

namespace {

constexpr std::int64_t no_product = INT64_MIN;

/// A colouring with one colour a vertex, -1 for each where there are none.
Coloring filled(const Coloring& coloring, std::int64_t count) {
  if (coloring.num_colors > 0 || !coloring.colors.empty()) return coloring;
  return {std::vector<std::int32_t>(static_cast<std::size_t>(count), -1), 0};
}

}  // namespace

JacobianRecovery::JacobianRecovery(const SparsityPattern& pattern, const Bicoloring& coloring, EntryOrder order)
    : num_entries_(pattern.num_entries()),
      compressed_columns_(std::int64_t{coloring.columns.num_colors} * pattern.num_rows),
      compressed_rows_(std::int64_t{coloring.rows.num_colors} * pattern.num_columns) {
  check_pattern(pattern);
  const Coloring columns = filled(coloring.columns, pattern.num_columns),
                 rows = filled(coloring.rows, pattern.num_rows);
  const recovery_detail::Equations by_rows = recovery_detail::number_equations(pattern, columns, "columns");
  const SparsityPattern turned = transpose(pattern);
  const LargeVector<std::int64_t> position = recovery_detail::transposed_positions(pattern);
  LargeVector<std::int64_t> second(position.size());
  LargeVector<std::int64_t> place(order == EntryOrder::by_columns ? position.size() : 0);  // among values
  const recovery_detail::Equations by_columns = recovery_detail::number_equations(turned, rows, "rows");
  for (std::size_t k = 0; k < position.size(); ++k) {
    const std::int64_t equation = by_columns.of_entry[k];
    second[position[k]] = equation < 0 ? -1 : by_rows.count + equation;
    if (!place.empty()) place[position[k]] = static_cast<std::int64_t>(k);
  }
  const recovery_detail::Peeling peeling =
      recovery_detail::peel(by_rows.of_entry, second, by_rows.count + by_columns.count);
  LargeVector<std::int32_t> row_of(position.size());
  for (std::int64_t i = 0; i < pattern.num_rows; ++i) {
    for (std::int64_t k = pattern.row_begin[i]; k < pattern.row_begin[i + 1]; ++k) {
      row_of[k] = static_cast<std::int32_t>(i);
    }
  }
  if (peeling.undetermined >= 0) {
    throw Error("recovery: the colouring does not determine entry (" + std::to_string(row_of[peeling.undetermined]) +
                ", " + std::to_string(pattern.columns[peeling.undetermined]) +
                "); expected a column, row, star or acyclic colouring");
  }
  const bool direct = peeling.num_substitutions == 0;
  if (direct) source_.resize(position.size());
  for (const recovery_detail::PeelingStep& step : peeling.steps) {
    const std::int64_t k = step.unknown, i = row_of[k], j = pattern.columns[k];
    const std::int64_t in_columns = columns.colors[j] < 0 ? no_product : columns.colors[j] * pattern.num_rows + i;
    const std::int64_t in_rows = rows.colors[i] < 0 ? no_product : -1 - (rows.colors[i] * pattern.num_columns + j);
    const std::int64_t product = step.from_second ? in_rows : in_columns, entry = place.empty() ? k : place[k];
    if (direct) {
      source_[entry] = product;
    } else {
      steps_.push_back({product, step.subtract ? (step.from_second ? in_columns : in_rows) : no_product, entry});
    }
  }
}

JacobianRecovery JacobianRecovery::from_columns(const SparsityPattern& pattern, const Coloring& columns,
                                                EntryOrder order) {
  return {pattern, Bicoloring{{}, columns}, order};
}
JacobianRecovery JacobianRecovery::from_rows(const SparsityPattern& pattern, const Coloring& rows, EntryOrder order) {
  return {pattern, Bicoloring{rows, {}}, order};
}

void JacobianRecovery::recover(std::span<double> columns, std::span<double> rows, std::span<double> values) const {
  if (static_cast<std::int64_t>(columns.size()) != compressed_columns_ ||
      static_cast<std::int64_t>(rows.size()) != compressed_rows_ ||
      static_cast<std::int64_t>(values.size()) != num_entries_) {
    throw Error("JacobianRecovery got " + std::to_string(columns.size()) + " compressed columns' numbers, " +
                std::to_string(rows.size()) + " rows' and room for " + std::to_string(values.size()) +
                " values; expected " + std::to_string(compressed_columns_) + ", " + std::to_string(compressed_rows_) +
                " and " + std::to_string(num_entries_));
  }
  const auto at = [&](std::int64_t product) -> double& { return product >= 0 ? columns[product] : rows[-1 - product]; };
  for (std::size_t k = 0; k < source_.size(); ++k) values[k] = at(source_[k]);
  for (const Step& step : steps_) {
    const double value = values[step.entry] = at(step.product);
    if (step.other != no_product) at(step.other) -= value;
  }
}

}  // namespace heliotrope
