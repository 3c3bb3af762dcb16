// SPDX-License-Identifier: Apache-2.0
// Compiled once for each HELIOTROPE_KERNEL_TARGET (baseline, avx2, avx512); see block_kernels.cpp for what may be used.
#include "elimination_kernels.hpp"

#include "elimination_blocks.hpp"
#include "elimination_gather.hpp"
#include "elimination_points.hpp"
#include "kernel_target.hpp"

namespace heliotrope::linear_detail {

extern const EliminationKernels HELIOTROPE_JOIN(elimination_kernels_, HELIOTROPE_KERNEL_TARGET);
const EliminationKernels HELIOTROPE_JOIN(elimination_kernels_, HELIOTROPE_KERNEL_TARGET) = {
    HELIOTROPE_TEXT(HELIOTROPE_KERNEL_TARGET),
    point_products,
    point_products_float,
    factorise,
    solve_lower,
    solve_transposed,
    cross,
    transpose_kept,
    back_products,
    back_products_float,
    forward_products,
    forward_products_float,
    records,
    record_update,
    gather_update,
    add,
    narrow,
    point_update,
    gradient_update,
    right_side_update,
    product_kernel<true>,
    product_kernel<false>,
    multiply_block,
    multiply_diagonal_block};

}  // namespace heliotrope::linear_detail
