// SPDX-License-Identifier: Apache-2.0
#include "huge_pages.hpp"

#include <cerrno>
#include <cstdint>

#if defined(__linux__)
#include <sys/mman.h>
#include <unistd.h>
#endif

namespace heliotrope::detail {

void prefer_huge_pages([[maybe_unused]] void* begin, [[maybe_unused]] std::size_t size) {
#if defined(__linux__) && defined(MADV_HUGEPAGE)
  constexpr std::size_t least = std::size_t{4} << 20;  // smaller blocks hold no or one large page
  if (size < least) return;
  const auto page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
  const auto address = reinterpret_cast<std::uintptr_t>(begin);
  const std::uintptr_t first = (address + page - 1) / page * page, last = (address + size) / page * page;
  const int before = errno;
  madvise(reinterpret_cast<void*>(first), last - first, MADV_HUGEPAGE);  // NOLINT: refused where there are none
  errno = before;
#endif
}

}  // namespace heliotrope::detail
