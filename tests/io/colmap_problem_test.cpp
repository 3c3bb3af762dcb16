// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/io/colmap_problem.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "catch.hpp"
#include "colmap_files.hpp"
#include "files.hpp"
#include "heliotrope/io/problems.hpp"
#include "heliotrope/io/text_file.hpp"
#include "heliotrope/minimize/minimize.hpp"
#include "heliotrope/problem/check_derivatives.hpp"

using Catch::Matchers::Contains;
using namespace heliotrope;
using namespace heliotrope_test;

namespace {

/// COLMAP's own formulas, in its own order of parameters: the pixel of the direction (x, y, 1).
std::array<double, 2> image_from_camera(const ColmapCamera& camera, double x, double y) {
  const auto& k = camera.parameters;
  const double n = x * x + y * y;
  switch (camera.model) {
    case ColmapCameraModel::simple_pinhole:
      return {k[0] * x + k[1], k[0] * y + k[2]};
    case ColmapCameraModel::pinhole:
      return {k[0] * x + k[2], k[1] * y + k[3]};
    case ColmapCameraModel::simple_radial:
      return {k[0] * x * (1 + k[3] * n) + k[1], k[0] * y * (1 + k[3] * n) + k[2]};
    case ColmapCameraModel::radial:
      return {k[0] * x * (1 + k[3] * n + k[4] * n * n) + k[1], k[0] * y * (1 + k[3] * n + k[4] * n * n) + k[2]};
    case ColmapCameraModel::opencv:
      break;
  }
  const double radial = 1 + k[4] * n + k[5] * n * n;
  return {k[0] * (x * radial + 2 * k[6] * x * y + k[7] * (n + 2 * x * x)) + k[2],
          k[1] * (y * radial + 2 * k[7] * x * y + k[6] * (n + 2 * y * y)) + k[3]};
}

/// Where keypoint k of image i would be.
std::array<double, 2> predict(const ColmapModel& model, std::size_t i, const double* X) {
  const auto& [w, x, y, z] = model.images[i].rotation;
  const double s = 2.0 / (w * w + x * x + y * y + z * z);
  const double R[9] = {1 - s * (y * y + z * z), s * (x * y - w * z),     s * (x * z + w * y),
                       s * (x * y + w * z),     1 - s * (x * x + z * z), s * (y * z - w * x),
                       s * (x * z - w * y),     s * (y * z + w * x),     1 - s * (x * x + y * y)};
  double P[3];
  for (std::size_t r = 0; r < 3; ++r) {
    P[r] = R[3 * r] * X[0] + R[3 * r + 1] * X[1] + R[3 * r + 2] * X[2] + model.images[i].translation[r];
  }
  return image_from_camera(model.cameras[static_cast<std::size_t>(model.images[i].camera)], P[0] / P[2], P[1] / P[2]);
}

/// Two images of every camera model, and 40 points that all of them see, with keypoints that are off by up to a pixel.
ColmapModel made_model() {
  ColmapModel model;
  const double values[5][8] = {{500, 320, 240},
                               {500, 510, 320, 240},
                               {500, 320, 240, -0.05},
                               {500, 320, 240, -0.05, 0.01},
                               {500, 510, 320, 240, -0.05, 0.01, 1e-3, -2e-3}};
  for (int c = 0; c < 5; ++c) {
    ColmapCamera camera = {c, ColmapCameraModel{c}, 640, 480, {}};
    std::copy_n(values[c], 8, camera.parameters.begin());
    model.cameras.push_back(camera);
  }
  for (int i = 0; i < 10; ++i) {
    const double angle = 0.1 * i - 0.5;
    model.images.push_back({i + 1,
                            i % 5,
                            "image",
                            {2 * std::cos(angle), 0.1, 2 * std::sin(angle), 0.05 * i},
                            {-5 * angle, 0.3 - 0.1 * i, 6 + 0.2 * i}});
  }
  for (int p = 0; p < 40; ++p) {
    model.point_ids.push_back(100 - p);
    model.points.insert(model.points.end(), {std::sin(2.0 * p), std::cos(3.0 * p), std::sin(5.0 * p + 1)});
    model.colors.insert(model.colors.end(), 3, 0);
    model.errors.push_back(-1.0);
    model.track_begin.push_back(0);
  }
  for (std::size_t i = 0; i < model.images.size(); ++i) {
    for (std::size_t p = 0; p < 40; ++p) {
      const auto pixel = predict(model, i, &model.points[3 * p]);
      const auto seed = static_cast<double>(40 * i + p);
      model.keypoints.insert(model.keypoints.end(), {pixel[0] + std::sin(9 * seed), pixel[1] + std::cos(7 * seed)});
      model.keypoint_point.push_back(static_cast<std::int64_t>(p));
    }
    model.keypoints.insert(model.keypoints.end(), {1.0, 2.0});
    model.keypoint_point.push_back(-1);
    model.keypoint_begin.push_back(model.num_keypoints());
  }
  return model;
}

double cost_of(const ColmapModel& model) {
  double cost = 0.0;
  for (std::size_t i = 0; i < model.images.size(); ++i) {
    for (auto k = static_cast<std::size_t>(model.keypoint_begin[i]);
         k < static_cast<std::size_t>(model.keypoint_begin[i + 1]); ++k) {
      if (model.keypoint_point[k] < 0) continue;
      const auto pixel = predict(model, i, &model.points[static_cast<std::size_t>(3 * model.keypoint_point[k])]);
      const double u = pixel[0] - model.keypoints[2 * k], v = pixel[1] - model.keypoints[2 * k + 1];
      cost += 0.5 * (u * u + v * v);
    }
  }
  return cost;
}

}  // namespace

