// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <time.h>

#include <algorithm>
#include <vector>

namespace coloring_bench {

/// Seconds of this thread on a processor since it was made: what other programs take of the machine does not count.
/// Both libraries run on one thread here.
class Clock {
 public:
  double seconds() const { return now() - start_; }

 private:
  static double now() {
    timespec t{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
  }
  double start_ = now();
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
