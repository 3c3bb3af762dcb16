// SPDX-License-Identifier: Apache-2.0
// Small bundle adjustment problems of many kinds, as users state them.
#pragma once

#include <array>
#include <cmath>
#include <vector>

#include "heliotrope/heliotrope.hpp"
#include "heliotrope/io/generate.hpp"
#include "heliotrope/io/problems.hpp"
#include "heliotrope/residuals/rotation.hpp"
#include "heliotrope/residuals/snavely.hpp"

namespace heliotrope_test {

using namespace heliotrope;

/// The pixel of a point `seen` in a camera's frame: focal length, k1, k2.
template <class T>
HELIOTROPE_INLINE void project(const T* intrinsics, const T* seen, T& x, T& y) {
  const T scale = -1.0 / seen[2];
  const T u = scale * seen[0], v = scale * seen[1], square = u * u + v * v;
  const T focal = intrinsics[0] * (1.0 + square * (intrinsics[1] + intrinsics[2] * square));
  x = focal * u;
  y = focal * v;
}

/// A pose (angle-axis, translation) and intrinsics that many images share.
template <class S>
struct SharedReprojection {
  S u, v;
  static constexpr int residuals = 2;
  template <class T>
  HELIOTROPE_INLINE void operator()(const T* pose, const T* intrinsics, const T* point, T* r) const {
    T seen[3];
    angle_axis_rotate(pose, point, seen);
    for (int i = 0; i < 3; ++i) seen[i] += pose[3 + i];
    project(intrinsics, seen, r[0], r[1]);
    r[0] -= u;
    r[1] -= v;
  }
};

/// A lens of a rig: lens from rig, rig from world, intrinsics, point.
template <class S>
struct RigReprojection {
  S u, v;
  static constexpr int residuals = 2;
  template <class T>
  HELIOTROPE_INLINE void operator()(const T* lens, const T* point, const T* pose, const T* intrinsics, T* r) const {
    T rig[3], seen[3];
    angle_axis_rotate(pose, point, rig);
    for (int i = 0; i < 3; ++i) rig[i] += pose[3 + i];
    angle_axis_rotate(lens, rig, seen);
    for (int i = 0; i < 3; ++i) seen[i] += lens[3 + i];
    project(intrinsics, seen, r[0], r[1]);
    r[0] -= u;
    r[1] -= v;
  }
};

/// A pose on SE3 (camera from world) and known intrinsics.
template <class S>
struct PoseReprojection {
  S u, v, focal;
  static constexpr int residuals = 2;
  template <class T>
  HELIOTROPE_INLINE void operator()(const T* pose, const T* point, T* r) const {
    T seen[3];
    quaternion_rotate(pose + 3, point, seen);
    const T scale = -focal / (seen[2] + pose[2]);
    r[0] = scale * (seen[0] + pose[0]) - u;
    r[1] = scale * (seen[1] + pose[1]) - v;
  }
};

/// Distortion or none: the kind is the same for all lanes of a block.
template <class S>
struct KindReprojection {
  S u, v;
  int kind;
  static constexpr int residuals = 2;
  template <class T>
  HELIOTROPE_INLINE void operator()(const T* camera, const T* point, T* r) const {
    if (kind == 0) return SnavelyReprojection<S>{u, v}(camera, point, r);
    T seen[3];
    angle_axis_rotate(camera, point, seen);
    const T scale = -camera[6] / (seen[2] + camera[5]);
    r[0] = scale * (seen[0] + camera[3]) - u;
    r[1] = scale * (seen[1] + camera[4]) - v;
  }
};

/// A straight-line prediction with derivatives of its own.
template <class S>
struct AffineView {
  S u, v;
  static constexpr int residuals = 2;
  template <class T>
  void operator()(const T* camera, const T* point, T* r) const {
    for (int i = 0; i < 2; ++i) {
      const T* c = camera + 4 * i;
      r[i] = c[0] * point[0] + c[1] * point[1] + c[2] * point[2] + c[3] - (i == 0 ? u : v);
    }
  }
  template <class T>
  void jacobian(const T* camera, const T* point, T* by_camera, T* by_point) const {
    for (int i = 0; i < 2; ++i) {
      for (int k = 0; k < 8; ++k) by_camera[8 * i + k] = T(0.0);
      for (int k = 0; k < 3; ++k) by_camera[8 * i + 4 * i + k] = point[k];
      by_camera[8 * i + 4 * i + 3] = T(1.0);
      for (int k = 0; k < 3; ++k) by_point[3 * i + k] = camera[4 * i + k];
    }
  }
};

/// One camera and one point with sizes known only at run time; one object a residual.
struct DynamicReprojection {
  double u, v;
  template <class T>
  void operator()(const T* const* x, T* r) const {
    using namespace heliotrope::math;
    T seen[3];
    angle_axis_rotate(x[0], x[1], seen);
    for (int i = 0; i < 3; ++i) seen[i] += x[0][3 + i];
    project(x[0] + 6, seen, r[0], r[1]);
    r[0] -= u;
    r[1] -= v;
  }
};

/// weight (x[first + i] - at[i]): what a receiver of satellites says of a camera, or a survey of a point.
template <class S>
struct PositionPrior {
  std::array<S, 3> at;
  S weight;
  int first;
  static constexpr int residuals = 3;
  template <class T>
  void operator()(const T* x, T* r) const {
    for (int i = 0; i < 3; ++i) r[i] = weight * (x[first + i] - at[i]);
  }
};

inline BalGeneration small_scene(BalStructure structure = BalStructure::street) {
  return {.structure = structure, .num_cameras = 8, .num_points = 70, .mean_track = 4.0, .seed = 11};
}

/// The same scene without errors of the start.
inline BalScene truth_of(BalGeneration generation) {
  generation.rotation_error = generation.position_error = generation.point_error = 0.0;
  return generate_bal(generation);
}

/// Noise without a generator: about half a pixel.
inline double noise(std::size_t i) { return 0.7 * std::sin(12.9898 * static_cast<double>(i + 1)); }

inline std::span<const std::int32_t> span_of(const std::vector<std::int32_t>& v) { return v; }

/// The first six numbers of every camera.
inline std::vector<double> poses_of(const BalScene& scene) {
  std::vector<double> poses;
  for (std::size_t c = 0; c < scene.cameras.size(); c += 9) {
    poses.insert(poses.end(), scene.cameras.begin() + static_cast<std::ptrdiff_t>(c),
                 scene.cameras.begin() + static_cast<std::ptrdiff_t>(c) + 6);
  }
  return poses;
}

struct Bundle {
  BalScene scene;
  Problem problem;
  Variables<Euclidean<9>> cameras;
  Variables<Euclidean<3>> points;