TEST_CASE("colmap: a model's cost is that of COLMAP's formulas, normalised or not", "[io][colmap]") {
  const ColmapModel model = made_model();
  const double expected = cost_of(model);
  CHECK(expected > 100.0);
  for (const bool normalise : {true, false}) {
    ColmapProblem made = make_problem(model, {}, {.normalise = normalise});
    CHECK(made.normalisation.is_identity() == !normalise);
    CHECK(made.problem.num_residual_blocks() == 400);
    CHECK(made.problem.evaluate().cost == Approx(expected).epsilon(1e-11));
    ColmapModel again = model;
    store_values(made, again);
    CHECK(cost_of(again) == Approx(expected).epsilon(1e-11));
    double sum = 0.0;  // of the mean distances; squares of distances are the cost
    for (const double error : again.errors) sum += error;
    CHECK(sum / 40.0 == Approx(std::sqrt(2 * expected / 400.0)).epsilon(0.3));
  }
}

TEST_CASE("colmap: solving keeps what is held and reads back with the cost that it ended with", "[io][colmap]") {
  ColmapModel start = made_model();
  for (double& x : start.points) x += 0.02 * std::sin(100 * x);
  for (std::size_t i = 1; i < start.images.size(); ++i) start.images[i].translation[0] += 0.02;
  double before = cost_of(start);
  for (const FreeIntrinsics free :
       {FreeIntrinsics::none, FreeIntrinsics::focal, FreeIntrinsics::focal_and_distortion, FreeIntrinsics::all}) {
    ColmapProblem made = make_problem(start, {}, {.intrinsics = free});
    INFO(made.note);
    CHECK_THAT(made.note, Contains("the pose of image 1 is held, the scale is left to damping"));
    const Summary summary = minimize(made.problem);
    CHECK(summary.final_cost < before);  // with more free the least cost is smaller
    before = summary.final_cost * (1 + 1e-9);
    ColmapModel solved = start;
    store_values(made, solved);
    CHECK(cost_of(solved) == Approx(summary.final_cost).epsilon(1e-9));
    const bool distorts = free >= FreeIntrinsics::focal_and_distortion;
    for (std::size_t c = 0; c < 5; ++c) {
      const ColmapParameters sizes = parameters_of(start.cameras[c].model);
      for (int k = 0; k < sizes.total(); ++k) {
        const bool moves = k < sizes.focal       ? free != FreeIntrinsics::none
                           : k < sizes.focal + 2 ? free == FreeIntrinsics::all
                                                 : distorts;
        const auto at = static_cast<std::size_t>(k);
        INFO("camera " << c << ", parameter " << k);
        CHECK((solved.cameras[c].parameters[at] != start.cameras[c].parameters[at]) == moves);
      }
      for (auto k = static_cast<std::size_t>(sizes.total()); k < 8; ++k) CHECK(solved.cameras[c].parameters[k] == 0.0);
    }
    for (std::size_t k = 0; k < 3; ++k) {
      CHECK(solved.images[0].translation[k] == Approx(start.images[0].translation[k]).epsilon(1e-12).margin(1e-12));
    }
    CHECK(solved.images[1].translation != start.images[1].translation);
    solved.cameras = start.cameras;
    solved.images = start.images;
    solved.points = start.points;
    solved.errors = start.errors;
    CHECK((solved == start));
  }
}

