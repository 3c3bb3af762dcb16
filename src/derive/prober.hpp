// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "heliotrope/derive/probe_sparsity.hpp"

namespace heliotrope::detail {

/// Uniform numbers from a seed: SplitMix64 [Steele2014].
class ProbeRandom final {
 public:
  explicit ProbeRandom(std::uint64_t seed) : state_(seed) {}
  std::uint64_t bits() {
    std::uint64_t z = state_ += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }
  /// In [0, 1).
  double uniform() { return static_cast<double>(bits() >> 11) * 0x1p-53; }
  /// In [0, n), n < 2^32.
  std::int64_t below(std::int64_t n) {
    return static_cast<std::int64_t>(((bits() >> 32) * static_cast<std::uint64_t>(n)) >> 32);
  }

 private:
  std::uint64_t state_;
};

/// Columns [first, last).
struct ColumnRange {
  std::int64_t first, last;
};

/// Moves columns of a function and tells which rows change.
class Prober final {
 public:
  Prober(const ProbedFunction& f, std::span<const double> x, std::int64_t m, const ProbeOptions& options);

  /// Takes another random point to start from, and sees that the function is finite there and gives the same twice.
  void take_point();
  /// Sees that the function still gives the same at that point.
  void check_point();

  /// Moves the columns of these ranges; changed() then has one flag a row. Returns how many changed.
  std::int64_t probe(std::span<const ColumnRange> ranges);
  const std::vector<std::uint8_t>& changed() const { return changed_; }

  std::int64_t num_evaluations() const { return num_evaluations_; }
  ProbeRandom& random() { return random_; }

 private:
  void evaluate();
  bool is_same(double a, double b) const;
  double moved(std::int64_t j, double from, double step);
  bool take_point_near(double step);

  const ProbedFunction& f_;
  std::span<const double> x_;
  const ProbeOptions& options_;
  ProbeRandom random_;
  std::int64_t num_evaluations_ = 0;
  std::vector<double> base_x_, base_r_, moved_x_, moved_r_;
  std::vector<std::uint8_t> changed_;
};

}  // namespace heliotrope::detail
