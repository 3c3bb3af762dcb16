// SPDX-License-Identifier: Apache-2.0
#include "residuals/shipped_kernels.hpp"

#ifndef HELIOTROPE_HAS_KERNELS_AVX2
#define HELIOTROPE_HAS_KERNELS_AVX2 0
#endif
#ifndef HELIOTROPE_HAS_KERNELS_AVX512
#define HELIOTROPE_HAS_KERNELS_AVX512 0
#endif

namespace heliotrope::residuals_detail {

extern const ShippedKernels shipped_kernels_baseline;
#if HELIOTROPE_HAS_KERNELS_AVX2
extern const ShippedKernels shipped_kernels_avx2;
#endif
#if HELIOTROPE_HAS_KERNELS_AVX512
extern const ShippedKernels shipped_kernels_avx512;
#endif

const ShippedKernels& shipped_kernels() {
#if HELIOTROPE_HAS_KERNELS_AVX512
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("bmi2")) {
    return shipped_kernels_avx512;
  }
#endif
#if HELIOTROPE_HAS_KERNELS_AVX2
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2")) {
    return shipped_kernels_avx2;
  }
#endif
  return shipped_kernels_baseline;
}

}  // namespace heliotrope::residuals_detail
