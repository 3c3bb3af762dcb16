// SPDX-License-Identifier: Apache-2.0
// What every comparison with ColPack needs. Included only where ColPack is there (HELIOTROPE_COLORING_COLPACK), and
// only by the files that call it: its headers put `using namespace std` into everybody's scope.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <limits>
#include <vector>

#include "heliotrope/derive/sparsity_pattern.hpp"
#include "timing.hpp"

namespace coloring_bench {

/// ColPack prints from inside its calls: standard output goes nowhere while one of these lives.
class Silence {
 public:
  Silence() {
    std::fflush(stdout);
    kept_ = ::dup(1);
    const int nowhere = ::open("/dev/null", O_WRONLY);
    ::dup2(nowhere, 1);
    ::close(nowhere);
  }
  ~Silence() {
    std::fflush(stdout);
    ::dup2(kept_, 1);
    ::close(kept_);
  }
  Silence(const Silence&) = delete;
  Silence& operator=(const Silence&) = delete;

 private:
  int kept_;
};

/// A pattern in the 32-bit CSR arrays that ColPack takes (it wants them writable).
struct ColPackCsr {
  explicit ColPackCsr(const heliotrope::SparsityPattern& pattern)
      : row_begin(pattern.row_begin.begin(), pattern.row_begin.end()), columns(pattern.columns) {}
  std::vector<int> row_begin;
  std::vector<int> columns;
};

/// The fastest of several routines that do the same: each is called once, the fastest is then timed by the rules of
/// median_seconds. A routine returns its own seconds.
template <class Routine>
double fastest(const std::vector<Routine>& routines) {
  double first = std::numeric_limits<double>::infinity();
  const Routine* chosen = nullptr;
  for (const Routine& routine : routines) {
    const double seconds = routine();
    if (seconds < first) {
      first = seconds;
      chosen = &routine;
    }
  }
  return median_seconds(*chosen);
}

}  // namespace coloring_bench
