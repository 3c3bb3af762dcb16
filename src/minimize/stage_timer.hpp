// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

namespace heliotrope::detail {

using Clock = std::chrono::steady_clock;
inline double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Adds the time of a scope to a stage.
class StageTimer {
 public:
  explicit StageTimer(double& seconds) : seconds_(seconds), start_(Clock::now()) {}
  ~StageTimer() { seconds_ += seconds_since(start_); }

 private:
  double& seconds_;
  Clock::time_point start_;
};

}  // namespace heliotrope::detail
