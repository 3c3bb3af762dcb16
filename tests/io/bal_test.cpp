// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/io/bal.hpp"

#include <cmath>
#include <limits>
#include <string>

#include "catch.hpp"
#include "datasets.hpp"
#include "files.hpp"
#include "heliotrope/io/text_file.hpp"

using Catch::Matchers::Contains;
using heliotrope::BalScene;
using heliotrope::parse_bal;
using heliotrope::read_bal;
using heliotrope_test::error_of;
using heliotrope_test::TemporaryFolder;

namespace {

// Two cameras, three points (the last without observations), three observations.
const std::string header = "2 3 3\n";
const std::string observations = "0 0 1.5 -2\n0 1 3 4\n1 0 5 6\n";
const std::string cameras = "1 2 3 4 5 6 7 8 9\n11 12 13 14 15 16 17 18 19\n";
const std::string points = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";

std::string bal_error(const std::string& text) {
  return error_of([&] { parse_bal("scene", text); });
}

struct PublicScene {
  const char* name;
  std::int64_t cameras, points, observations;
};

constexpr PublicScene shared_scenes[] = {
    {"bundler-kermit-9-634-post.txt.gz", 9, 634, 2039},
    {"colmap-crane-8-2122-post.txt.gz", 8, 2122, 6028},
    {"colmap-nami3-177-4217-post.txt.xz", 177, 4217, 119443},
    {"colmap-vesta-4-1465-post.txt.gz", 4, 1465, 4673},
    {"libmv-01-333-26-pre.txt.gz", 333, 26, 5421},
    {"libmv-02-440-71-pre.txt.gz", 440, 71, 16718},
    {"problem-16-22106-pre.txt.xz", 16, 22106, 83718},
    {"problem-21-11315-pre.txt.xz", 21, 11315, 36455},
    {"problem-49-7776-pre.txt.xz", 49, 7776, 31843},
    {"sba-54-54-5207-pre.txt.xz", 54, 5207, 24609},
    {"sba-7-7-465-pre.txt.gz", 7, 465, 1916},
};

}  // namespace

TEST_CASE("bal: a scene is read into its arrays", "[io][bal]") {
  const BalScene scene = parse_bal("scene", header + observations + cameras + points);
  CHECK(scene.num_cameras() == 2);
  CHECK(scene.num_points() == 3);
  CHECK(scene.camera_index == std::vector<std::int32_t>{0, 0, 1});
  CHECK(scene.point_index == std::vector<std::int32_t>{0, 1, 0});
  CHECK(scene.observations == std::vector<double>{1.5, -2, 3, 4, 5, 6});
  CHECK(scene.cameras[9] == 11.0);
  CHECK(scene.points[8] == 9.0);
  CHECK(parse_bal("one line", "0 0 0").num_observations() == 0);
  CHECK(parse_bal("scene", "2\t3\r\n3 " + observations + cameras + "+1 2 3 4 5 6 7 8 9") == scene);
}

