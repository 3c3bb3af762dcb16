// SPDX-License-Identifier: Apache-2.0
// Functions with sparse Jacobians, random patterns, and the obvious ways to colour and to differentiate them.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <span>
#include <vector>

#include "heliotrope/derive/coloring.hpp"
#include "heliotrope/derive/differences.hpp"
#include "heliotrope/derive/math.hpp"

namespace heliotrope_test {

using heliotrope::Coloring;
using heliotrope::SparsityPattern;

inline SparsityPattern pattern_of_rows(std::int64_t num_columns, const std::vector<std::vector<std::int32_t>>& rows) {
  SparsityPattern pattern;
  pattern.num_rows = static_cast<std::int64_t>(rows.size());
  pattern.num_columns = num_columns;
  for (std::vector<std::int32_t> row : rows) {
    std::sort(row.begin(), row.end());
    row.erase(std::unique(row.begin(), row.end()), row.end());
    pattern.columns.insert(pattern.columns.end(), row.begin(), row.end());
    pattern.row_begin.push_back(pattern.num_entries());
  }
  return pattern;
}

inline SparsityPattern random_pattern(std::int32_t m, std::int32_t n, int most_in_row, std::mt19937_64& random) {
  std::vector<std::vector<std::int32_t>> rows(static_cast<std::size_t>(m));
  for (auto& row : rows) {
    const int count = static_cast<int>(random() % static_cast<unsigned>(most_in_row + 1));
    for (int k = 0; k < count; ++k) row.push_back(static_cast<std::int32_t>(random() % static_cast<unsigned>(n)));
  }
  return pattern_of_rows(n, rows);
}

/// First fit, by looking at every pair: columns without entries get -1.
inline Coloring first_fit(const SparsityPattern& pattern) {
  const auto n = static_cast<std::size_t>(pattern.num_columns);
  std::vector<std::vector<std::int64_t>> rows_of(n);
  for (std::int64_t i = 0; i < pattern.num_rows; ++i) {
    for (std::int32_t j : pattern.row(i)) rows_of[static_cast<std::size_t>(j)].push_back(i);
  }
  Coloring coloring{std::vector<std::int32_t>(n, -1), 0};
  for (std::size_t j = 0; j < n; ++j) {
    if (rows_of[j].empty()) continue;
    std::vector<char> taken(n + 1, 0);
    for (std::int64_t i : rows_of[j]) {
      for (std::int32_t k : pattern.row(i)) {
        const std::int32_t color = coloring.colors[static_cast<std::size_t>(k)];
        if (color >= 0) taken[static_cast<std::size_t>(color)] = 1;
      }
    }
    std::int32_t color = 0;
    while (taken[static_cast<std::size_t>(color)]) ++color;
    coloring.colors[j] = color;
    coloring.num_colors = std::max(coloring.num_colors, color + 1);
  }
  return coloring;
}

/// The pattern's entries of a dense row-major matrix, by rows or by columns.
inline std::vector<double> entries_of(const SparsityPattern& pattern, const std::vector<double>& dense,
                                      bool by_columns) {
  std::vector<std::vector<double>> columns(static_cast<std::size_t>(pattern.num_columns));
  std::vector<double> values;
  for (std::int64_t i = 0; i < pattern.num_rows; ++i) {
    for (std::int32_t j : pattern.row(i)) {
      const double value = dense[static_cast<std::size_t>(i * pattern.num_columns + j)];
      values.push_back(value);
      columns[static_cast<std::size_t>(j)].push_back(value);
    }
  }
  if (!by_columns) return values;
  values.clear();
  for (const auto& column : columns) values.insert(values.end(), column.begin(), column.end());
  return values;
}

/// The Jacobian by complex steps, a column at a time.
template <class F>
std::vector<double> exact_jacobian(const F& f, const std::vector<double>& x, std::int64_t m) {
  const std::size_t n = x.size(), rows = static_cast<std::size_t>(m);
  const auto with_pointers = [&](const heliotrope::ComplexStep* at, heliotrope::ComplexStep* r) {
    f(std::span<const heliotrope::ComplexStep>(at, n), std::span<heliotrope::ComplexStep>(r, rows));
  };
  return heliotrope::complex_step_differences(with_pointers, x, static_cast<int>(m));
}

/// r_i = sin(sum_j a_ij x_j) + sum_j a_ij x_j^3: any pattern, smooth, not linear.
struct RandomFunction {
  SparsityPattern pattern;
  std::vector<double> a;
  RandomFunction(SparsityPattern of, std::mt19937_64& random) : pattern(std::move(of)) {
    std::uniform_real_distribution<double> uniform(0.2, 1.0);
    for (std::int64_t k = 0; k < pattern.num_entries(); ++k)
      a.push_back(random() % 2 ? uniform(random) : -uniform(random));
  }
  template <class X, class R>
  void operator()(X x, R r) const {
    using std::sin;
    using T = typename R::value_type;
    for (std::int64_t i = 0; i < pattern.num_rows; ++i) {
      T sum(0.0), cubes(0.0);
      for (std::int64_t k = pattern.row_begin[static_cast<std::size_t>(i)];
           k < pattern.row_begin[static_cast<std::size_t>(i) + 1]; ++k) {
        const T& xj = x[static_cast<std::size_t>(pattern.columns[static_cast<std::size_t>(k)])];
        sum = sum + a[static_cast<std::size_t>(k)] * xj;
        cubes = cubes + a[static_cast<std::size_t>(k)] * (xj * xj * xj);
      }
      r[static_cast<std::size_t>(i)] = sin(sum) + cubes;
    }
  }
};

}  // namespace heliotrope_test
