// SPDX-License-Identifier: Apache-2.0
#include "minimize/iterates.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace heliotrope::detail {

using minimize_detail::Coefficients;
using minimize_detail::padded;

namespace {

/// Vectors begin 17 cache lines past a multiple of their size, lest a power of two maps all of them to the same sets.
std::int64_t stride(std::int64_t size) { return size + 17 * 8; }

/// The last element becomes the first, the others one older.
template <class Ring>
void age(Ring& ring) {
  std::rotate(ring.begin(), ring.end() - 1, ring.end());
}

}  // namespace

Iterates::Iterates(std::span<const double> x, int memory, int threads, const Bounds& bounds, Retraction* retraction)
    : size_(retraction != nullptr ? retraction->num_columns() : static_cast<std::int64_t>(x.size())),
      point_size_(x.size()),
      bounds_(bounds),
      retraction_(retraction),
      kernels_(minimize_detail::vector_kernels()),
      passes_(padded(size_), std::max(4 * memory, 3), threads) {
  const std::int64_t each = stride(passes_.size()), point = stride(padded(static_cast<std::int64_t>(point_size_)));
  storage_.resize(static_cast<std::size_t>(2 * point + each * (2 * memory + 3)));
  double* next = storage_.data();
  // What lies behind the numbers of a vector is zero; the rest is written before it is read.
  const auto take = [&](std::int64_t count, std::int64_t room) {
    std::fill(next + count, next + room, 0.0);
    return std::exchange(next, next + room);
  };
  x_ = take(static_cast<std::int64_t>(point_size_), point);
  trial_ = take(static_cast<std::int64_t>(point_size_), point);
  for (int k = 0; k < memory + 2; ++k) gradients_.push_back(take(size_, each));
  for (int k = 0; k < memory + 1; ++k)
    directions_.push_back(take(k == 0 ? 0 : size_, each));  // the start moves along it
  steps_.resize(static_cast<std::size_t>(memory) + 1);
  for (std::size_t j = 0; j < x.size(); ++j) x_[j] = trial_[j] = bounds_.empty() ? x[j] : bounds_.snap(j, x[j]);
}

void Iterates::products(int pairs, double* sums) {
  const auto view = past(pairs);
  passes_.run(4 * pairs, sums,
              [&](std::int64_t begin, std::int64_t end, double* part) { kernels_.products(begin, end, view, part); });
}

void Iterates::combine(int pairs, const Coefficients& c, double first_step) {
  const auto view = past(pairs);
  combine_by(first_step, [&](std::int64_t begin, std::int64_t end, double* direction, const auto& trial, double* part) {
    kernels_.combine(begin, end, view, c, direction, trial, part);
  });
}

void Iterates::measure_direction() {
  double sums[3];
  passes_.run(3, sums, [&](std::int64_t begin, std::int64_t end, double* part) {
    kernels_.measure(begin, end, directions_[0], gradients_[1], part);
  });
  slope = sums[0];
  direction_square = sums[1];
}

void Iterates::move(double step) {
  if (step > 0.0 && step == std::exchange(prepared_step_, 0.0)) return;
  if (retraction_ != nullptr) {
    trial_square_ = retraction_->plus(x_, directions_[0], step, trial_);
    return;
  }
  passes_.run(1, &trial_square_, [&](std::int64_t begin, std::int64_t end, double* part) {
    kernels_.move(begin, end, x_, directions_[0], step, trial_, part);
    if (bounds_.empty()) return;
    for (std::int64_t j = begin; j < std::min(end, size_); ++j) {
      trial_[j] = bounds_.snap(static_cast<std::size_t>(j), trial_[j]);
    }
  });
}

Iterates::Measure Iterates::measure_trial() {
  double sums[3];
  passes_.run(
      3, sums,
      [&](std::int64_t begin, std::int64_t end, double* part) {
        kernels_.measure(begin, end, gradients_[0], directions_[0], part);
      },
      true);
  const Measure plain{sums[0], sums[1], sums[2]};
  return bounds_.empty() ? plain : measure_projected(plain);
}

Iterates::Measure Iterates::measure_projected(const Measure& plain) {
  if (!(plain.square < std::numeric_limits<double>::infinity())) return plain;
  double sums[2];
  passes_.run(
      2, sums,
      [&](std::int64_t begin, std::int64_t end, double* part) {
        part[0] = part[1] = 0.0;
        for (std::int64_t j = begin; j < std::min(end, size_); ++j) {
          const double p = bounds_.projected(static_cast<std::size_t>(j), trial_[j], gradients_[0][j]);
          part[0] += p * p;
          part[1] = std::max(part[1], std::abs(p));
        }
      },
      true);
  return {plain.slope, sums[0], sums[1]};
}

void Iterates::accept_start(double at_value, const Measure& at) {
  move(0.0);  // for |x|^2
  x_square = trial_square_;
  std::swap(gradients_[0], gradients_[1]);
  value = old_value = at_value;
  square = old_square = at.square;
  max = at.max;
}

void Iterates::accept(double step, double at_value, const Measure& at) {
  std::swap(x_, trial_);
  age(gradients_);
  age(directions_);
  age(steps_);
  steps_[0] = step;
  pairs_ = std::min(pairs_ + 1, static_cast<int>(steps_.size()) - 1);
  x_square = trial_square_;
  old_value = std::exchange(value, at_value);
  old_square = std::exchange(square, at.square);
  max = at.max;
  old_slope = slope;
  old_direction_square = direction_square;
}

}  // namespace heliotrope::detail
