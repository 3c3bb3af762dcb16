// SPDX-License-Identifier: Apache-2.0
// Counts what the whole program takes from the heap, by standing in for malloc and its kin (count_allocations.cpp).
#pragma once

#include <cstdint>

namespace heliotrope_test {

/// Whether allocations are counted: with glibc, and without a sanitizer, which stands in for malloc itself.
bool allocations_are_counted();
/// Calls of malloc, calloc, realloc, aligned_alloc, posix_memalign and memalign so far, operator new's included.
std::int64_t num_allocations();
/// Calls of operator new alone: C++ code, and so neither CHOLMOD, BLAS nor the OpenMP runtime.
std::int64_t num_news();
/// Bytes in use.
std::int64_t allocated_bytes();
/// Most bytes in use since reset_peak_bytes().
std::int64_t peak_bytes();
void reset_peak_bytes();

}  // namespace heliotrope_test
