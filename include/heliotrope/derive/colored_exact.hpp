// SPDX-License-Identifier: Apache-2.0
// Exact coloured Jacobians of functions that are templates on their scalar: by complex steps and by jets.
//
//     auto f = [](auto x, auto r) { r[0] = x[0] * x[1]; ... };      // spans of const T and of T
//     heliotrope::ColoredJets<> jets(pattern, heliotrope::color_columns(pattern));
//     jets.estimate(f, x, values);
#pragma once

#include <algorithm>
#include <span>
#include <string>

#include "heliotrope/derive/colored_columns.hpp"
#include "heliotrope/derive/complex_step.hpp"
#include "heliotrope/derive/jet.hpp"
#include "heliotrope/error.hpp"
#include "heliotrope/large_vector.hpp"

namespace heliotrope {

namespace detail {
inline void check_exact_sizes(const ColoredColumns& columns, std::size_t x, std::size_t values) {
  if (static_cast<std::int64_t>(x) != columns.num_columns() ||
      static_cast<std::int64_t>(values) != columns.num_entries()) {
    throw Error("an exact coloured Jacobian got " + std::to_string(x) + " variables and room for " +
                std::to_string(values) + " values; expected " + std::to_string(columns.num_columns()) + " and " +
                std::to_string(columns.num_entries()));
  }
}
}  // namespace detail

/// Complex steps, a colour an evaluation: J_ij = Im f_i(x + i h sum_c e_j) / h, exact to rounding [Squire1998].
///
/// Nothing is allocated after construction; 16 bytes a row and a column. Real parts stay at x: no bound is crossed.
/// f(std::span<const ComplexStep> x, std::span<ComplexStep> r) is called num_colors times.
class ColoredComplexStep final {
 public:
  ColoredComplexStep(const SparsityPattern& pattern, const Coloring& coloring,
                     EntryOrder order = EntryOrder::by_columns)
      : columns_(pattern, coloring, order, 1),
        x_(static_cast<std::size_t>(pattern.num_columns)),
        r_(static_cast<std::size_t>(pattern.num_rows)) {}

  template <class F>
  void estimate(F&& f, std::span<const double> x, std::span<double> values) {
    detail::check_exact_sizes(columns_, x.size(), values.size());
    std::copy(x.begin(), x.end(), x_.begin());
    for (int color = 0; color < columns_.num_colors(); ++color) {
      const std::span<const std::int32_t> moved = columns_.columns_of_color(color);
      for (std::int32_t j : moved) x_[j].imag(complex_step_size);
      f(std::span<const ComplexStep>(x_), std::span<ComplexStep>(r_));
      for (std::int32_t j : moved) {
        columns_.store_column(j, values.data(), [&](std::int32_t i) { return r_[i].imag() / complex_step_size; });
        x_[j].imag(0.0);
      }
    }
  }

  const ColoredColumns& columns() const { return columns_; }

 private:
  ColoredColumns columns_;
  LargeVector<ComplexStep> x_, r_;
};

inline namespace HELIOTROPE_ISA {

/// Jets whose directions are colours, N at a time: ceil(num_colors / N) evaluations in Jet<double, N>, exact.
///
/// Nothing is allocated after construction; 8 (N + 2) bytes a row and a column.
/// f(std::span<const Jet<double, N>> x, std::span<Jet<double, N>> r).
template <int N = 8>
class ColoredJets final {
 public:
  using Scalar = Jet<double, N>;

  ColoredJets(const SparsityPattern& pattern, const Coloring& coloring, EntryOrder order = EntryOrder::by_columns)
      : columns_(pattern, coloring, order, N),
        x_(static_cast<std::size_t>(pattern.num_columns)),
        r_(static_cast<std::size_t>(pattern.num_rows)) {}

  template <class F>
  void estimate(F&& f, std::span<const double> x, std::span<double> values) {
    detail::check_exact_sizes(columns_, x.size(), values.size());
    for (int batch = 0; batch < columns_.num_batches(); ++batch) {
      const int first = columns_.first_color(batch), last = columns_.first_color(batch + 1);
      for (std::size_t j = 0; j < x.size(); ++j) {
        const std::int32_t color = columns_.colors()[j];
        x_[j] = first <= color && color < last ? Scalar::seed(x[j], color - first) : Scalar(x[j]);
      }
      f(std::span<const Scalar>(x_), std::span<Scalar>(r_));
      for (std::int32_t j : columns_.columns_of_batch(batch)) {
        const int lane = columns_.colors()[j] - first;
        columns_.store_column(j, values.data(), [&](std::int32_t i) { return r_[i].derivative(lane); });
      }
    }
  }

  const ColoredColumns& columns() const { return columns_; }

 private:
  ColoredColumns columns_;
  RawVector<Scalar> x_, r_;
};

}  // namespace HELIOTROPE_ISA
}  // namespace heliotrope
