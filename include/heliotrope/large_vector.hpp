// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace heliotrope {

namespace detail {

/// Memory on a 64-byte boundary, not initialised; in large pages where it fills some and the system has them.
///
/// The first touch of every page costs an exception, 22 us for 4 KiB measured on a virtual machine: several times what
/// reading that much data costs. Throws std::bad_alloc.
void* allocate_large(std::size_t bytes);
void free_large(void* memory);

/// Asks the system for large pages behind memory that is reserved and not yet touched; a hint that may do nothing.
void prefer_huge_pages(void* begin, std::size_t size);

/// Makes room for `count` elements, in large pages where they fill some.
template <class Container>
void reserve_huge(Container& container, std::size_t count) {
  container.reserve(count);
  prefer_huge_pages(container.data(), count * sizeof(*container.data()));
}

}  // namespace detail

/// Allocator for arrays that may be large; see detail::allocate_large. With Raw, elements made without a value are left
/// uninitialised.
template <class T, bool Raw = false>
struct LargeAllocator {
  using value_type = T;
  template <class U>
  struct rebind {
    using other = LargeAllocator<U, Raw>;
  };
  LargeAllocator() = default;
  template <class U>
  LargeAllocator(const LargeAllocator<U, Raw>&) {}

  T* allocate(std::size_t count) { return static_cast<T*>(detail::allocate_large(count * sizeof(T))); }
  void deallocate(T* memory, std::size_t) { detail::free_large(memory); }
  template <class U, class... Arguments>
  void construct(U* at, Arguments&&... arguments) {
    if constexpr (Raw && sizeof...(Arguments) == 0) {
      ::new (static_cast<void*>(at)) U;
    } else {
      ::new (static_cast<void*>(at)) U(std::forward<Arguments>(arguments)...);
    }
  }
  template <class U>
  friend bool operator==(const LargeAllocator&, const LargeAllocator<U, Raw>&) {
    return true;
  }
};

/// A std::vector for arrays of any size.
template <class T>
using LargeVector = std::vector<T, LargeAllocator<T>>;
/// The same, left uninitialised by resize(n).
template <class T>
using RawVector = std::vector<T, LargeAllocator<T, true>>;

}  // namespace heliotrope
