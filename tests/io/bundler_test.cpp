// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/io/bundler.hpp"

#include <cmath>
#include <string>

#include "catch.hpp"
#include "datasets.hpp"
#include "files.hpp"
#include "heliotrope/io/problems.hpp"
#include "heliotrope/io/text_file.hpp"
#include "heliotrope/minimize/minimize.hpp"

using Catch::Matchers::Contains;
using namespace heliotrope;
using namespace heliotrope_test;

namespace {

const std::string first_line = "# Bundle file v0.3\n";
const std::string bundler_head = first_line + "3 2\n";
// The second camera is not registered.
const std::string three_cameras =
    "500 -0.1 0.01\n1 0 0\n0 0.6 -0.8\n0 0.8 0.6\n1 2 3\n"
    "0 0 0\n0 0 0\n0 0 0\n0 0 0\n0 0 0\n"
    "600 0.1 0.02\n0 1 0\n-1 0 0\n0 0 1\n4 5 6\n";
const std::string two_points =
    "0.1 0.2 -9\n255 0 7\n2 0 17 1.5 -2.5 2 4 3 4\n"
    "1 2 -8\n1 2 3\n2 2 5 5 6 1 9 7 8\n";

std::string bundler_error(const std::string& text) {
  return error_of([&] { parse_bundler("scene", text); });
}

}  // namespace

TEST_CASE("bundler: a scene is read into its arrays", "[io][bundler]") {
  const BundlerScene scene = parse_bundler("scene", bundler_head + three_cameras + two_points);
  CHECK(scene.num_cameras() == 3);
  CHECK(scene.num_points() == 2);
  CHECK(scene.is_registered(0));
  CHECK_FALSE(scene.is_registered(1));
  CHECK(scene.cameras[2] == 0.01);
  CHECK(scene.cameras[8] == -0.8);
  CHECK(scene.cameras[44] == 6.0);
  CHECK(scene.points == std::vector<double>{0.1, 0.2, -9, 1, 2, -8});
  CHECK(scene.colors == std::vector<std::uint8_t>{255, 0, 7, 1, 2, 3});
  CHECK(scene.view_begin == std::vector<std::int64_t>{0, 2, 4});
  CHECK(scene.view_camera == std::vector<std::int32_t>{0, 2, 2, 1});
  CHECK(scene.view_key == std::vector<std::int64_t>{17, 4, 5, 9});
  CHECK(scene.view_pixels == std::vector<double>{1.5, -2.5, 3, 4, 5, 6, 7, 8});
}

TEST_CASE("bundler: malformed scenes are told by line", "[io][bundler][fault]") {
  const std::string whole = bundler_head + three_cameras + two_points;
  const std::string wrong_first = "scene:1: found another first line, expected '# Bundle file v0.3'";
  CHECK(bundler_error("") == wrong_first);
  CHECK(bundler_error("# Bundle file v0.4\n3 2\n") == wrong_first);
  CHECK(bundler_error(first_line + "x 2") == "scene:2: found 'x', expected the number of cameras from 0 to 2147483647");
  CHECK_THAT(bundler_error(first_line + "3 -2"), Contains("scene:2: found '-2', expected the number of points"));
  CHECK_THAT(bundler_error(first_line + "3 2000000000"),
             Contains("scene:2: found 3 cameras and 2000000000 points, expected counts that a text of"));
  CHECK_THAT(bundler_error(bundler_head + "500 nan" + three_cameras + two_points),
             Contains("scene:3: found 'nan500', expected a finite number (camera 0)"));
  CHECK_THAT(bundler_error(bundler_head + "500 0 0\n1 0 0\n0 1 0\n0 0.1 1\n0 0 0\n" + three_cameras + two_points),
             Contains("scene:3: found camera 0 with a matrix that is no rotation"));
  CHECK_THAT(bundler_error(bundler_head + "500 0 0\n1 0 0\n0 1 0\n0 0 -1\n0 0 0\n" + three_cameras + two_points),
             Contains("scene:3: found camera 0 with a matrix that is no rotation"));
  CHECK_THAT(bundler_error(bundler_head + three_cameras + "0 0 0\n256 0 0\n0\n"),
             Contains("scene:19: found '256', expected a colour of a point from 0 to 255"));
  CHECK_THAT(bundler_error(bundler_head + three_cameras + "0 0 0\n0 0 0\n1000 1 1 1 1\n"),
             Contains("scene:20: found '1000', expected the number of views of a point"));
  CHECK_THAT(bundler_error(bundler_head + three_cameras + "0 0 0\n0 0 0\n1 3 1 1 1\n"),
             Contains("scene:20: found '3', expected a camera of a view from 0 to 2"));
  CHECK_THAT(bundler_error(bundler_head + three_cameras + "0 0 0\n0 0 0\n1 2 1 inf 1\n"),
             Contains("scene:20: found 'inf', expected a finite number (view 0)"));
  CHECK_THAT(bundler_error(whole + "1"), Contains("expected the end of the file after 2 points"));
  for (std::size_t size = 0; size < whole.size() - 2; ++size) {
    INFO(size);
    CHECK_THAT(bundler_error(whole.substr(0, size)), Contains("expected"));
  }
}

