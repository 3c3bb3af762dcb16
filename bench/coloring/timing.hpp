// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <vector>

namespace coloring_bench {

/// Seconds since it was made.
class Clock {
 public:
  double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count(); }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

/// The middle one (the mean of two for an even count); 0 where there is none.
inline double median(std::vector<double> x) {
  if (x.empty()) return 0.0;
  std::sort(x.begin(), x.end());
  return 0.5 * (x[(x.size() - 1) / 2] + x[x.size() / 2]);
}

/// The median of calls of `measure`, which returns its own seconds: at least 3 calls and 30 ms in all.
template <class Measure>
double median_seconds(const Measure& measure) {
  std::vector<double> seconds;
  for (double total = 0.0; seconds.size() < 3 || total < 0.03; total += seconds.back()) seconds.push_back(measure());
  return median(std::move(seconds));
}

/// The same for a call that is timed whole.
template <class Call>
double median_call(const Call& call) {
  return median_seconds([&] {
    const Clock clock;
    call();
    return clock.seconds();
  });
}

}  // namespace coloring_bench
