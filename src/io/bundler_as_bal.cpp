// SPDX-License-Identifier: Apache-2.0
#include <Eigen/Geometry>
#include <algorithm>

#include "heliotrope/io/bundler.hpp"
#include "heliotrope/residuals/rotation.hpp"

namespace heliotrope {
namespace {

using RowMatrix = Eigen::Matrix<double, 3, 3, Eigen::RowMajor>;

void to_bal_camera(const double* camera, double* bal) {
  const Eigen::Quaterniond turn = Eigen::Quaterniond(Eigen::Map<const RowMatrix>(camera + 3)).normalized();
  quaternion_to_angle_axis(turn.coeffs().data(), bal);  // both in the order x y z w
  std::copy_n(camera + 12, 3, bal + 3);
  std::copy_n(camera, 3, bal + 6);
}

void from_bal_camera(const double* bal, double* camera) {
  double turn[4];
  angle_axis_to_quaternion(bal, turn);
  std::copy_n(bal + 6, 3, camera);
  quaternion_matrix(turn, camera + 3);
  std::copy_n(bal + 3, 3, camera + 12);
}

}  // namespace

BundlerAsBal to_bal(const BundlerScene& scene) {
  BundlerAsBal made;
  std::vector<std::int32_t> position(static_cast<std::size_t>(scene.num_cameras()), -1);
  for (std::int64_t c = 0; c < scene.num_cameras(); ++c) {
    if (!scene.is_registered(c)) continue;
    position[static_cast<std::size_t>(c)] = static_cast<std::int32_t>(made.camera_of.size());
    made.camera_of.push_back(c);
  }
  BalScene& bal = made.scene;
  bal.cameras.resize(9 * made.camera_of.size());
  for (std::size_t c = 0; c < made.camera_of.size(); ++c) {
    to_bal_camera(&scene.cameras[static_cast<std::size_t>(15 * made.camera_of[c])], &bal.cameras[9 * c]);
  }
  bal.points = scene.points;
  for (std::size_t p = 0; p + 1 < scene.view_begin.size(); ++p) {
    for (auto v = static_cast<std::size_t>(scene.view_begin[p]); v < static_cast<std::size_t>(scene.view_begin[p + 1]);
         ++v) {
      const std::int32_t camera = position[static_cast<std::size_t>(scene.view_camera[v])];
      if (camera < 0) continue;
      bal.camera_index.push_back(camera);
      bal.point_index.push_back(static_cast<std::int32_t>(p));
      bal.observations.insert(bal.observations.end(), &scene.view_pixels[2 * v], &scene.view_pixels[2 * v] + 2);
    }
  }
  return made;
}

void store_values(const BundlerAsBal& from, BundlerScene& scene) {
  for (std::size_t c = 0; c < from.camera_of.size(); ++c) {
    from_bal_camera(&from.scene.cameras[9 * c], &scene.cameras[static_cast<std::size_t>(15 * from.camera_of[c])]);
  }
  scene.points = from.scene.points;
}

}  // namespace heliotrope
