// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/parallel.hpp"

#include <algorithm>
#include <exception>
#include <thread>

#ifndef HELIOTROPE_HAS_OPENMP
#define HELIOTROPE_HAS_OPENMP 0
#endif
#if HELIOTROPE_HAS_OPENMP
#include <omp.h>
#endif

namespace heliotrope {

namespace parallel_detail {

void parallel_for(int threads, std::int64_t n, void (*body)(void* context, std::int64_t i), void* context) {
#if HELIOTROPE_HAS_OPENMP
  if (threads > 1 && n > 1 && !omp_in_parallel()) {
    // Big enough pieces that the shared counter costs nothing, small enough that no thread waits long at the end.
    const std::int64_t piece = std::max<std::int64_t>(1, n / (16 * static_cast<std::int64_t>(threads)));
    const int team = static_cast<int>(std::min<std::int64_t>(threads, n));
    std::exception_ptr failure;
    std::int64_t failed_at = n;
#pragma omp parallel for num_threads(team) schedule(dynamic, piece)
    for (std::int64_t i = 0; i < n; ++i) {
      try {
        body(context, i);
      } catch (...) {
#pragma omp critical(heliotrope_parallel_for)
        if (i < failed_at) {
          failed_at = i;
          failure = std::current_exception();
        }
      }
    }
    if (failure) std::rethrow_exception(failure);
    return;
  }
#endif
  (void)threads;
  for (std::int64_t i = 0; i < n; ++i) body(context, i);
}

}  // namespace parallel_detail

int available_threads() {
#if HELIOTROPE_HAS_OPENMP
  return std::max(1, omp_get_num_procs());
#else
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
#endif
}

}  // namespace heliotrope
