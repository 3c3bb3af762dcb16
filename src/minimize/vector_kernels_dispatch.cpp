// SPDX-License-Identifier: Apache-2.0
#include "vector_kernels.hpp"

// The build defines these where it compiles vector_kernels.cpp for the target too.
#ifndef HELIOTROPE_HAS_KERNELS_AVX2
#define HELIOTROPE_HAS_KERNELS_AVX2 0
#endif
#ifndef HELIOTROPE_HAS_KERNELS_AVX512
#define HELIOTROPE_HAS_KERNELS_AVX512 0
#endif

namespace heliotrope::minimize_detail {

extern const VectorKernels vector_kernels_baseline;
#if HELIOTROPE_HAS_KERNELS_AVX2
extern const VectorKernels vector_kernels_avx2;
#endif
#if HELIOTROPE_HAS_KERNELS_AVX512
extern const VectorKernels vector_kernels_avx512;
#endif

namespace {

const VectorKernels* fastest() {
#if HELIOTROPE_HAS_KERNELS_AVX512
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("bmi2")) {
    return &vector_kernels_avx512;
  }
#endif
#if HELIOTROPE_HAS_KERNELS_AVX2
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2")) {
    return &vector_kernels_avx2;
  }
#endif
  return &vector_kernels_baseline;
}

}  // namespace

const VectorKernels& vector_kernels() {
  static const VectorKernels* const chosen = fastest();
  return *chosen;
}

}  // namespace heliotrope::minimize_detail
