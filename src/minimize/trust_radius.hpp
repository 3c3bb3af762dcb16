// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>

#include "minimize/trust_method.hpp"

namespace heliotrope::detail {

/// The radius of a trust region and what becomes of it [Nocedal2006, 4.1; Conn2000, 17.1].
class TrustRadius {
 public:
  explicit TrustRadius(const TrustRegionOptions& options) : options_(options) {}

  /// Before the first step.
  void begin(const Iterates& at) {
    if (radius_ > 0.0) return;
    radius_ = options_.first_radius > 0.0 ? options_.first_radius : first_share * std::max(1.0, std::sqrt(at.x_square));
    radius_ = std::min(radius_, options_.most_radius);
  }
  double value() const { return radius_; }

  /// step_norm: of the step that was tried.
  void judge(double gain_ratio, double step_norm) {
    if (!(gain_ratio >= poor)) {
      radius_ = shrinkage * std::min(radius_, step_norm);
    } else if (gain_ratio > good && step_norm >= near_boundary * radius_) {
      radius_ = std::min(growth * radius_, options_.most_radius);
    }
  }

 private:
  static constexpr double poor = 0.25, good = 0.75, shrinkage = 0.5, growth = 2.0, near_boundary = 0.8;
  // Of |x|, but at least 1. With 1 and 0.25 for the shrinkage MoreSorensen fails on one of [More1981]'s 18 functions;
  // with 0.1 and 0.5 all methods solve all, by the fewest evaluations of 8 pairs that were tried.
  static constexpr double first_share = 0.1;

  TrustRegionOptions options_;
  double radius_ = 0.0;
};

}  // namespace heliotrope::detail
