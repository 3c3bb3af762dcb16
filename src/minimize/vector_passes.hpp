// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "heliotrope/parallel.hpp"
#include "minimize/vector_kernels.hpp"

namespace heliotrope::detail {

/// Passes over n-vectors in fixed chunks, whose sums are added in order: the same bits for any number of threads.
class VectorPasses {
 public:
  /// size: of padded vectors. max_sums: the most that a pass has.
  VectorPasses(std::int64_t size, int max_sums, int threads)
      : size_(size),
        chunks_((size + chunk - 1) / chunk),
        threads_(threads),
        partial_(static_cast<std::size_t>(chunks_ * max_sums)) {}

  /// Calls pass(begin, end, sums) for every chunk and adds up `count` sums of each; the last is a maximum, if wanted.
  template <class Pass>
  void run(int count, double* sums, const Pass& pass, bool last_is_maximum = false) {
    parallel_for(threads_, chunks_, [&](std::int64_t c) {
      pass(c * chunk, std::min(size_, (c + 1) * chunk), &partial_[static_cast<std::size_t>(c * count)]);
    });
    std::fill_n(sums, count, 0.0);
    for (std::int64_t c = 0; c < chunks_; ++c) {
      const double* const part = &partial_[static_cast<std::size_t>(c * count)];
      const int added = last_is_maximum ? count - 1 : count;
      for (int k = 0; k < added; ++k) sums[k] += part[k];
      if (last_is_maximum) sums[added] = std::max(sums[added], part[added]);
    }
  }

  std::int64_t size() const { return size_; }
  int threads() const { return threads_; }

 private:
  static constexpr std::int64_t chunk = 8192;  // 64 KiB of each vector; a multiple of the kernels' padding

  std::int64_t size_, chunks_;
  int threads_;
  std::vector<double> partial_;  // [chunk][sum]
};

}  // namespace heliotrope::detail
