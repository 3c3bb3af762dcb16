// SPDX-License-Identifier: Apache-2.0
// Kernels of the shipped residual types for the best instruction set of this processor.
#pragma once

#include "heliotrope/problem/residual_group.hpp"

namespace heliotrope::residuals_detail {

/// Residuals and forward jets of the types that whole files are made of.
struct ShippedKernels {
  struct Pair {
    Kernel residuals;
    Kernel autodiff;
  };
  Pair snavely, relative_pose_se2, relative_pose_se3, relative_position_se2, relative_position_se3;
};

const ShippedKernels& shipped_kernels();

}  // namespace heliotrope::residuals_detail
