// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/io/colmap_problem.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include "heliotrope/large_vector.hpp"
#include "heliotrope/residuals/colmap.hpp"
#include "io/all_finite.hpp"
#include "io/colmap_parts.hpp"
#include "io/shipped_types.hpp"
#include "residuals/colmap_kernels.hpp"

namespace heliotrope {
namespace {

using detail::all_finite;

/// [image][7]: t, then the quaternion x y z w of length 1.
std::vector<double> poses_of(const ColmapModel& model) {
  std::vector<double> poses;
  poses.reserve(7 * model.images.size());
  for (const ColmapImage& image : model.images) {
    const auto& [w, x, y, z] = image.rotation;
    const double greatest = std::max({std::abs(w), std::abs(x), std::abs(y), std::abs(z)});
    std::array<double, 4> turn = {x / greatest, y / greatest, z / greatest, w / greatest};  // squares do not overflow
    quaternion_normalize(turn.data(), turn.data());
    poses.insert(poses.end(), image.translation.begin(), image.translation.end());
    poses.insert(poses.end(), turn.begin(), turn.end());
  }
  return poses;
}

/// X' = scale (X - centre), t' = scale (t + R centre).
void normalise_model(const BalNormalisation& by, std::span<double> poses, std::span<double> points) {
  for (std::size_t i = 0; i < poses.size(); i += 7) {
    double turned[3];
    quaternion_rotate(&poses[i + 3], by.centre.data(), turned);
    for (std::size_t k = 0; k < 3; ++k) poses[i + k] = by.scale * (poses[i + k] + turned[k]);
  }
  for (std::size_t k = 0; k < points.size(); ++k) points[k] = by.scale * (points[k] - by.centre[k % 3]);
}

void add_poses_and_points(const ColmapModel& model, bool normalised, ColmapProblem& made) {
  std::vector<double> poses = poses_of(model), points = model.points;
  if (normalised) made.normalisation = find_normalisation(points);
  if (!made.normalisation.is_identity()) {
    normalise_model(made.normalisation, poses, points);
    if (!all_finite(poses) || !all_finite(points)) {
      made.normalisation = {};
      poses = poses_of(model);
      points = model.points;
    }
  }
  made.poses = made.problem.add_variables<SE3>(poses);
  made.points = made.problem.add_variables<3>(points);
}

/// How a camera model is stated: RadialCamera for RADIAL and so on, the pinholes with a distortion of zeros.
enum class Stated { simple_radial, radial, opencv };
Stated stated_as(ColmapCameraModel model) {
  switch (model) {
    case ColmapCameraModel::simple_pinhole:
    case ColmapCameraModel::simple_radial:
      return Stated::simple_radial;
    case ColmapCameraModel::radial:
      return Stated::radial;
    case ColmapCameraModel::pinhole:
    case ColmapCameraModel::opencv:
      break;
  }
  return Stated::opencv;
}

/// The variables of the cameras that are stated as `kind`, one after another, and where each is among them.
template <class Camera>
struct Intrinsics {
  Variables<Euclidean<Camera::focal_size>> focal;
  Variables<Euclidean<2>> principal_point;
  Variables<Euclidean<Camera::distortion_size>> distortion;
  std::vector<std::int64_t> position;  // [camera], -1 for others
};

template <class Camera>
Intrinsics<Camera> add_intrinsics(const ColmapModel& model, Stated kind, ColmapProblem& made) {
  std::vector<double> focal, principal_point, distortion;
  Intrinsics<Camera> added;
  std::int64_t count = 0;
  for (const ColmapCamera& camera : model.cameras) {
    const bool one_of_these = stated_as(camera.model) == kind;
    added.position.push_back(one_of_these ? count++ : -1);
    if (!one_of_these) continue;
    const double* const values = camera.parameters.data();  // zeros behind the last: a pinhole's distortion
    focal.insert(focal.end(), values, values + Camera::focal_size);
    principal_point.insert(principal_point.end(), values + Camera::focal_size, values + Camera::focal_size + 2);
    distortion.insert(distortion.end(), values + Camera::focal_size + 2,
                      values + Camera::focal_size + 2 + Camera::distortion_size);
  }
  if (count == 0) return added;
  added.focal = made.problem.add_variables<Camera::focal_size>(focal);
  added.principal_point = made.problem.add_variables<2>(principal_point);
  added.distortion = made.problem.add_variables<Camera::distortion_size>(distortion);
  for (std::size_t c = 0; c < model.cameras.size(); ++c) {
    if (const std::int64_t k = added.position[c]; k >= 0)
      made.cameras[c] = {added.focal[k], added.principal_point[k], added.distortion[k]};
  }
  return added;
}

/// Variables and residuals of the cameras that are stated as `kind`.
template <class Camera>
void add_observations(const ColmapModel& model, Stated kind, const ResidualOptions& options,
                      const residuals_detail::ShippedKernels::Pair& kernels, ColmapProblem& made) {
  const Intrinsics<Camera> intrinsics = add_intrinsics<Camera>(model, kind, made);
  std::vector<ColmapReprojection<double, Camera>> pixels;
  std::vector<std::int64_t> image, point, camera;
  for (std::size_t i = 0; i < model.images.size(); ++i) {
    const std::int64_t position = intrinsics.position[static_cast<std::size_t>(model.images[i].camera)];
    if (position < 0) continue;
    for (auto k = static_cast<std::size_t>(model.keypoint_begin[i]);
         k < static_cast<std::size_t>(model.keypoint_begin[i + 1]); ++k) {
      if (model.keypoint_point[k] < 0) continue;
      pixels.push_back({model.keypoints[2 * k], model.keypoints[2 * k + 1]});
      image.push_back(static_cast<std::int64_t>(i));
      point.push_back(model.keypoint_point[k]);
      camera.push_back(position);
    }
  }
  if (pixels.empty()) return;
  made.problem.add_residuals(pixels, options, made.poses[image], made.points[point], intrinsics.focal[camera],
                             intrinsics.principal_point[camera], intrinsics.distortion[camera]);
  detail::ResidualGroup& group = detail::ProblemAccess::groups(made.problem).back();
  group.kernels.residuals = kernels.residuals;
  group.kernels.autodiff = kernels.autodiff;
}

void hold_intrinsics(const ColmapModel& model, FreeIntrinsics free, ColmapProblem& made) {
  for (std::size_t c = 0; c < model.cameras.size(); ++c) {
    const ColmapCameraVariables& camera = made.cameras[c];
    const bool has_distortion = parameters_of(model.cameras[c].model).distortion > 0;
    if (free == FreeIntrinsics::none) made.problem.fix(camera.focal);
    if (free != FreeIntrinsics::all) made.problem.fix(camera.principal_point);
    if (!has_distortion || free == FreeIntrinsics::none || free == FreeIntrinsics::focal) {
      made.problem.fix(camera.distortion);
    }
  }
}

std::string_view held_in_words(FreeIntrinsics free) {
  switch (free) {
    case FreeIntrinsics::none:
      return "all intrinsics are held";
    case FreeIntrinsics::focal:
      return "principal points and distortion are held";
    case FreeIntrinsics::focal_and_distortion:
      return "principal points are held";
    case FreeIntrinsics::all:
      break;
  }
  return "all intrinsics are free";
}

/// Holds the first image that sees a point, and says so.
void fix_gauge(const ColmapModel& model, ColmapProblem& made) {
  const auto seen = std::find_if(model.keypoint_point.begin(), model.keypoint_point.end(),
                                 [](std::int64_t point) { return point >= 0; });
  if (seen == model.keypoint_point.end()) return;
  const auto after = std::upper_bound(model.keypoint_begin.begin(), model.keypoint_begin.end(),
                                      static_cast<std::int64_t>(seen - model.keypoint_point.begin()));
  const std::int64_t image = after - model.keypoint_begin.begin() - 1;
  made.problem.fix(made.poses[image]);
  made.note += "; gauge: the pose of image " + std::to_string(model.images[static_cast<std::size_t>(image)].id) +
               " is held, the scale is left to damping";
}

/// The distance of a keypoint from where its point is seen.
template <class Camera>
double distance(const ColmapCamera& camera, const double* pose, const double* point, const double* pixel) {
  const double* const values = camera.parameters.data();
  double r[2];
  ColmapReprojection<double, Camera>{pixel[0], pixel[1]}(pose, point, values, values + Camera::focal_size,
                                                         values + Camera::focal_size + 2, r);
  return std::sqrt(r[0] * r[0] + r[1] * r[1]);
}

/// Sets the mean distance, in pixels, of every point that is seen.
void update_errors(std::span<const double> poses, ColmapModel& model) {
  std::vector<double> sums(model.point_ids.size(), 0.0);
  std::vector<std::int64_t> counts(model.point_ids.size(), 0);
  for (std::size_t i = 0; i < model.images.size(); ++i) {
    const ColmapCamera& camera = model.cameras[static_cast<std::size_t>(model.images[i].camera)];
    const Stated kind = stated_as(camera.model);
    const auto of = kind == Stated::simple_radial ? distance<SimpleRadialCamera>
                    : kind == Stated::radial      ? distance<RadialCamera>
                                                  : distance<OpenCvCamera>;
    for (auto k = static_cast<std::size_t>(model.keypoint_begin[i]);
         k < static_cast<std::size_t>(model.keypoint_begin[i + 1]); ++k) {
      if (model.keypoint_point[k] < 0) continue;
      const auto p = static_cast<std::size_t>(model.keypoint_point[k]);
      sums[p] += of(camera, &poses[7 * i], &model.points[3 * p], &model.keypoints[2 * k]);
      ++counts[p];
    }
  }
  for (std::size_t p = 0; p < sums.size(); ++p) {
    const double mean = sums[p] / static_cast<double>(counts[p]);
    if (counts[p] > 0 && std::isfinite(mean)) model.errors[p] = mean;
  }
}

void store_intrinsics(const ColmapProblem& from, ColmapModel& model) {
  for (std::size_t c = 0; c < model.cameras.size(); ++c) {
    ColmapCamera& camera = model.cameras[c];
    double* to = camera.parameters.data();
    const auto copy = [&](AnyVariable variable, int count) {
      const auto value = from.problem.value(variable);
      to = std::copy_n(value.begin(), count, to);
    };
    const ColmapParameters sizes = parameters_of(camera.model);
    copy(from.cameras[c].focal, sizes.focal);
    copy(from.cameras[c].principal_point, 2);
    copy(from.cameras[c].distortion, sizes.distortion);
  }
}

}  // namespace

ColmapProblem make_problem(const ColmapModel& model, const ResidualOptions& options,
                           const ColmapProblemOptions& colmap_options) {
  colmap_detail::check_cameras("COLMAP model", model);
  colmap_detail::check_images("COLMAP model", model);
  colmap_detail::check_points("COLMAP model", model);
  const auto& kernels = residuals_detail::colmap_kernels();
  ColmapProblem made;
  made.cameras.resize(model.cameras.size());
  add_poses_and_points(model, colmap_options.normalise, made);
  add_observations<SimpleRadialCamera>(model, Stated::simple_radial, options, kernels.simple_radial, made);
  add_observations<RadialCamera>(model, Stated::radial, options, kernels.radial, made);
  add_observations<OpenCvCamera>(model, Stated::opencv, options, kernels.opencv, made);
  hold_intrinsics(model, colmap_options.intrinsics, made);
  made.note = held_in_words(colmap_options.intrinsics);
  fix_gauge(model, made);
  return made;
}

void store_values(const ColmapProblem& from, ColmapModel& model) {
  const auto poses = from.problem.values(from.poses), points = from.problem.values(from.points);
  model.points.assign(points.begin(), points.end());
  std::vector<double> own(poses.begin(), poses.end());
  if (const BalNormalisation& by = from.normalisation; !by.is_identity()) {
    for (std::size_t k = 0; k < model.points.size(); ++k) model.points[k] = points[k] / by.scale + by.centre[k % 3];
    for (std::size_t i = 0; i < own.size(); i += 7) {
      double turned[3];
      quaternion_rotate(&own[i + 3], by.centre.data(), turned);
      for (std::size_t k = 0; k < 3; ++k) own[i + k] = own[i + k] / by.scale - turned[k];
    }
  }
  for (std::size_t i = 0; i < model.images.size(); ++i) {
    const double* const pose = &own[7 * i];
    model.images[i].translation = {pose[0], pose[1], pose[2]};
    model.images[i].rotation = {pose[6], pose[3], pose[4], pose[5]};
  }
  store_intrinsics(from, model);
  update_errors(own, model);
}

namespace {

template <class Camera, class Kernels>
detail::ShippedType camera_type(const char* name) {
  return detail::shipped_type<ColmapReprojection<double, Camera>, Kernels, SE3, Euclidean<3>,
                              Euclidean<Camera::focal_size>, Euclidean<2>, Euclidean<Camera::distortion_size>>(name);
}

}  // namespace

void detail::append_colmap_types(std::vector<ShippedType>& types) {
  using residuals_detail::colmap_kernels;
  struct SimpleRadialKernels {
    static const KernelPair& get() { return colmap_kernels().simple_radial; }
  };
  struct RadialKernels {
    static const KernelPair& get() { return colmap_kernels().radial; }
  };
  struct OpencvKernels {
    static const KernelPair& get() { return colmap_kernels().opencv; }
  };
  types.push_back(camera_type<SimpleRadialCamera, SimpleRadialKernels>("colmap-simple-radial"));
  types.push_back(camera_type<RadialCamera, RadialKernels>("colmap-radial"));
  types.push_back(camera_type<OpenCvCamera, OpencvKernels>("colmap-opencv"));
}

}  // namespace heliotrope
