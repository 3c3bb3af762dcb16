// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cmath>

#include "derive/difference_stencil.hpp"
#include "heliotrope/derive/colored_jacobian.hpp"
#include "heliotrope/large_vector.hpp"
#include "heliotrope/parallel.hpp"

namespace heliotrope {

/// Places the points of a batch of colours, evaluates f there, and hands differences to a visitor column by column.
class ColoredDifferences::Engine {
 public:
  /// f in either of its forms.
  struct Evaluator {
    const Function* one = nullptr;
    const ManyFunction* many = nullptr;
  };

  Engine(const SparsityPattern& pattern, const Coloring& coloring, const DifferenceOptions& options,
         std::span<const std::int64_t> places);
  /// Makes room for all points of a batch, for functions that take many; once.
  void use_many();

  DifferenceReport estimate(const Evaluator& f, std::span<const double> x, std::span<const double> r_at_x,
                            std::span<double> values);
  DifferenceReport estimate_digits(const Evaluator& f, std::span<const double> x, std::span<const double> r_at_x,
                                   std::span<const double> values, std::span<double> digits);
  DifferenceReport measure_noise(const Evaluator& f, std::span<const double> x, std::span<const double> r_at_x,
                                 std::span<double> scratch);

  void set_typical(std::span<const double> sizes);
  const ColoredColumns& columns() const { return columns_; }
  const detail::StencilShapes& shapes() const { return shapes_; }
  std::span<const double> noise() const { return {noise_.data(), noise_known_ ? noise_.size() : 0}; }
  bool noise_aware() const { return options_.noise_aware; }
  double relative_step(std::int64_t j) const { return relative_steps_.empty() ? step_ : relative_steps_[j]; }
  const std::vector<unsigned char>& failures() const { return failures_; }

 private:
  enum Failure : unsigned char { none, not_finite, no_room, not_finite_at_x };

  void check_sizes(std::span<const double> x, std::span<const double> r_at_x, std::size_t values) const;

  /// What column j's step is multiplied by.
  double size_of(std::int64_t j, double x) const;
  double lower(std::int64_t j) const { return options_.lower.empty() ? -HUGE_VAL : options_.lower[j]; }
  double upper(std::int64_t j) const { return options_.upper.empty() ? HUGE_VAL : options_.upper[j]; }

  /// Offsets of the batch's columns, steps multiplied by `factor`; counts those that bounds change.
  void place_batch(int batch, std::span<const double> x, double factor, DifferenceReport& report);
  bool place_column(std::int64_t j, double x, double factor, int preferred);
  /// r(x + offsets) for colours [first, last) into residuals_[color - first][point].
  void evaluate(const Evaluator& f, std::span<const double> x, int first, int last, DifferenceReport& report);
  void prepare_point(std::int64_t buffer, std::span<const double> x, int color, int k);
  void retry(const Evaluator& f, std::span<const double> x, std::span<const double> r_at_x, std::span<double> values,
             DifferenceReport& report);
  bool retry_color(const Evaluator& f, std::span<const double> x, std::span<const double> r_at_x,
                   std::span<double> values, int color, int preferred, double factor, DifferenceReport& report);
  /// Differences of column j into values, and whether they are finite.
  template <int P>
  void store(std::int64_t j, int slot, std::span<const double> r_at_x, std::span<double> values);
  void measure_rows(const Evaluator& f, std::span<const double> x, std::span<const double> r_at_x,
                    DifferenceReport& report);
  double typical_relative_noise(std::span<const double> r_at_x);

