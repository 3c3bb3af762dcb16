// SPDX-License-Identifier: Apache-2.0
// Compiled once for every instruction set: see heliotrope_add_kernels.
#include "residuals/colmap_kernels.hpp"

#include "heliotrope/problem/group_kernels.hpp"
#include "heliotrope/problem/residual_access.hpp"
#include "heliotrope/problem/se3.hpp"
#include "heliotrope/residuals/colmap.hpp"
#include "kernel_target.hpp"

namespace heliotrope::residuals_detail {

namespace {

template <class Camera>
constexpr ShippedKernels::Pair kernels_of() {
  using R = ColmapReprojection<double, Camera>;
  using Own = kernels::Kernels<kernels::TemplateAccess<R>, Pack, R::residuals, SE3, Euclidean<3>,
                               Euclidean<Camera::focal_size>, Euclidean<2>, Euclidean<Camera::distortion_size>>;
  return {&Own::residuals, &Own::autodiff};
}

}  // namespace

extern const ColmapKernels HELIOTROPE_JOIN(colmap_kernels_, HELIOTROPE_KERNEL_TARGET);
const ColmapKernels HELIOTROPE_JOIN(colmap_kernels_, HELIOTROPE_KERNEL_TARGET) = {
    kernels_of<SimpleRadialCamera>(), kernels_of<RadialCamera>(), kernels_of<OpenCvCamera>()};

}  // namespace heliotrope::residuals_detail
