// SPDX-License-Identifier: Apache-2.0
#include "kernel_choice.hpp"
#include "vector_kernels.hpp"

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
  if (detail::runs_avx512()) {
    return &vector_kernels_avx512;
  }
#endif
#if HELIOTROPE_HAS_KERNELS_AVX2
  if (detail::runs_avx2()) {
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
