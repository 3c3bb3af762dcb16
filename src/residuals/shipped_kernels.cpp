// SPDX-License-Identifier: Apache-2.0
// Compiled once for every instruction set: see heliotrope_add_kernels.
#include "residuals/shipped_kernels.hpp"

#include "heliotrope/problem/group_kernels.hpp"
#include "heliotrope/problem/residual_access.hpp"
#include "heliotrope/residuals/landmark.hpp"
#include "heliotrope/residuals/pose_graph.hpp"
#include "heliotrope/residuals/snavely.hpp"
#include "kernel_target.hpp"

namespace heliotrope::residuals_detail {

namespace {

template <class R, class... Ms>
constexpr ShippedKernels::Pair kernels_of() {
  using Own = kernels::Kernels<kernels::TemplateAccess<R>, Pack, R::residuals, Ms...>;
  return {&Own::residuals, &Own::autodiff};
}

}  // namespace

extern const ShippedKernels HELIOTROPE_JOIN(shipped_kernels_, HELIOTROPE_KERNEL_TARGET);
const ShippedKernels HELIOTROPE_JOIN(shipped_kernels_, HELIOTROPE_KERNEL_TARGET) = {
    kernels_of<SnavelyReprojection<double>, Euclidean<9>, Euclidean<3>>(),
    kernels_of<RelativePoseSE2<double>, SE2, SE2>(), kernels_of<RelativePoseSE3<double>, SE3, SE3>(),
    kernels_of<RelativePositionSE2<double>, SE2, Euclidean<2>>(),
    kernels_of<RelativePositionSE3<double>, SE3, Euclidean<3>>()};

}  // namespace heliotrope::residuals_detail
