// SPDX-License-Identifier: Apache-2.0
#include "derive/prober.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "heliotrope/error.hpp"

namespace heliotrope::detail {
namespace {

constexpr double tiny = 1e-10;  // variables below this have no size of their own, as in difference_steps.hpp

void check(std::span<const double> x, std::int64_t m, const ProbeOptions& options) {
  constexpr std::int64_t limit = std::numeric_limits<std::int32_t>::max();
  const auto n = static_cast<std::int64_t>(x.size());
  if (n > limit || m < 0 || m > limit) {
    throw Error("probe_sparsity: found " + std::to_string(m) + " rows and " + std::to_string(n) +
                " columns, expected 0 to 2^31 - 1 of each");
  }
  if (!(options.relative_step > 0.0) || !(options.typical > 0.0) || !(options.noise >= 0.0) ||
      options.verifications < 0 || options.max_searches < 1) {
    throw Error(
        "probe_sparsity: expected relative_step and typical above 0, noise and verifications of at least 0, "
        "max_searches of at least 1");
  }
  for (const auto* bounds : {&options.lower, &options.upper}) {
    if (!bounds->empty() && bounds->size() != x.size()) {
      throw Error("probe_sparsity: found " + std::to_string(bounds->size()) + " bounds, expected none or " +
                  std::to_string(n));
    }
  }
  for (std::size_t j = 0; j < x.size(); ++j) {
    const bool inside =
        (options.lower.empty() || x[j] >= options.lower[j]) && (options.upper.empty() || x[j] <= options.upper[j]);
    if (!std::isfinite(x[j]) || !inside) {
      throw Error("probe_sparsity: found x[" + std::to_string(j) + "] = " + std::to_string(x[j]) +
                  ", expected a finite value within its bounds");
    }
  }
}

}  // namespace

Prober::Prober(const ProbedFunction& f, std::span<const double> x, std::int64_t m, const ProbeOptions& options)
    : f_(f), x_(x), options_(options), random_(options.seed) {
  check(x, m, options);
  base_x_.assign(x.begin(), x.end());
  moved_x_ = base_x_;
  base_r_.resize(static_cast<std::size_t>(m));
  moved_r_.resize(static_cast<std::size_t>(m));
  changed_.resize(static_cast<std::size_t>(m));
}

void Prober::evaluate() {
  if (num_evaluations_ == options_.max_evaluations) {
    throw Error("probe_sparsity: the pattern is not found after " + std::to_string(num_evaluations_) +
                " evaluations, expected at most max_evaluations to be needed");
  }
  ++num_evaluations_;
  f_(moved_x_, moved_r_);
}

bool Prober::is_same(double a, double b) const {
  if (a == b) return true;
  return options_.noise > 0.0 && std::abs(a - b) <= options_.noise * std::max(std::abs(a), std::abs(b));
}

/// A number near `from` and different from it, within the bounds of column j; `from` itself where they leave no room.
double Prober::moved(std::int64_t j, double from, double step) {
  const double size = std::abs(from) > tiny ? std::abs(from) : options_.typical;
  const std::uint64_t sign = random_.bits();
  double move = size * step * (0.25 + 0.75 * random_.uniform());
  if (sign & 1) move = -move;
  const double low = options_.lower.empty() ? -HUGE_VAL : options_.lower[static_cast<std::size_t>(j)];
  const double high = options_.upper.empty() ? HUGE_VAL : options_.upper[static_cast<std::size_t>(j)];
  const auto inside = [&](double at) { return at >= low && at <= high; };
  if (inside(from + move)) return from + move;
  if (inside(from - move)) return from - move;
  const double room = high - from > from - low ? high - from : low - from;
  return std::clamp(from + room * (0.5 + 0.5 * random_.uniform()), low, high);
}

bool Prober::take_point_near(double step) {
  for (std::size_t j = 0; j < x_.size(); ++j) {
    base_x_[j] = step > 0.0 ? moved(static_cast<std::int64_t>(j), x_[j], step) : x_[j];
  }
  moved_x_ = base_x_;
  evaluate();
  base_r_.swap(moved_r_);
  return std::all_of(base_r_.begin(), base_r_.end(), [](double value) { return std::isfinite(value); });
}

void Prober::take_point() {
  const double step = options_.relative_step;
  if (!take_point_near(step) && !take_point_near(1e-3 * step) && !take_point_near(0.0)) {
    const auto wrong = std::find_if(base_r_.begin(), base_r_.end(), [](double value) { return !std::isfinite(value); });
    throw Error("probe_sparsity: row " + std::to_string(wrong - base_r_.begin()) +
                " of the function is not finite at x or near it, expected a finite value");
  }
  moved_r_ = base_r_;
  check_point();
}

void Prober::check_point() {
  evaluate();
  for (std::size_t i = 0; i < base_r_.size(); ++i) {
    if (is_same(base_r_[i], moved_r_[i])) continue;
    throw Error(
        "probe_sparsity: row " + std::to_string(i) +
        " of the function differs between two evaluations at one point by " +
        std::to_string(std::abs(base_r_[i] - moved_r_[i]) / std::max(std::abs(base_r_[i]), std::abs(moved_r_[i]))) +
        " of itself, expected " +
        (options_.noise > 0.0 ? "at most ProbeOptions::noise" : "the same bits, or ProbeOptions::noise"));
  }
}

std::int64_t Prober::probe(std::span<const ColumnRange> ranges) {
  const auto go = [&](bool nan) {
    for (const ColumnRange& range : ranges) {
      for (std::int64_t j = range.first; j < range.last; ++j) {
        const auto at = static_cast<std::size_t>(j);
        moved_x_[at] = nan ? std::numeric_limits<double>::quiet_NaN() : moved(j, base_x_[at], options_.relative_step);
      }
    }
    evaluate();
    for (const ColumnRange& range : ranges) {
      std::copy(base_x_.begin() + range.first, base_x_.begin() + range.last, moved_x_.begin() + range.first);
    }
    std::int64_t count = 0;
    for (std::size_t i = 0; i < base_r_.size(); ++i) {
      changed_[i] |= static_cast<std::uint8_t>(!is_same(base_r_[i], moved_r_[i]));
      count += changed_[i];
    }
    return count;
  };
  std::fill(changed_.begin(), changed_.end(), std::uint8_t{0});
  std::int64_t count = 0;
  if (options_.method != ProbeMethod::nan) count = go(false);
  if (options_.method != ProbeMethod::perturbation) count = go(true);
  return count;
}

}  // namespace heliotrope::detail
