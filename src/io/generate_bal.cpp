// SPDX-License-Identifier: Apache-2.0
#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

#include "heliotrope/error.hpp"
#include "heliotrope/io/generate.hpp"
#include "heliotrope/large_vector.hpp"
#include "random.hpp"

// The constants of this file shape the scenes; all are chosen, not measured.
namespace heliotrope {
namespace {

using detail::Random;
using Eigen::Matrix3d;
using Eigen::Vector3d;
using std::numbers::pi;
using Index = std::int64_t;

struct Camera {
  Matrix3d camera_from_world;  // rows: right, up, backward
  Vector3d centre;
  double focal, k1, k2;
};

struct World {
  std::vector<Camera> cameras;
  BalScene scene;  // the true points and who sees them; then what is observed, and the perturbed start in their place

  /// Adds a point; its cameras follow by see().
  void add_point(const Vector3d& point) { scene.points.insert(scene.points.end(), point.data(), point.data() + 3); }
  /// The last point is seen by a camera.
  void see(Index camera) {
    scene.camera_index.push_back(static_cast<std::int32_t>(camera));
    scene.point_index.push_back(static_cast<std::int32_t>(scene.num_points() - 1));
  }
};

/// Room for the points, and for as many observations as are likely.
void reserve(const BalGeneration& options, BalScene& scene) {
  const auto points = static_cast<double>(options.num_points);
  const double track = std::min(options.mean_track, static_cast<double>(options.num_cameras));
  const auto observations = static_cast<std::size_t>(track * (points + 10.0 * std::sqrt(points)));
  detail::reserve_huge(scene.points, 3 * static_cast<std::size_t>(options.num_points));
  detail::reserve_huge(scene.camera_index, observations);
  detail::reserve_huge(scene.point_index, observations);
}

Vector3d normal_vector(Random& random) {
  const double x = random.normal(), y = random.normal(), z = random.normal();
  return {x, y, z};
}

Matrix3d rotation(const Vector3d& angle_axis) {
  const double angle = angle_axis.norm();
  if (angle == 0.0) return Matrix3d::Identity();
  return Eigen::AngleAxisd(angle, angle_axis / angle).toRotationMatrix();
}

Camera look(Random& random, const Vector3d& centre, const Vector3d& forward) {
  Camera camera;
  const Vector3d backward = -forward.normalized();
  const Vector3d right = Vector3d::UnitZ().cross(backward).normalized();
  camera.camera_from_world << right.transpose(), backward.cross(right).transpose(), backward.transpose();
  camera.camera_from_world = rotation(0.03 * normal_vector(random)) * camera.camera_from_world;
  camera.centre = centre;
  camera.focal = random.uniform(900.0, 1100.0);
  camera.k1 = random.uniform(-0.06, 0.0);
  camera.k2 = random.uniform(0.0, 0.01);
  return camera;
}

/// Track lengths: 2 and a geometric number, cut off at `available`, with the given mean where that many are available.
class TrackLength {
 public:
  /// A geometric number of mean m = q / (1 - q), cut off at n, has the mean q + q^2 + ... + q^n = m (1 - q^n).
  TrackLength(double mean, Index available) : available_(available) {
    const auto most = static_cast<double>(available - 2);
    double low = 0.0, high = 1.0;
    for (int step = 0; step < 60; ++step) {
      const double q = 0.5 * (low + high);
      (q / (1.0 - q) * (1.0 - std::pow(q, most)) < mean - 2.0 ? low : high) = q;
    }
    uncut_mean_ = std::min(low / (1.0 - low), 1e12);  // beyond, all numbers are cut off
  }
  Index draw(Random& random) const { return std::min(available_, 2 + random.geometric(uncut_mean_)); }