TEST_CASE("bundler: doubles survive writing, and writing refuses what does not fit", "[io][bundler][fault]") {
  const TemporaryFolder folder;
  const auto path = folder / "bundle.out";
  BundlerScene good = parse_bundler("scene", bundler_head + three_cameras + two_points);
  good.points = {0.1, -1.0 / 3.0, 5e-324, 1.7976931348623157e308, -0.0, 123456789.123456789};
  write_bundler(path, good);
  CHECK(read_bundler(path) == good);
  CHECK(std::signbit(read_bundler(path).points[4]));
  const auto error = [&](auto&& damage) {
    BundlerScene bad = good;
    damage(bad);
    return error_of([&] { write_bundler(path, bad); });
  };
  CHECK_THAT(error([](BundlerScene& s) { s.colors.pop_back(); }),
             Contains("not written: found arrays that do not fit"));
  CHECK_THAT(error([](BundlerScene& s) { s.view_begin[1] = 5; }), Contains("found views that do not fit the 2 points"));
  CHECK_THAT(error([](BundlerScene& s) { s.view_camera[0] = 3; }), Contains("found a view by camera 3"));
  CHECK_THAT(error([](BundlerScene& s) { s.points[0] = NAN; }), Contains("not finite"));
  CHECK(read_bundler(path) == good);
}

TEST_CASE("bundler: as a BAL scene, without cameras that are not registered", "[io][bundler]") {
  BundlerScene scene = parse_bundler("scene", bundler_head + three_cameras + two_points);
  BundlerAsBal made = to_bal(scene);
  CHECK(made.camera_of == std::vector<std::int64_t>{0, 2});
  CHECK(made.scene.num_cameras() == 2);
  CHECK(made.scene.points == scene.points);
  CHECK(made.scene.camera_index == std::vector<std::int32_t>{0, 1, 1});  // the view by camera 1 is left out
  CHECK(made.scene.point_index == std::vector<std::int32_t>{0, 0, 1});
  CHECK(made.scene.observations == std::vector<double>{1.5, -2.5, 3, 4, 5, 6});
  const std::vector<double> first(made.scene.cameras.begin(), made.scene.cameras.begin() + 9);
  CHECK(first[0] == Approx(std::atan2(0.8, 0.6)).epsilon(1e-14));
  CHECK(std::vector<double>(first.begin() + 1, first.end()) == std::vector<double>{0, 0, 1, 2, 3, 500, -0.1, 0.01});

  const BundlerScene before = scene;
  store_values(made, scene);  // the identity, up to rounding
  for (std::size_t k = 0; k < scene.cameras.size(); ++k) {
    CHECK(scene.cameras[k] == Approx(before.cameras[k]).epsilon(1e-14).margin(1e-14));
  }
  made.scene.cameras[9 + 6] = 700.0;
  made.scene.points[3] = 42.0;
  store_values(made, scene);
  CHECK(scene.cameras[30] == 700.0);
  CHECK(scene.cameras[15] == 0.0);
  CHECK(scene.points[3] == 42.0);
}

TEST_CASE("bundler: the public scene survives, and is the BAL scene made of it", "[io][bundler][datasets]") {
  const auto shared = datasets() / "bal";
  if (!has_compression() || !std::filesystem::exists(shared / "kermit.out.gz")) {
    WARN("skipped: no libarchive, or no data sets at " << shared);
    return;
  }
  BundlerScene scene = read_bundler(shared / "kermit.out.gz");
  CHECK(scene.num_cameras() == 11);
  CHECK(scene.num_points() == 634);
  CHECK(scene.num_views() == 2039);
  CHECK_FALSE(scene.is_registered(4));
  CHECK_FALSE(scene.is_registered(6));
  const TemporaryFolder folder;
  write_bundler(folder / "again.out", scene);
  CHECK((read_bundler(folder / "again.out") == scene));

  BundlerAsBal made = to_bal(scene);
  const auto solve = [](const BalScene& bal) {
    BalProblem problem = make_problem(bal);
    const Summary summary = minimize(problem.problem);
    BalScene solved = bal;
    store_values(problem, solved);
    return std::pair(summary, solved);
  };
  const auto [summary, solved] = solve(made.scene);
  const auto [expected, unused] = solve(read_bal(shared / "bundler-kermit-9-634-post.txt.gz"));
  CHECK(summary.initial_cost == Approx(247.9434).epsilon(1e-5));  // as the data's page says
  CHECK(summary.initial_cost == Approx(expected.initial_cost).epsilon(1e-6));
  CHECK(summary.final_cost < summary.initial_cost);
  CHECK(summary.final_cost == Approx(expected.final_cost).epsilon(1e-4));
  made.scene = solved;
  store_values(made, scene);
  CHECK(make_problem(to_bal(scene).scene).problem.evaluate().cost == Approx(summary.final_cost).epsilon(1e-9));
}
