// SPDX-License-Identifier: Apache-2.0
// The one parallel loop. Nothing here depends on OpenMP: src/parallel.cpp does.
#pragma once

#include <cstdint>

namespace heliotrope {

namespace parallel_detail {
/// Calls body(context, i) for i in [0, n); see parallel_for.
void parallel_for(int threads, std::int64_t n, void (*body)(void* context, std::int64_t i), void* context);
}  // namespace parallel_detail

/// Calls body(i) once for every i in [0, n), on up to `threads` threads.
///
/// Which thread takes which index is not fixed: write results that do not depend on it (one index, one destination).
/// Serial, in order, where threads <= 1, inside a parallel region of the caller, or without OpenMP. If calls throw, the
/// remaining indices may be skipped and the exception of the smallest index that threw is rethrown on the calling
/// thread. Nothing is allocated.
template <class F>
void parallel_for(int threads, std::int64_t n, const F& body) {
  parallel_detail::parallel_for(
      threads, n, [](void* context, std::int64_t i) { (*static_cast<const F*>(context))(i); },
      const_cast<void*>(static_cast<const void*>(&body)));
}

/// Threads that a parallel_for asked for 0 or fewer threads could use: the processors of this process.
int available_threads();

}  // namespace heliotrope
