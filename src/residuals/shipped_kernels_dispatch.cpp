// SPDX-License-Identifier: Apache-2.0
#include "kernel_choice.hpp"
#include "residuals/shipped_kernels.hpp"

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
  if (detail::runs_avx512()) {
    return shipped_kernels_avx512;
  }
#endif
#if HELIOTROPE_HAS_KERNELS_AVX2
  if (detail::runs_avx2()) {
    return shipped_kernels_avx2;
  }
#endif
  return shipped_kernels_baseline;
}

}  // namespace heliotrope::residuals_detail
