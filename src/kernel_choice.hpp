// SPDX-License-Identifier: Apache-2.0
// For files that choose among kernels compiled for several instruction sets (kernel_target.hpp).
#pragma once

// The build defines these where it compiles kernels for the target too.
#ifndef HELIOTROPE_HAS_KERNELS_AVX2
#define HELIOTROPE_HAS_KERNELS_AVX2 0
#endif
#ifndef HELIOTROPE_HAS_KERNELS_AVX512
#define HELIOTROPE_HAS_KERNELS_AVX512 0
#endif

#if defined(__x86_64__) || defined(__i386__)
namespace heliotrope::detail {

/// Whether the processor runs what is compiled for the target.
inline bool runs_avx2() {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2");
}
inline bool runs_avx512() {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("bmi2");
}

}  // namespace heliotrope::detail
#endif
