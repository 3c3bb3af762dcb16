// SPDX-License-Identifier: Apache-2.0
#include "kernel_choice.hpp"
#include "residuals/colmap_kernels.hpp"

namespace heliotrope::residuals_detail {

extern const ColmapKernels colmap_kernels_baseline;
#if HELIOTROPE_HAS_KERNELS_AVX2
extern const ColmapKernels colmap_kernels_avx2;
#endif
#if HELIOTROPE_HAS_KERNELS_AVX512
extern const ColmapKernels colmap_kernels_avx512;
#endif

const ColmapKernels& colmap_kernels() {
#if HELIOTROPE_HAS_KERNELS_AVX512
  if (detail::runs_avx512()) {
    return colmap_kernels_avx512;
  }
#endif
#if HELIOTROPE_HAS_KERNELS_AVX2
  if (detail::runs_avx2()) {
    return colmap_kernels_avx2;
  }
#endif
  return colmap_kernels_baseline;
}

}  // namespace heliotrope::residuals_detail