TEST_CASE("colmap: derivatives of the shipped kernels agree with differences", "[io][colmap]") {
  ColmapProblem made = make_problem(made_model(), {}, {.intrinsics = FreeIntrinsics::all});
  const std::pair<Derivatives, double> truths[] = {{Derivatives::complex_step, 10.0}, {Derivatives::central, 3.0}};
  for (const auto& [against, digits] : truths) {
    const DerivativeReport report = check_derivatives(made.problem, {.against = against, .digits = digits});
    INFO(report);
    CHECK(report.num_entries > 10000);
    CHECK(report.agrees());
  }
}

TEST_CASE("colmap: a model that does not fit together is no problem", "[io][colmap][fault]") {
  ColmapModel model = small_colmap();
  model.images[1].camera = 5;
  CHECK_THAT(error_of([&] { make_problem(model); }), Contains("COLMAP model: found image 2 of camera 5"));
  model = small_colmap();
  model.keypoint_begin.pop_back();
  CHECK_THAT(error_of([&] { make_problem(model); }), Contains("arrays of keypoints that do not fit the 3 images"));
}

TEST_CASE("colmap: models with little in them are problems", "[io][colmap]") {
  CHECK(make_problem(ColmapModel{}).problem.num_variables() == 0);
  ColmapModel unseen = small_colmap();
  std::fill(unseen.keypoint_point.begin(), unseen.keypoint_point.end(), -1);
  ColmapProblem made = make_problem(unseen);
  CHECK(made.problem.num_residual_blocks() == 0);
  CHECK(made.problem.num_variables() == 3 + 3 + 5 * 3);
  ColmapModel later = small_colmap();  // the first image sees nothing: the next that does is held
  for (std::size_t k = 0; k < 3; ++k) later.keypoint_point[k] = -1;
  CHECK_THAT(make_problem(later).note, Contains("the pose of image 6 is held"));
}

TEST_CASE("colmap: the public model is solved, and ends near the BAL scene made of it", "[io][colmap][datasets]") {
  if (!has_compression() || !std::filesystem::exists(crane_files().cameras)) {
    WARN("skipped: no libarchive, or no data sets at " << datasets());
    return;
  }
  ColmapModel model = read_colmap(crane_files());
  ColmapProblem made = make_problem(model);
  ColmapModel unsolved = model;
  store_values(made, unsolved);
  for (std::size_t p = 0; p < model.errors.size(); ++p) {  // COLMAP's own, of numbers with more digits than the file's
    CHECK(unsolved.errors[p] == Approx(model.errors[p]).epsilon(1e-2).margin(1e-2));
  }
  const Summary summary = minimize(made.problem);
  INFO(summary);
  CHECK(summary.initial_cost == Approx(5841.335).epsilon(1e-6));  // of the BAL scene, without nine of these: 5834.094
  CHECK(summary.initial_cost == Approx(cost_of(model)).epsilon(1e-9));
  CHECK(summary.converged());
  CHECK(summary.final_cost < summary.initial_cost);
  CHECK(summary.final_cost == Approx(5837.895).epsilon(1e-5));  // it comes from COLMAP's own bundle adjustment
  ColmapModel solved = model;
  store_values(made, solved);
  CHECK(cost_of(solved) == Approx(summary.final_cost).epsilon(1e-9));

  // In the BAL scene every image has a camera of its own, with k1 and k2.
  const ColmapCamera shared = model.cameras[0];
  model.cameras.clear();
  for (ColmapImage& image : model.images) {
    image.camera = static_cast<std::int64_t>(model.cameras.size());
    ColmapCamera own = shared;
    own.id = image.id;
    own.model = ColmapCameraModel::radial;
    model.cameras.push_back(own);
  }
  ColmapProblem own = make_problem(model);
  BalProblem bal = make_problem(read_bal(datasets() / "bal" / "colmap-crane-8-2122-post.txt.gz"));
  const double own_cost = minimize(own.problem).final_cost, bal_cost = minimize(bal.problem).final_cost;
  CHECK(bal_cost == Approx(1663.46).epsilon(1e-3));
  CHECK(own_cost == Approx(bal_cost + 9.8).margin(1.0));  // what nine observations more add
}