  explicit Bundle(BalScene of) : scene(std::move(of)) {
    cameras = problem.add_variables<9>(scene.cameras);
    points = problem.add_variables<3>(scene.points);
  }
  template <class R>
  std::vector<R> pixels() const {
    std::vector<R> data(scene.camera_index.size());
    for (std::size_t k = 0; k < data.size(); ++k)
      data[k].u = scene.observations[2 * k], data[k].v = scene.observations[2 * k + 1];
    return data;
  }
  void observe(const ResidualOptions& options = {}) {
    problem.add_residuals(pixels<SnavelyReprojection<double>>(), options, cameras[span_of(scene.camera_index)],
                          points[span_of(scene.point_index)]);
  }
};

inline Problem plain_bundle(const BalGeneration& generation, const ResidualOptions& options = {}) {
  Bundle bundle(generate_bal(generation));
  bundle.observe(options);
  return std::move(bundle.problem);
}

inline Problem bundle_with_priors() {
  Bundle bundle(generate_bal(small_scene()));
  bundle.observe();
  for (std::int64_t c = 0; c < bundle.cameras.size(); ++c) {
    const double* t = bundle.scene.cameras.data() + 9 * c + 3;
    const double error = noise(static_cast<std::size_t>(c));
    bundle.problem.add_residual(PositionPrior<double>{{t[0] + 0.02 * error, t[1], t[2] - 0.01 * error}, 10.0, 3},
                                bundle.cameras[c]);
  }
  for (std::int64_t p = 0; p < bundle.points.size(); p += 3) {
    const double* x = bundle.scene.points.data() + 3 * p;
    bundle.problem.add_residual(PositionPrior<double>{{x[0], x[1] + 0.1, x[2]}, 5.0, 0}, {.loss = cauchy(1.0)},
                                bundle.points[p]);
  }
  return std::move(bundle.problem);
}

inline Problem bundle_with_fixed() {
  Bundle bundle(generate_bal(small_scene()));
  bundle.observe();
  for (int c : {0, 3}) bundle.problem.fix(bundle.cameras[c]);
  for (std::int64_t p = 0; p < bundle.points.size(); p += 6) bundle.problem.fix(bundle.points[p]);
  return std::move(bundle.problem);
}

/// Two intrinsics for all images; pixels made from the truth.
inline Problem bundle_with_shared_intrinsics() {
  const BalScene truth = truth_of(small_scene()), start = generate_bal(small_scene());
  const std::vector<double> true_intrinsics = {1000.0, -0.05, 0.01, 900.0, 0.02, -0.01}, true_poses = poses_of(truth);
  std::vector<SharedReprojection<double>> data;
  std::vector<std::int32_t> which;
  for (std::size_t k = 0; k < truth.camera_index.size(); ++k) {
    const auto c = static_cast<std::size_t>(truth.camera_index[k]), p = static_cast<std::size_t>(truth.point_index[k]);
    which.push_back(static_cast<std::int32_t>(c % 2));
    double r[2];
    SharedReprojection<double>{0.0, 0.0}(true_poses.data() + 6 * c, true_intrinsics.data() + 3 * (c % 2),
                                         truth.points.data() + 3 * p, r);
    data.push_back({r[0] + noise(2 * k), r[1] + noise(2 * k + 1)});
  }
  Problem problem;
  const auto points = problem.add_variables<3>(start.points);
  const auto poses = problem.add_variables<6>(poses_of(start));
  const auto intrinsics = problem.add_variables<3>(std::vector<double>{980.0, 0.0, 0.0, 920.0, 0.0, 0.0});
  problem.add_residuals(data, poses[span_of(start.camera_index)], intrinsics[span_of(which)],
                        points[span_of(start.point_index)]);
  return problem;
}

/// Every station sees each of its points through two lenses: two residuals that share point, pose and intrinsics.
inline Problem bundle_with_rig() {
  const BalScene truth = truth_of(small_scene()), start = generate_bal(small_scene());
  const std::vector<double> true_poses = poses_of(truth), true_intrinsics = {1000.0, -0.05, 0.01};
  const std::vector<double> true_lenses = {0.0, 0.01, 0.0, 0.1, 0.0, 0.0, 0.02, -0.01, 0.005, -0.3, 0.02, 0.01};
  std::vector<RigReprojection<double>> data;
  std::vector<std::int32_t> lens_index, station_index, point_index;
  for (std::size_t k = 0; k < truth.camera_index.size(); ++k) {
    const auto c = static_cast<std::size_t>(truth.camera_index[k]), p = static_cast<std::size_t>(truth.point_index[k]);
    for (std::size_t lens = 0; lens < 2; ++lens) {
      double r[2];
      RigReprojection<double>{0.0, 0.0}(true_lenses.data() + 6 * lens, truth.points.data() + 3 * p,
                                        true_poses.data() + 6 * c, true_intrinsics.data(), r);
      data.push_back({r[0] + noise(4 * k + 2 * lens), r[1] + noise(4 * k + 2 * lens + 1)});
      lens_index.push_back(static_cast<std::int32_t>(lens));
      station_index.push_back(truth.camera_index[k]);
      point_index.push_back(truth.point_index[k]);
    }
  }
  Problem problem;
  std::vector<double> lens_start = true_lenses;
  for (std::size_t i = 6; i < 12; ++i) lens_start[i] += 0.01;
  const auto lenses = problem.add_variables<6>(lens_start);
  problem.fix(lenses[0]);
  const auto poses = problem.add_variables<6>(poses_of(start));
  const auto intrinsics = problem.add_variable({985.0, 0.0, 0.0});
  const auto points = problem.add_variables<3>(start.points);
  problem.add_residuals(data, lenses[span_of(lens_index)], points[span_of(point_index)], poses[span_of(station_index)],
                        intrinsics);
  return problem;
}

/// Weights: one for all pixels of the first half of the residuals, one each for the others.
inline Problem bundle_with_weights() {
  Bundle bundle(generate_bal(small_scene()));
  const auto data = bundle.pixels<SnavelyReprojection<double>>();
  const std::size_t half = data.size() / 2;
  const auto add = [&](std::size_t begin, std::size_t count, const std::vector<double>& weights, Loss loss) {
    bundle.problem.add_residuals(std::span(data).subspan(begin, count), {.loss = loss, .sqrt_information = weights},
                                 bundle.cameras[span_of(bundle.scene.camera_index).subspan(begin, count)],
                                 bundle.points[span_of(bundle.scene.point_index).subspan(begin, count)]);
  };
  add(0, half, {2.0, 0.5, 0.0, 1.5}, Loss::trivial());
  std::vector<double> each;
  for (std::size_t k = half; k < data.size(); ++k) {
    for (double w : {1.0 + 0.3 * noise(k), 0.2 * noise(k + 1), 0.1, 1.0 - 0.2 * noise(k + 2)}) each.push_back(w);
  }
  add(half, data.size() - half, each, huber(1.0));
  return std::move(bundle.problem);
}

inline Problem bundle_on_manifolds() {
  const BalScene truth = truth_of(small_scene()), start = generate_bal(small_scene());
  const auto poses_on_se3 = [](const BalScene& scene) {
    std::vector<double> poses;
    for (std::size_t c = 0; c < scene.cameras.size(); c += 9) {
      double q[4];
      angle_axis_to_quaternion(scene.cameras.data() + c, q);
      for (std::size_t i = 3; i < 6; ++i) poses.push_back(scene.cameras[c + i]);
      poses.insert(poses.end(), q, q + 4);
    }
    return poses;
  };
  const std::vector<double> true_poses = poses_on_se3(truth);
  std::vector<PoseReprojection<double>> data;
  for (std::size_t k = 0; k < truth.camera_index.size(); ++k) {
    double r[2];
    PoseReprojection<double>{0.0, 0.0, 1000.0}(true_poses.data() + 7 * truth.camera_index[k],
                                               truth.points.data() + 3 * truth.point_index[k], r);
    data.push_back({r[0] + noise(2 * k), r[1] + noise(2 * k + 1), 1000.0});
  }
  Problem problem;
  const auto poses = problem.add_variables<SE3>(poses_on_se3(start));
  const auto points = problem.add_variables<3>(start.points);
  problem.add_residuals(data, poses[span_of(start.camera_index)], points[span_of(start.point_index)]);
  problem.fix(poses[0]);
  return problem;
}

/// A third of the pixels by dynamic residuals, another by one with a kind, the rest by the usual one.
inline Problem bundle_of_mixed_types() {
  Bundle bundle(generate_bal(small_scene()));
  const auto& scene = bundle.scene;
  for (std::size_t k = 0; k < scene.camera_index.size(); ++k) {
    const double u = scene.observations[2 * k], v = scene.observations[2 * k + 1];
    const auto camera = bundle.cameras[scene.camera_index[k]];
    const auto point = bundle.points[scene.point_index[k]];
    if (k % 3 == 0) {
      bundle.problem.add_dynamic_residual(2, DynamicReprojection{u, v}, std::array<AnyVariable, 2>{camera, point},
                                          {.loss = huber(3.0)});
    } else if (k % 3 == 1) {
      bundle.problem.add_residual(KindReprojection<double>{u, v, static_cast<int>(k / 3 % 2)}, camera, point);
    } else {
      bundle.problem.add_residual(SnavelyReprojection<double>{u, v}, {.loss = cauchy(2.0)}, camera, point);
    }
  }
  return std::move(bundle.problem);
}

/// Every pixel by a residual whose kind, 0 or 1, goes with its camera.
inline Problem bundle_of_kinds() {
  Bundle bundle(generate_bal(small_scene(BalStructure::crowd)));
  auto data = bundle.pixels<KindReprojection<double>>();
  for (std::size_t k = 0; k < data.size(); ++k) data[k].kind = bundle.scene.camera_index[k] % 2;
  bundle.problem.add_residuals(data, bundle.cameras[span_of(bundle.scene.camera_index)],
                               bundle.points[span_of(bundle.scene.point_index)]);
  return std::move(bundle.problem);
}

inline Problem affine_bundle() {
  const BalScene scene = generate_bal(small_scene());
  std::vector<double> cameras;
  for (int c = 0; c < 8; ++c) {
    for (int i = 0; i < 8; ++i) cameras.push_back(std::cos(1.0 + 8 * c + i));
  }
  std::vector<AffineView<double>> data;
  for (std::size_t k = 0; k < scene.camera_index.size(); ++k) {
    double r[2];
    AffineView<double>{0.0, 0.0}(cameras.data() + 8 * scene.camera_index[k],
                                 scene.points.data() + 3 * scene.point_index[k], r);
    data.push_back({r[0] + noise(2 * k), r[1] + noise(2 * k + 1)});
  }
  for (std::size_t i = 0; i < cameras.size(); ++i) cameras[i] += 0.2 * noise(i);
  Problem problem;
  const auto views = problem.add_variables<8>(cameras);
  const auto points = problem.add_variables<3>(scene.points);
  problem.add_residuals(data, views[span_of(scene.camera_index)], points[span_of(scene.point_index)]);
  return problem;
}

}  // namespace heliotrope_test
