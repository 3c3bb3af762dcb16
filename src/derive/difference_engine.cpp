// SPDX-License-Identifier: Apache-2.0
#include "derive/difference_engine.hpp"

#include <algorithm>
#include <string>

#include "heliotrope/derive/difference_steps.hpp"
#include "heliotrope/error.hpp"
#include "shortest_text.hpp"

namespace heliotrope {

namespace {

void check_array(const std::vector<double>& array, const char* name, std::int64_t n) {
  if (!array.empty() && static_cast<std::int64_t>(array.size()) != n) {
    throw Error(std::string("DifferenceOptions::") + name + " has " + std::to_string(array.size()) +
                " numbers; expected none or one for each of the " + std::to_string(n) + " columns");
  }
}

void check_options(const DifferenceOptions& options, std::int64_t n) {
  check_array(options.typical, "typical", n);
  check_array(options.lower, "lower", n);
  check_array(options.upper, "upper", n);
  if (!(options.relative_step >= 0.0 && options.relative_step < 1.0)) {
    throw Error("DifferenceOptions::relative_step is " + std::to_string(options.relative_step) +
                "; expected 0 (the method's own) or a number in (0, 1)");
  }
  for (std::size_t j = 0; j < options.typical.size(); ++j) {
    if (!(options.typical[j] > 0.0 && std::isfinite(options.typical[j]))) {
      throw Error("DifferenceOptions::typical[" + std::to_string(j) + "] is " + std::to_string(options.typical[j]) +
                  "; expected a positive number");
    }
  }
}

}  // namespace

ColoredDifferences::Engine::Engine(const SparsityPattern& pattern, const Coloring& coloring,
                                   const DifferenceOptions& options, std::span<const std::int64_t> places)
    : columns_(pattern, coloring, options.order, options.batch, places),
      options_(options),
      shapes_(detail::shapes_of(options.method)),
      step_(options.relative_step > 0.0 ? options.relative_step : shapes_.step),
      threads_(options.threads > 0 ? options.threads : available_threads()),
      bounded_(!options.lower.empty() || !options.upper.empty()) {
  check_options(options, pattern.num_columns);
  const auto n = static_cast<std::size_t>(pattern.num_columns), m = static_cast<std::size_t>(pattern.num_rows);
  const auto points = static_cast<std::size_t>(shapes_.num_points);
  const std::size_t held = static_cast<std::size_t>(columns_.batch()) * points;
  num_buffers_ = threads_ > 1 ? static_cast<std::int64_t>(held) : 1;
  offsets_.assign(n * points, 0.0);
  points_.assign(static_cast<std::size_t>(num_buffers_) * n, 0.0);
  color_in_buffer_.assign(held, -2);
  residuals_.assign(held * m, 0.0);
  failures_.assign(n, none);
  if (options.noise_aware) {
    relative_steps_.reserve(n);
    noise_.reserve(m);
    noise_table_.assign(7 * m, 0.0);
  }
}

void ColoredDifferences::Engine::use_many() {
  const auto held = static_cast<std::int64_t>(color_in_buffer_.size());
  if (num_buffers_ == held) return;
  points_.assign(static_cast<std::size_t>(held * columns_.num_columns()), 0.0);
  num_buffers_ = held;
}

void ColoredDifferences::Engine::check_sizes(std::span<const double> x, std::span<const double> r_at_x,
                                             std::size_t values) const {
  const auto check = [](const char* name, std::size_t found, std::int64_t expected) {
    if (static_cast<std::int64_t>(found) != expected) {
      throw Error(std::string("ColoredDifferences got ") + std::to_string(found) + " numbers as " + name +
                  "; expected " + std::to_string(expected));
    }
  };
  check("x", x.size(), columns_.num_columns());
  check("r_at_x", r_at_x.size(), columns_.num_rows());
  check("values", values, columns_.num_values());
}

void ColoredDifferences::Engine::set_typical(std::span<const double> sizes) {
  if (std::ssize(sizes) != columns_.num_columns()) {
    throw Error("ColoredDifferences got " + std::to_string(sizes.size()) + " typical sizes; expected " +
                std::to_string(columns_.num_columns()));
  }
  for (std::size_t j = 0; j < sizes.size(); ++j) {
    if (sizes[j] >= 0.0 && std::isfinite(sizes[j])) continue;
    throw Error("ColoredDifferences got the typical size " + detail::shortest_text(sizes[j]) + " for variable " +
                std::to_string(j) + "; expected a finite number of at least 0");
  }
  options_.typical.assign(sizes.begin(), sizes.end());
}

double ColoredDifferences::Engine::size_of(std::int64_t j, double x) const {
  return options_.typical.empty() ? typical_size(x) : typical_size(x, options_.typical[j]);
}

bool ColoredDifferences::Engine::place_column(std::int64_t j, double x, double factor, int preferred) {
  const double low = lower(j), high = upper(j);
  if (!(std::isfinite(x) && low <= x && x <= high)) {
    throw Error("x[" + std::to_string(j) + "] is " + std::to_string(x) + "; expected a finite number within [" +
                std::to_string(low) + ", " + std::to_string(high) + "]");
  }
  double* const d = &offsets_[static_cast<std::size_t>(j) * static_cast<std::size_t>(shapes_.num_points)];
  return detail::place_points(shapes_, preferred, x, factor * relative_step(j) * size_of(j, x), low, high, d);
}

void ColoredDifferences::Engine::place_batch(int batch, std::span<const double> x, double factor,
                                             DifferenceReport& report) {
  const std::span<const std::int32_t> columns = columns_.columns_of_batch(batch);
  const int points = shapes_.num_points;
  std::atomic<std::int64_t> elsewhere{0};
  in_chunks(static_cast<std::int64_t>(columns.size()), [&](std::int64_t begin, std::int64_t end) {
    std::int64_t moved = 0;
    if (!bounded_ && relative_steps_.empty()) {  // no branches: the whole chunk is checked by one sum
      double check = 0.0;
      const double step = factor * step_;
      for (std::int64_t p = begin; p < end; ++p) {
        const std::int32_t j = columns[p];
        const double h = step * size_of(j, x[j]);
        double* const d = &offsets_[static_cast<std::size_t>(j) * static_cast<std::size_t>(points)];
        for (int k = 0; k < points; ++k) d[k] = (x[j] + shapes_.shapes[0].nodes[k] * h) - x[j];
        check += d[0] - d[0];
      }
      if (check == 0.0) return;
    }
    for (std::int64_t p = begin; p < end; ++p) moved += !place_column(columns[p], x[columns[p]], factor, 0);
    elsewhere += moved;
  });
  report.columns_at_bounds += elsewhere;
}

void ColoredDifferences::Engine::prepare_point(std::int64_t buffer, std::span<const double> x, int color, int k) {
  const std::int64_t n = columns_.num_columns();
  const auto points = static_cast<std::size_t>(shapes_.num_points);
  double* const moved = points_.data() + buffer * n;
  const double* const d = offsets_.data() + k;
  const std::span<const std::int32_t> columns = columns_.columns_of_color(color);
  constexpr std::int64_t line = 8;  // numbers: a colour with a column in most cache lines is written in one pass
  if (static_cast<std::int64_t>(columns.size()) * line >= n) {
    const std::int32_t* const colors = columns_.colors().data();
    if (points == 1) {
      for (std::int64_t j = 0; j < n; ++j) moved[j] = colors[j] == color ? x[j] + d[j] : x[j];
    } else {
      for (std::int64_t j = 0; j < n; ++j) moved[j] = colors[j] == color ? x[j] + d[j * points] : x[j];
    }
  } else {
    const std::int32_t before = color_in_buffer_[buffer];
    if (before == -2) {
      std::copy(x.begin(), x.end(), moved);
    } else if (before >= 0) {
      for (std::int32_t j : columns_.columns_of_color(before)) moved[j] = x[j];
    }
    for (std::int32_t j : columns) moved[j] = x[j] + d[static_cast<std::size_t>(j) * points];
  }
  color_in_buffer_[buffer] = color;
}

void ColoredDifferences::Engine::evaluate(const Evaluator& f, std::span<const double> x, int first, int last,
                                          DifferenceReport& report) {
  const int points = shapes_.num_points;
  const std::int64_t count = static_cast<std::int64_t>(last - first) * points;
  const auto n = static_cast<std::size_t>(columns_.num_columns()), m = static_cast<std::size_t>(columns_.num_rows());
  const auto prepare = [&](std::int64_t q, std::int64_t buffer) {
    prepare_point(buffer, x, first + static_cast<int>(q / points), static_cast<int>(q % points));
  };
  if (f.many) {
    parallel_for(threads_, count, [&](std::int64_t q) { prepare(q, q); });
    const auto total = static_cast<std::size_t>(count);
    (*f.many)(static_cast<int>(count), {points_.data(), total * n}, {residuals_.data(), total * m});
  } else {
    parallel_for(threads_, count, [&](std::int64_t q) {
      const std::int64_t buffer = num_buffers_ == 1 ? 0 : q;
      prepare(q, buffer);
      (*f.one)({points_.data() + static_cast<std::size_t>(buffer) * n, n},
               {residuals_.data() + static_cast<std::size_t>(q) * m, m});
    });
  }
  report.evaluations += count;
}

DifferenceReport ColoredDifferences::Engine::estimate(const Evaluator& f, std::span<const double> x,
                                                      std::span<const double> r_at_x, std::span<double> values) {
  check_sizes(x, r_at_x, values.size());
  DifferenceReport report;
  if (options_.noise_aware && !noise_known_) report = measure_noise(f, x, r_at_x, values);
  report.columns_at_bounds = 0;
  std::fill(color_in_buffer_.begin(), color_in_buffer_.end(), -2);
  const auto visit = [&]<int P>(std::int64_t j, int slot) { store<P>(j, slot, r_at_x, values); };
  sweep(f, x, 1.0, visit, report);
  retry(f, x, r_at_x, values, report);
  return report;
}

void ColoredDifferences::Engine::retry(const Evaluator& f, std::span<const double> x, std::span<const double> r_at_x,
                                       std::span<double> values, DifferenceReport& report) {
  std::int64_t failed = 0;
  for (std::size_t j = 0; j < failures_.size(); ++j) {
    if (failures_[j] != not_finite) continue;
    ++failed;
    for (std::int32_t i : columns_.rows_of_column(static_cast<std::int64_t>(j))) {
      if (!std::isfinite(r_at_x[i])) failures_[j] = not_finite_at_x;
    }
  }
  if (failed > 0) {
    for (int attempt = 1; attempt < 2 * shapes_.count; ++attempt) {
      const double factor = attempt < shapes_.count ? 1.0 : 1.0 / 64.0;  // chosen, not measured
      bool left = false;
      for (int color = 0; color < columns_.num_colors(); ++color) {
        left |= retry_color(f, x, r_at_x, values, color, attempt % shapes_.count, factor, report);
      }
      if (!left) break;
    }
  }
  for (unsigned char failure : failures_) report.columns_failed += failure != none;
  const auto still = std::count(failures_.begin(), failures_.end(), static_cast<unsigned char>(not_finite)) +
                     std::count(failures_.begin(), failures_.end(), static_cast<unsigned char>(not_finite_at_x));
  report.columns_retried = failed - still;
}

bool ColoredDifferences::Engine::retry_color(const Evaluator& f, std::span<const double> x,
                                             std::span<const double> r_at_x, std::span<double> values, int color,
                                             int preferred, double factor, DifferenceReport& report) {
  const std::span<const std::int32_t> columns = columns_.columns_of_color(color);
  if (std::none_of(columns.begin(), columns.end(), [&](std::int32_t j) { return failures_[j] == not_finite; })) {
    return false;
  }
  const auto points = static_cast<std::size_t>(shapes_.num_points);
  for (std::int32_t j : columns) {
    if (failures_[j] == not_finite) {
      place_column(j, x[j], factor, preferred);
    } else {
      std::fill_n(&offsets_[static_cast<std::size_t>(j) * points], points, 0.0);
    }
  }
  evaluate(f, x, color, color + 1, report);
  bool left = false;
  for (std::int32_t j : columns) {
    if (failures_[j] != not_finite) continue;
    if (points == 1) {
      store<1>(j, 0, r_at_x, values);
    } else if (points == 2) {
      store<2>(j, 0, r_at_x, values);
    } else {
      store<4>(j, 0, r_at_x, values);
    }
    left |= failures_[j] == not_finite;
  }
  return left;
}

DifferenceReport ColoredDifferences::Engine::estimate_digits(const Evaluator& f, std::span<const double> x,
                                                             std::span<const double> r_at_x,
                                                             std::span<const double> values, std::span<double> digits) {
  check_sizes(x, r_at_x, values.size());
  if (digits.size() != x.size()) {
    throw Error("estimate_digits got room for " + std::to_string(digits.size()) + " columns; expected " +
                std::to_string(x.size()));
  }
  DifferenceReport report;
  std::fill(color_in_buffer_.begin(), color_in_buffer_.end(), -2);
  std::fill(digits.begin(), digits.end(), 0.0);
  // An error C h^p falls to C (h/2)^p: their difference times 2^p / (2^p - 1) is the error.
  const double ratio = std::ldexp(1.0, shapes_.order), from_difference = ratio / (ratio - 1.0);
  constexpr double rounding = 1.1102230246251565e-16;
  const auto visit = [&]<int P>(std::int64_t j, int slot) {
    if (!has_room(j)) return;
    const Formula<P> difference = formula<P>(j, slot, r_at_x);
    double weight = 0.0, error2 = 0.0, size2 = 0.0;
    for (int k = 0; k < P; ++k) weight = std::max(weight, 0.5 * std::abs(difference.weights[k]));  // at the whole step
    columns_.for_each_entry(j, [&](std::int64_t at, std::int32_t i) {
      const double noise = !noise_known_ ? 0.0 : noise_[i];
      const double error = from_difference * std::abs(difference(i) - values[at]) +
                           weight * std::max(noise, rounding * std::abs(r_at_x[i]));
      error2 += error * error;
      size2 += values[at] * values[at];
    });
    const double found = error2 > 0.0 ? 0.5 * std::log10(size2 / error2) : 17.0;
    digits[j] = std::isnan(found) ? 0.0 : std::clamp(found, 0.0, 17.0);
  };
  sweep(f, x, 0.5, visit, report);
  return report;
}

}  // namespace heliotrope
