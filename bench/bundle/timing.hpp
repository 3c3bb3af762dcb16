// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <limits>
#include <vector>

namespace bundle {

/// Seconds since it was made.
class Clock {
 public:
  double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count(); }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

/// Seconds of each of `repeats` calls.
template <class Call>
std::vector<double> time_calls(int repeats, const Call& call) {
  std::vector<double> seconds;
  for (int i = 0; i < repeats; ++i) {
    const Clock clock;
    call();
    seconds.push_back(clock.seconds());
  }
  return seconds;
}

/// The middle one (the mean of two for an even count); infinite where there is none.
inline double median(std::vector<double> x) {
  if (x.empty()) return std::numeric_limits<double>::infinity();
  std::sort(x.begin(), x.end());
  return 0.5 * (x[(x.size() - 1) / 2] + x[x.size() / 2]);
}

}  // namespace bundle
