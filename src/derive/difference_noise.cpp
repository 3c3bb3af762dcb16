// SPDX-License-Identifier: Apache-2.0
// Noise of every row at once, and steps that balance it against truncation.
#include <algorithm>
#include <array>
#include <limits>

#include "derive/difference_engine.hpp"
#include "heliotrope/derive/estimate_noise.hpp"

namespace heliotrope {

namespace {

constexpr double rounding = std::numeric_limits<double>::epsilon();
constexpr int steps_along = 6;  // and x itself: 7 values a row

/// +1 or -1, by a hash of j [Steele2014].
double random_sign(std::int64_t j) {
  auto z = static_cast<std::uint64_t>(j) * 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return (z ^ (z >> 31)) & 1 ? 1.0 : -1.0;
}

double median(double* begin, double* end) {
  if (begin == end) return 0.0;
  double* const middle = begin + (end - begin) / 2;
  std::nth_element(begin, middle, end);
  return *middle;
}

}  // namespace

void ColoredDifferences::Engine::measure_rows(const Evaluator& f, std::span<const double> x,
                                              std::span<const double> r_at_x, DifferenceReport& report) {
  const auto m = static_cast<std::size_t>(columns_.num_rows());
  const std::span<double> moved(points_.data(), x.size());
  double spacing = 1e-8;  // relative: far enough for every last bit to change, near enough for f to be smooth
  for (int attempt = 0; attempt < 3; ++attempt) {
    for (int t = 1; t <= steps_along; ++t) {
      for (std::size_t j = 0; j < x.size(); ++j) {  // away from the bounds, along a line of random signs
        const auto column = static_cast<std::int64_t>(j);
        const double up = upper(column) - x[j], down = x[j] - lower(column);
        double step = random_sign(column) * spacing * size_of(column, x[j]);
        if (steps_along * std::abs(step) > (step > 0.0 ? up : down)) step = -step;
        if (steps_along * std::abs(step) > (step > 0.0 ? up : down)) step = (up > down ? up : -down) / steps_along;
        moved[j] = std::clamp(x[j] + t * step, lower(column), upper(column));
      }
      const std::span<double> row(noise_table_.data() + static_cast<std::size_t>(t - 1) * m, m);
      if (f.many) {
        (*f.many)(1, moved, row);
      } else {
        (*f.one)(moved, row);
      }
      ++report.evaluations;
    }
    std::atomic<std::int64_t> found{0}, small{0}, large{0};
    in_chunks(columns_.num_rows(), [&](std::int64_t begin, std::int64_t end) {
      std::int64_t count[3] = {0, 0, 0};
      for (std::int64_t i = begin; i < end; ++i) {
        std::array<double, steps_along + 1> values{r_at_x[i]};
        bool constant = true;
        for (int t = 0; t < steps_along; ++t) {
          values[t + 1] = noise_table_[static_cast<std::size_t>(t) * m + static_cast<std::size_t>(i)];
          constant = constant && values[t + 1] == values[0];
        }
        const NoiseEstimate estimate = estimate_noise(values);
        // Not found: negative, and settled below. A row that never changes is told from one that changes too much.
        noise_[i] = estimate.status == NoiseStatus::found
                        ? std::max(estimate.noise, 0.5 * rounding * std::abs(values[0]))
                    : constant ? rounding * std::abs(values[0])
                               : -1.0;
        ++count[static_cast<int>(estimate.status)];
      }
      found += count[0], small += count[1], large += count[2];
    });
    if (2 * found >= static_cast<std::int64_t>(m)) break;
    spacing *= small >= large ? 100.0 : 0.01;
  }
}

double ColoredDifferences::Engine::typical_relative_noise(std::span<const double> r_at_x) {
  double* const scratch = noise_table_.data();
  double* end = scratch;
  for (std::size_t i = 0; i < noise_.size(); ++i) {
    if (noise_[i] > 0.0 && r_at_x[i] != 0.0) *end++ = noise_[i] / std::abs(r_at_x[i]);
  }
  return std::clamp(median(scratch, end), rounding, 0.1);
}

DifferenceReport ColoredDifferences::Engine::measure_noise(const Evaluator& f, std::span<const double> x,
                                                           std::span<const double> r_at_x, std::span<double> scratch) {
  check_sizes(x, r_at_x, scratch.size());
  DifferenceReport report;
  noise_known_ = false;  // until all of it is
  noise_.resize(r_at_x.size());
  relative_steps_.assign(x.size(), step_);
  for (std::int32_t j = 0; j < columns_.num_columns(); ++j) place_column(j, x[j], 1.0, 0);  // refuses a faulty x
  measure_rows(f, x, r_at_x, report);
  const double relative = typical_relative_noise(r_at_x);
  for (std::size_t i = 0; i < noise_.size(); ++i) {
    if (noise_[i] < 0.0) noise_[i] = relative * std::abs(r_at_x[i]);
  }

  // Derivatives at a trial step and at half of it: their difference is (1 - 2^-p) C h^p, and the trial step, as wide as
  // is best for differences of order p + 1, lifts it out of the noise.
  const int p = shapes_.order;
  const double trial = std::clamp(std::pow(relative, 1.0 / (p + 3)), step_, 0.1);
  std::fill(relative_steps_.begin(), relative_steps_.end(), trial);
  std::fill(color_in_buffer_.begin(), color_in_buffer_.end(), -2);
  const auto keep = [&]<int P>(std::int64_t j, int slot) { store<P>(j, slot, r_at_x, scratch); };
  sweep(f, x, 1.0, keep, report);
  const auto balance = [&]<int P>(std::int64_t j, int slot) {
    if (!has_room(j)) return;
    const Formula<P> difference = formula<P>(j, slot, r_at_x);
    double sum = 0.0;
    int count = 0;
    columns_.for_each_entry(j, [&](std::int64_t at, std::int32_t i) {
      if (!(noise_[i] > 0.0)) return;
      const double error = (scratch[at] - difference(i)) / noise_[i];
      sum += error * error;
      ++count;
    });
    if (count == 0 || !std::isfinite(sum)) return;
    // C h^p at the trial step, in units of the noise; h^(2p+2) = s / (p C^2), all steps in units of the trial step.
    const double shrink = 1.0 - std::ldexp(1.0, -p), h = trial * size_of(j, x[j]);
    const double truncation2 = sum / (count * shrink * shrink) * h * h;
    const double ratio = std::pow(shapes_.noise_factor / (p * truncation2), 1.0 / (2 * p + 2));
    relative_steps_[j] = std::clamp(trial * ratio, std::min(step_, trial), std::max(0.1, trial));
  };
  std::fill(color_in_buffer_.begin(), color_in_buffer_.end(), -2);
  // The steps of a batch are placed before its columns are visited, and no column is in two batches.
  sweep(f, x, 0.5, balance, report);
  noise_known_ = true;
  return report;
}

}  // namespace heliotrope
