// SPDX-License-Identifier: Apache-2.0
// Logistic regression with sparse features,
//
//     f(w) = sum_i log(1 + exp(-y_i a_i'w)) + ridge / 2 |w|^2,   y_i = -1 or 1
//
// on data that are given, or generated as they are needed and never stored.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "heliotrope/large_vector.hpp"

namespace heliotrope {

/// Samples in compressed rows: sample i has the features column[begin[i] .. begin[i + 1]) and a label, -1 or 1.
struct LogisticData {
  std::int64_t features = 0;
  LargeVector<std::int64_t> begin = {0};
  LargeVector<std::int32_t> column;
  LargeVector<double> value;
  LargeVector<double> label;

  std::int64_t samples() const { return static_cast<std::int64_t>(label.size()); }
};

/// The objective. Cost: a pass over the nonzeros for the value, another within it for the gradient.
///
/// Holds a view of the data. May be called from several threads at once.
class LogisticRegression {
 public:
  /// Throws Error where rows, columns or labels make no sense, or ridge is negative.
  explicit LogisticRegression(const LogisticData& data, double ridge = 1.0);

  /// f at w, one number a feature.
  double operator()(std::span<const double> w, std::span<double> gradient) const;

 private:
  const LogisticData* data_;
  double ridge_;
};

/// n samples of 8 of n features each, ridge 1. The columns of a sample are n u^2 for uniform u, so that some features
/// are in a thousand times more samples than others; labels are those of hidden weights, one in ten flipped.
struct GeneratedLogistic {
  static constexpr std::string_view name = "logistic-regression";
  static constexpr int dimension = 1000, multiple = 1, nonzeros = 8;
  static constexpr bool fixed = false;
  static void start(int n, double* w);
  static double minimum(int n);
  static double evaluate(std::span<const double> w, std::span<double> gradient);
  /// The same data, stored.
  static LogisticData data(int n);
};

}  // namespace heliotrope
