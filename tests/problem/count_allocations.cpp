// SPDX-License-Identifier: Apache-2.0
#include "problem/count_allocations.hpp"

#include <cerrno>
#include <cstddef>
#include <cstdlib>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define HELIOTROPE_TEST_SANITIZED 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define HELIOTROPE_TEST_SANITIZED 1
#endif

#if defined(__GLIBC__) && !defined(HELIOTROPE_TEST_SANITIZED)
#include <malloc.h>

#include <atomic>
#include <new>

namespace {

std::atomic<std::int64_t> count{0}, news{0}, bytes{0}, peak{0};

void* taken(void* p) {
  if (!p) return p;
  count.fetch_add(1, std::memory_order_relaxed);
  const auto size = static_cast<std::int64_t>(malloc_usable_size(p));
  const std::int64_t in_use = bytes.fetch_add(size, std::memory_order_relaxed) + size;
  std::int64_t most = peak.load(std::memory_order_relaxed);
  while (in_use > most && !peak.compare_exchange_weak(most, in_use, std::memory_order_relaxed)) {
  }
  return p;
}
void given_back(void* p) {
  if (p) bytes.fetch_sub(static_cast<std::int64_t>(malloc_usable_size(p)), std::memory_order_relaxed);
}

}  // namespace

extern "C" {

void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);
void __libc_free(void*);

void* malloc(std::size_t size) noexcept { return taken(__libc_malloc(size)); }
void* calloc(std::size_t n, std::size_t size) noexcept { return taken(__libc_calloc(n, size)); }
void* realloc(void* p, std::size_t size) noexcept {
  given_back(p);
  return taken(__libc_realloc(p, size));
}
void* memalign(std::size_t alignment, std::size_t size) noexcept { return taken(__libc_memalign(alignment, size)); }
void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
  return taken(__libc_memalign(alignment, size));
}
int posix_memalign(void** p, std::size_t alignment, std::size_t size) noexcept {
  *p = taken(__libc_memalign(alignment, size));
  return *p ? 0 : ENOMEM;
}
void free(void* p) noexcept {
  given_back(p);
  __libc_free(p);
}

}  // extern "C"

// The other forms of new and delete call these.
void* operator new(std::size_t size) {
  news.fetch_add(1, std::memory_order_relaxed);
  if (void* p = malloc(size ? size : 1)) return p;
  throw std::bad_alloc();
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  news.fetch_add(1, std::memory_order_relaxed);
  if (void* p = memalign(static_cast<std::size_t>(alignment), size ? size : 1)) return p;
  throw std::bad_alloc();
}
void operator delete(void* p) noexcept { free(p); }
void operator delete(void* p, std::size_t) noexcept { free(p); }
void operator delete(void* p, std::align_val_t) noexcept { free(p); }
void operator delete(void* p, std::size_t, std::align_val_t) noexcept { free(p); }

namespace heliotrope_test {
bool allocations_are_counted() { return true; }
std::int64_t num_allocations() { return count; }
std::int64_t num_news() { return news; }
std::int64_t allocated_bytes() { return bytes; }
std::int64_t peak_bytes() { return peak; }
void reset_peak_bytes() { peak = bytes.load(); }
}  // namespace heliotrope_test

#else

namespace heliotrope_test {
bool allocations_are_counted() { return false; }
std::int64_t num_allocations() { return 0; }
std::int64_t num_news() { return 0; }
std::int64_t allocated_bytes() { return 0; }
std::int64_t peak_bytes() { return 0; }
void reset_peak_bytes() {}
}  // namespace heliotrope_test

#endif