  /// Weighted sum of differences of one column.
  template <int P>
  struct Formula {
    const double* at_x;
    const double* at[P];
    double weights[P];
    double operator()(std::int32_t i) const {
      double sum = weights[0] * (at[0][i] - at_x[i]);
      for (int k = 1; k < P; ++k) sum += weights[k] * (at[k][i] - at_x[i]);
      return sum;
    }
  };
  template <int P>
  Formula<P> formula(std::int64_t j, int slot, std::span<const double> r_at_x) const {
    Formula<P> f;
    f.at_x = r_at_x.data();
    const auto m = static_cast<std::size_t>(columns_.num_rows());
    for (int k = 0; k < P; ++k) f.at[k] = residuals_.data() + (static_cast<std::size_t>(slot * P + k)) * m;
    detail::weights_of<P>(&offsets_[static_cast<std::size_t>(j) * P], f.weights);
    return f;
  }
  bool has_room(std::int64_t j) const {
    return offsets_[static_cast<std::size_t>(j) * static_cast<std::size_t>(shapes_.num_points)] != 0.0;
  }

  /// Evaluates every batch and calls visit.operator()<P>(j, slot) for each column of it.
  template <class Visit>
  void sweep(const Evaluator& f, std::span<const double> x, double factor, const Visit& visit,
             DifferenceReport& report) {
    for (int b = 0; b < columns_.num_batches(); ++b) {
      place_batch(b, x, factor, report);
      const int first = columns_.first_color(b);
      evaluate(f, x, first, columns_.first_color(b + 1), report);
      const std::span<const std::int32_t> batch = columns_.columns_of_batch(b);
      const std::span<const std::int32_t> colors = columns_.colors();
      in_chunks(static_cast<std::int64_t>(batch.size()), [&](std::int64_t begin, std::int64_t end) {
        const auto visit_all = [&]<int P>(std::integral_constant<int, P>) {
          for (std::int64_t p = begin; p < end; ++p) {
            const std::int32_t j = batch[p];
            visit.template operator()<P>(j, colors[j] - first);
          }
        };
        if (shapes_.num_points == 1) {
          visit_all(std::integral_constant<int, 1>{});
        } else if (shapes_.num_points == 2) {
          visit_all(std::integral_constant<int, 2>{});
        } else {
          visit_all(std::integral_constant<int, 4>{});
        }
      });
    }
  }

  /// body(begin, end) over pieces of [0, n), on several threads where there are.
  template <class Body>
  void in_chunks(std::int64_t n, const Body& body) const {
    constexpr std::int64_t chunk = 8192;  // columns or rows: some 100 us
    parallel_for(threads_, (n + chunk - 1) / chunk,
                 [&](std::int64_t c) { body(c * chunk, std::min(n, (c + 1) * chunk)); });
  }

  ColoredColumns columns_;
  DifferenceOptions options_;
  const detail::StencilShapes& shapes_;
  double step_;  // relative
  int threads_;
  bool bounded_;
  bool noise_known_ = false;
  std::int64_t num_buffers_;
  RawVector<double> offsets_;                  // [num_columns][points of the method]
  RawVector<double> points_;                   // [num_buffers][num_columns]
  std::vector<std::int32_t> color_in_buffer_;  // whose columns differ from x; -1 none, -2 all of it may
  RawVector<double> residuals_;                // [batch * points][num_rows]
  std::vector<unsigned char> failures_;        // [num_columns] Failure
  RawVector<double> relative_steps_;           // [num_columns] once noise is measured
  RawVector<double> noise_, noise_table_;      // [num_rows], [6][num_rows]
};

template <int P>
void ColoredDifferences::Engine::store(std::int64_t j, int slot, std::span<const double> r_at_x,
                                       std::span<double> values) {
  if (!has_room(j)) {
    columns_.store_column(j, values.data(), [](std::int32_t) { return 0.0; });
    failures_[j] = no_room;
    return;
  }
  const Formula<P> difference = formula<P>(j, slot, r_at_x);
  double check = 0.0;  // 0, or NaN where an entry is not finite
  columns_.store_column(j, values.data(), [&](std::int32_t i) {
    const double value = difference(i);
    check += value - value;
    return value;
  });
  failures_[j] = check == 0.0 ? none : not_finite;
}

}  // namespace heliotrope
