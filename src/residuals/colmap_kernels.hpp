// SPDX-License-Identifier: Apache-2.0
// Kernels of COLMAP's camera models for the best instruction set of this processor.
#pragma once

#include "residuals/shipped_kernels.hpp"

namespace heliotrope::residuals_detail {

struct ColmapKernels {
  ShippedKernels::Pair simple_radial, radial, opencv;
};

const ColmapKernels& colmap_kernels();

}  // namespace heliotrope::residuals_detail
