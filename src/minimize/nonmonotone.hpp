// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>

namespace heliotrope::detail {

/// Gain ratios against a reference cost that may be above the present one, so that steps may climb out of narrow
/// valleys [Toint1996; Conn2000, algorithm 10.1.2]. With a window of 0 the reference is the present cost.
class NonmonotoneJudge {
 public:
  void begin(double cost, int window) {
    *this = {};
    window_ = window;
    least_ = reference_ = highest_ = cost;
  }
  /// Of a step from `cost` to `candidate` for which the model promised `predicted` > 0: the better of the step's own
  /// and that of all steps since the reference.
  double gain_ratio(double cost, double candidate, double predicted) const {
    const double own = (cost - candidate) / predicted;
    return window_ == 0 ? own : std::max(own, (reference_ - candidate) / (since_reference_ + predicted));
  }
  void accepted(double cost, double predicted) {
    since_reference_ += predicted;
    since_highest_ += predicted;
    if (cost < least_) {
      least_ = highest_ = cost;
      since_highest_ = 0.0;
      steps_ = 0;
    } else {
      ++steps_;
      if (cost > highest_) highest_ = cost, since_highest_ = 0.0;
    }
    if (steps_ >= window_) reference_ = highest_, since_reference_ = since_highest_;
  }
  double least() const { return least_; }

 private:
  int window_ = 0, steps_ = 0;  // steps_: accepted since the least cost
  double least_ = 0.0;          // so far
  double reference_ = 0.0, since_reference_ = 0.0;
  double highest_ = 0.0, since_highest_ = 0.0;  // cost since the least one, which is the next reference
};

}  // namespace heliotrope::detail