TEST_CASE("bal: malformed scenes are told by line", "[io][bal][fault]") {
  const std::string whole = header + observations + cameras + points;
  CHECK(bal_error("") == "scene:1: found the end of the file, expected the number of cameras");
  CHECK(bal_error("2 3\n") == "scene:1: found the end of the file, expected the number of observations");
  CHECK(bal_error("2 x 3\n") == "scene:1: found 'x', expected the number of points");
  CHECK_THAT(bal_error("-2 3 3\n"), Contains("scene:1: found '-2', expected the number of cameras from 0 to"));
  CHECK_THAT(bal_error("3000000000 3 3\n"), Contains("scene:1: found '3000000000', expected the number of cameras"));
  CHECK_THAT(bal_error("2 3 9000000000000000000\n" + observations),
             Contains("scene:1: found 2 cameras, 3 points and 9000000000000000000 observations, expected counts that a "
                      "text of"));
  CHECK_THAT(bal_error("2 3 3\n0 0 1 2\n2 1 3 4\n" + cameras + points),
             Contains("scene:3: found '2', expected a camera index from 0 to 1 (observation 1)"));
  CHECK_THAT(bal_error("2 3 3\n0 0 1 2\n1 -1 3 4\n" + cameras + points),
             Contains("scene:3: found '-1', expected a point index from 0 to 2 (observation 1)"));
  CHECK_THAT(bal_error("2 3 3\n0 0 1 2\n1 1 3 nan\n1 0 5 6\n" + cameras + points),
             Contains("scene:3: found 'nan', expected a finite number (observation 1, number 2 of 2)"));
  CHECK_THAT(bal_error(header + observations + "1 2 3 4 five" + cameras + points),
             Contains("scene:5: found 'five1', expected a finite number (camera 0, number 5 of 9)"));
  CHECK_THAT(bal_error(whole.substr(0, whole.size() - 2)),
             Contains("scene:14: found the end of the file, expected a finite number (point 2, number 3 of 3)"));
  CHECK_THAT(bal_error(whole + "10\n"), Contains("scene:16: found '10', expected the end of the file after 3 points"));
  CHECK_THAT(bal_error("2 3 2\n" + observations + cameras + points), Contains("expected the end of the file"));
}

TEST_CASE("bal: every prefix of a scene is refused", "[io][bal][fault]") {
  const std::string whole = header + observations + cameras + points;
  for (std::size_t size = 0; size < whole.size() - 2; ++size) {
    INFO(size);
    CHECK_THAT(bal_error(whole.substr(0, size)), Contains("expected"));
  }
}

TEST_CASE("bal: writing refuses what does not fit and leaves the target", "[io][bal][fault]") {
  const TemporaryFolder folder;
  const auto path = folder / "scene.txt";
  const BalScene good = parse_bal("scene", header + observations + cameras + points);
  write_bal(path, good);
  BalScene bad = good;
  bad.point_index.pop_back();
  CHECK_THAT(error_of([&] { write_bal(path, bad); }), Contains("not written: found arrays of lengths 3, 2, 6, 18, 9"));
  bad = good;
  bad.camera_index[1] = 2;
  CHECK_THAT(error_of([&] { write_bal(path, bad); }), Contains("observation 1 is of camera 2"));
  bad = good;
  bad.points[4] = std::numeric_limits<double>::infinity();
  CHECK_THAT(error_of([&] { write_bal(path, bad); }), Contains("not finite"));
  CHECK(read_bal(path) == good);
}

TEST_CASE("bal: doubles survive writing and reading bit for bit", "[io][bal]") {
  const TemporaryFolder folder;
  BalScene scene = parse_bal("scene", header + observations + cameras + points);
  scene.points = {0.1, -1.0 / 3.0, 5e-324, 1.7976931348623157e308, -0.0, 123456789.123456789, 1e22, 1e23, 2.5};
  write_bal(folder / "scene.txt", scene);
  const BalScene again = read_bal(folder / "scene.txt");
  CHECK(again == scene);
  CHECK(std::signbit(again.points[4]));
}

TEST_CASE("bal: every shared scene reads with its counts and survives writing", "[io][bal][datasets]") {
  const auto shared = heliotrope_test::datasets() / "bal";
  if (!heliotrope::has_compression() || !std::filesystem::exists(shared)) {
    WARN("skipped: no libarchive, or no data sets at " << shared);
    return;
  }
  const TemporaryFolder folder;
  for (const PublicScene& expected : shared_scenes) {
    INFO(expected.name);
    const BalScene scene = read_bal(shared / expected.name);
    CHECK(scene.num_cameras() == expected.cameras);
    CHECK(scene.num_points() == expected.points);
    CHECK(scene.num_observations() == expected.observations);
    write_bal(folder / "scene.txt", scene);
    CHECK(read_bal(folder / "scene.txt") == scene);
  }
}