 private:
  Index available_;
  double uncut_mean_;
};

// Cameras 1 m apart along x look at fronts on the side of +y; point p belongs to the neighbours of camera p C / P.
World make_street(Random& random, const BalGeneration& options) {
  World world;
  reserve(options, world.scene);
  const Index num_cameras = options.num_cameras;
  for (Index c = 0; c < num_cameras; ++c) {
    const Vector3d centre = Vector3d(static_cast<double>(c), 0.0, 1.5) + 0.1 * normal_vector(random);
    world.cameras.push_back(look(random, centre, Vector3d(0.2, 1.0, 0.0)));
  }
  const TrackLength track_length(options.mean_track, num_cameras);
  for (Index p = 0; p < options.num_points; ++p) {
    const double along = (static_cast<double>(p) + random.uniform()) / static_cast<double>(options.num_points);
    const Index length = track_length.draw(random);
    const auto middle = static_cast<Index>(along * static_cast<double>(num_cameras));
    const Index first = std::clamp<Index>(middle - length / 2, 0, num_cameras - length);
    const double distance = std::max(5.0, 0.6 * static_cast<double>(length)) * random.uniform(1.0, 2.0);
    const double x = static_cast<double>(first) + 0.5 * static_cast<double>(length - 1) + random.uniform(-1.0, 1.0);
    world.add_point({x, distance, 1.5 + distance * random.uniform(-0.4, 0.4)});
    for (Index c = first; c < first + length; ++c) world.see(c);
  }
  return world;
}

struct Landmark {
  Vector3d centre;
  double radius;
  Index num_points;
  std::vector<std::int32_t> cameras;  // those that see it
};

// Parts of `total` that fall as 1 / rank, each at least `least`; the most popular takes what rounding leaves.
std::vector<Index> popular_parts(Index total, Index num_parts, Index least) {
  double sum = 0.0;
  for (Index k = 1; k <= num_parts; ++k) sum += 1.0 / static_cast<double>(k);
  std::vector<Index> parts;
  Index left = total;
  for (Index k = 1; k <= num_parts; ++k) {
    const double share = static_cast<double>(total - least * num_parts) / (sum * static_cast<double>(k));
    parts.push_back(least + static_cast<Index>(share));
    left -= parts.back();
  }
  parts.front() += left;
  return parts;
}

// Cameras stand around landmarks. The first two of every landmark but the first stand behind an earlier one and look
// through it, so that they see both: no part of the scene is loose.
std::vector<Landmark> make_landmarks(Random& random, const BalGeneration& options, World& world) {
  const Index count = std::max<Index>(1, options.num_cameras / 20);
  const std::vector<Index> num_cameras = popular_parts(options.num_cameras, count, count == 1 ? 0 : 4);
  const std::vector<Index> num_points = popular_parts(options.num_points, count, 0);
  const double side = 100.0 * std::sqrt(static_cast<double>(count));
  std::vector<Landmark> landmarks;
  for (std::size_t k = 0; k < static_cast<std::size_t>(count); ++k) {
    const double x = random.uniform(0.0, side), y = random.uniform(0.0, side), radius = random.uniform(4.0, 8.0);
    landmarks.push_back({Vector3d(x, y, radius), radius, num_points[k], {}});
    for (Index c = 0; c < num_cameras[k]; ++c) {
      const auto camera = static_cast<std::int32_t>(world.cameras.size());
      const double distance = random.uniform(2.5, 5.0);
      const double angle = random.uniform(-pi, pi);
      Vector3d target = landmarks[k].centre;
      Vector3d centre = target + distance * radius * Vector3d(std::cos(angle), std::sin(angle), 0.2);
      if (k > 0 && c < 2) {
        Landmark& parent = landmarks[static_cast<std::size_t>(random.below(static_cast<Index>(k)))];
        const Vector3d forward = (target - parent.centre).normalized();
        centre = parent.centre - distance * parent.radius * forward + 0.2 * parent.radius * normal_vector(random);
        parent.cameras.push_back(camera);
      }
      landmarks[k].cameras.push_back(camera);
      world.cameras.push_back(look(random, centre, target - centre));
    }
  }
  return landmarks;
}

// `length` cameras of a landmark: the one whose turn it is, others by popularity (density 1 / sqrt(rank)).
void choose_cameras(Random& random, const std::vector<std::int32_t>& cameras, Index turn, Index length,
                    std::vector<std::int32_t>& chosen) {
  const auto count = static_cast<Index>(cameras.size());
  const auto at = [&](Index i) { return cameras[static_cast<std::size_t>(i % count)]; };
  chosen.assign(1, at(turn));
  if (2 * length > count) {  // too many to be drawn one by one: neighbours in the list
    for (Index i = 1; i < length; ++i) chosen.push_back(at(turn + i));
  }
  while (static_cast<Index>(chosen.size()) < length) {
    const double u = random.uniform();
    const std::int32_t camera = at(static_cast<Index>(u * u * static_cast<double>(count)));
    if (std::find(chosen.begin(), chosen.end(), camera) == chosen.end()) chosen.push_back(camera);
  }
  std::sort(chosen.begin(), chosen.end());
}

World make_crowd(Random& random, const BalGeneration& options) {
  World world;
  reserve(options, world.scene);
  std::vector<std::int32_t> chosen;
  for (const Landmark& landmark : make_landmarks(random, options, world)) {
    const TrackLength track_length(options.mean_track, static_cast<Index>(landmark.cameras.size()));
    for (Index p = 0; p < landmark.num_points; ++p) {
      const double radius = landmark.radius * std::cbrt(random.uniform());
      const Vector3d direction = normal_vector(random).normalized();
      world.add_point(landmark.centre + radius * direction);
      choose_cameras(random, landmark.cameras, p, track_length.draw(random), chosen);
      for (const std::int32_t camera : chosen) world.see(camera);
    }
  }
  return world;
}

void observe(Random& random, const BalGeneration& options, World& world) {
  BalScene& scene = world.scene;
  detail::reserve_huge(scene.observations, 2 * scene.camera_index.size());
  for (std::size_t k = 0; k < scene.camera_index.size(); ++k) {
    const Camera& camera = world.cameras[static_cast<std::size_t>(scene.camera_index[k])];
    const Eigen::Map<const Vector3d> point(&scene.points[3 * static_cast<std::size_t>(scene.point_index[k])]);
    const Vector3d seen = camera.camera_from_world * (point - camera.centre);
    const double x = -seen.x() / seen.z(), y = -seen.y() / seen.z(), r2 = x * x + y * y;
    const double scale = camera.focal * (1.0 + r2 * (camera.k1 + r2 * camera.k2));
    const double noise_x = random.normal(), noise_y = random.normal();
    const bool outlier = random.chance(options.outliers);
    const double wrong_x = random.uniform(-1000.0, 1000.0), wrong_y = random.uniform(-750.0, 750.0);
    scene.observations.push_back(outlier ? wrong_x : scale * x + options.noise * noise_x);
    scene.observations.push_back(outlier ? wrong_y : scale * y + options.noise * noise_y);
  }
}

void perturb(Random& random, const BalGeneration& options, World& world) {
  BalScene& scene = world.scene;
  for (const Camera& camera : world.cameras) {
    const Vector3d turn = options.rotation_error * normal_vector(random);
    const Vector3d centre = camera.centre + options.position_error * normal_vector(random);
    const Matrix3d camera_from_world = rotation(turn) * camera.camera_from_world;
    const Eigen::AngleAxisd angle_axis(camera_from_world);
    const Vector3d r = angle_axis.angle() * angle_axis.axis(), t = -camera_from_world * centre;
    scene.cameras.insert(scene.cameras.end(), {r.x(), r.y(), r.z(), t.x(), t.y(), t.z()});
    scene.cameras.insert(scene.cameras.end(), {camera.focal, camera.k1, camera.k2});
  }
  for (std::size_t p = 0; p < scene.points.size(); p += 3) {
    Eigen::Map<Vector3d>(&scene.points[p]) += options.point_error * normal_vector(random);
  }
}

void check(const BalGeneration& options) {
  const auto require = [](bool holds, const char* name, const std::string& found, const char* expected) {
    if (!holds) throw Error("generate_bal: found " + std::string(name) + " = " + found + ", expected " + expected);
  };
  constexpr Index limit = 2147483647;
  const Index cameras = options.num_cameras, points = options.num_points;
  require(cameras >= 2 && cameras <= limit, "num_cameras", std::to_string(cameras), "2 to 2^31 - 1");
  require(points >= 1 && points <= limit, "num_points", std::to_string(points), "1 to 2^31 - 1");
  require(options.mean_track >= 2.0 && std::isfinite(options.mean_track), "mean_track",
          std::to_string(options.mean_track), "a number of at least 2");
  require(options.outliers >= 0.0 && options.outliers <= 1.0, "outliers", std::to_string(options.outliers), "0 to 1");
  const auto deviation = [&](const char* name, double value) {
    require(value >= 0.0 && std::isfinite(value), name, std::to_string(value), "a finite number of at least 0");
  };
  deviation("noise", options.noise);
  deviation("rotation_error", options.rotation_error);
  deviation("position_error", options.position_error);
  deviation("point_error", options.point_error);
}

}  // namespace

BalScene generate_bal(const BalGeneration& options) {
  check(options);
  // One sequence a purpose, so that the observations do not depend on how the start is perturbed.
  Random world_random(3 * options.seed), pixel_random(3 * options.seed + 1), start_random(3 * options.seed + 2);
  const bool street = options.structure == BalStructure::street;
  World world = street ? make_street(world_random, options) : make_crowd(world_random, options);
  observe(pixel_random, options, world);
  perturb(start_random, options, world);
  return std::move(world.scene);
}

}  // namespace heliotrope
