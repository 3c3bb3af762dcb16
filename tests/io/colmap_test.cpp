// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/io/colmap.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "catch.hpp"
#include "colmap_files.hpp"
#include "files.hpp"
#include "heliotrope/io/text_file.hpp"

using Catch::Matchers::Contains;
using namespace heliotrope;
using namespace heliotrope_test;

namespace {

using Integers = std::vector<std::int64_t>;
using Numbers = std::vector<double>;

/// The three files of the small model in memory, to be damaged.
struct Texts {
  std::string cameras = colmap_cameras, images = colmap_images, points = colmap_points;
  ColmapEncoding encoding = ColmapEncoding::text;

  ColmapModel parse() const {
    return parse_colmap({"cameras", cameras, encoding}, {"images", images, encoding}, {"points", points, encoding});
  }
  std::string error() const {
    return error_of([&] { parse(); });
  }
};

std::string error_in_cameras(const std::string& text) { return Texts{.cameras = text}.error(); }
std::string error_in_images(const std::string& text) { return Texts{.images = text}.error(); }
std::string error_in_points(const std::string& text) { return Texts{.points = text}.error(); }

Texts binary_files() {
  const TemporaryFolder folder;
  write_colmap(folder.path(), small_colmap(), ColmapEncoding::binary);
  const ColmapFiles files = find_colmap_files(folder.path());
  return {read_bytes(files.cameras), read_bytes(files.images), read_bytes(files.points), ColmapEncoding::binary};
}

}  // namespace

TEST_CASE("colmap: a model is read into its arrays", "[io][colmap]") {
  const ColmapModel model = small_colmap();
  REQUIRE(model.cameras.size() == 5);
  CHECK(model.cameras[0].id == 3);
  CHECK(model.cameras[4].model == ColmapCameraModel::opencv);
  CHECK(model.cameras[4].parameters == std::array<double, 8>{500, 510.5, 320, 240, -0.01, 1e-3, 2e-4, -3e-4});
  CHECK(model.cameras[1].height == 480);
  REQUIRE(model.num_images() == 3);
  CHECK(model.images[0].name == "first image.jpg");
  CHECK(model.images[1].camera == 0);
  CHECK(model.images[2].camera == 4);
  CHECK(model.images[1].rotation == std::array<double, 4>{0.5, 0.5, -0.5, 0.5});
  CHECK(model.images[2].translation == std::array<double, 3>{-1, 0, 2});
  CHECK(model.keypoint_begin == Integers{0, 3, 3, 4});
  CHECK(model.keypoint_point == Integers{-1, 0, 1, 0});
  CHECK(model.keypoints == Numbers{10, 20, 30.5, 40.25, 50, 60, 1.5, 2.5});
  CHECK(model.point_ids == Integers{44, 17, 99});
  CHECK(model.colors == std::vector<std::uint8_t>{255, 0, 128, 1, 2, 3, 0, 0, 0});
  CHECK(model.errors == Numbers{0.75, 1.5, -1});
  CHECK(model.track_begin == Integers{0, 2, 3, 3});
  CHECK(model.track_image == Integers{0, 2, 0});
  CHECK(model.track_keypoint == Integers{1, 0, 2});
}

TEST_CASE("colmap: text and binary give the model back, bit for bit", "[io][colmap]") {
  const TemporaryFolder folder;
  ColmapModel model = small_colmap();
  model.points = {0.1, -1.0 / 3.0, 5e-324, 1.7976931348623157e308, -0.0, 123456789.123456789, 1e22, 1e23, 2.5};
  model.point_ids[1] = std::numeric_limits<std::int64_t>::max();
  model.images[1].id = 0xFFFFFFFE;
  for (const ColmapEncoding encoding : {ColmapEncoding::text, ColmapEncoding::binary}) {
    const auto to = folder / (encoding == ColmapEncoding::text ? "text" : "binary");
    write_colmap(to, model, encoding);
    const ColmapModel again = read_colmap(to);
    CHECK(again == model);
    CHECK(std::signbit(again.points[4]));
    CHECK(encoding_of(find_colmap_files(to)) == encoding);
    write_colmap(folder / "again", again, encoding);
    CHECK(read_bytes(colmap_files(folder / "again", encoding).images) == read_bytes(colmap_files(to, encoding).images));
    std::filesystem::remove_all(folder / "again");
  }
}

TEST_CASE("colmap: the binary layout is COLMAP's", "[io][colmap]") {
  const Texts files = binary_files();
  CHECK(files.cameras.size() == 8 + 5 * 24 + 8 * (3 + 4 + 4 + 5 + 8));
  CHECK(files.images.size() == 8 + 3 * (4 + 56 + 4 + 8) + 16 + 13 + 6 + 4 * 24);
  CHECK(files.points.size() == 8 + 3 * (8 + 24 + 3 + 8 + 8) + 3 * 8);
  CHECK(files.cameras.substr(0, 16) == std::string("\5\0\0\0\0\0\0\0\3\0\0\0\0\0\0\0", 16));
  CHECK(files.images.substr(8, 4) == std::string("\5\0\0\0", 4));
  CHECK(files.images.substr(12, 8) == std::string("\0\0\0\0\0\0\xF0\x3F", 8));  // 1.0
  CHECK(files.images.substr(72, 16) == "first image.jpg" + std::string(1, '\0'));
  CHECK(files.images.substr(88 + 8 + 16, 8) == std::string(8, '\xFF'));  // the first keypoint has no point
}

TEST_CASE("colmap: a folder's binary files come before its text files, compressed or not", "[io][colmap]") {
  const TemporaryFolder folder;
  CHECK_THAT(error_of([&] { read_colmap(folder.path()); }), Contains("found no COLMAP model in this folder"));
  CHECK_THAT(error_of([&] { read_colmap(folder / "nowhere"); }), Contains("nowhere: found no folder"));
  ColmapModel text = small_colmap(), binary = text;
  binary.points[0] = 77.0;
  write_colmap(folder.path(), text, ColmapEncoding::text);
  CHECK(read_colmap(folder.path()) == text);
  write_colmap(folder.path(), binary, ColmapEncoding::binary);
  CHECK(read_colmap(folder.path()) == binary);
  CHECK_THAT(error_of([&] { write_colmap(folder.path(), text, ColmapEncoding::text); }),
             Contains("not written: found binary files"));
  write_bytes(folder / "images.bin", "");
  CHECK_THAT(error_of([&] { read_colmap(folder.path()); }), Contains("images.bin: found an empty file, expected data"));
  std::filesystem::remove(folder / "images.bin");
  CHECK(read_colmap(folder.path()) == text);
  if (!has_compression()) return;
  ColmapFiles files = colmap_files(folder.path(), ColmapEncoding::binary);
  files.images += ".gz";
  write_colmap(files, binary);
  CHECK(find_colmap_files(folder.path()).images == files.images);
  CHECK(read_colmap(folder.path()) == binary);
}

TEST_CASE("colmap: malformed text is told by line", "[io][colmap][fault]") {
  CHECK(error_in_cameras("x PINHOLE") == "cameras:1: found 'x', expected a camera id (an integer of at least 0)");
  CHECK_THAT(error_in_cameras("\n3 FISHEYE 1 1 1\n"),
             Contains("cameras:2: found 'FISHEYE', expected one of the camera models SIMPLE_PINHOLE (0), PINHOLE (1)"));
  CHECK_THAT(error_in_cameras("3 PINHOLE -1 1 1\n"), Contains("cameras:1: found '-1', expected the width"));
  CHECK_THAT(error_in_cameras("3 PINHOLE 1 1 1 2 3\n"),
             Contains("cameras:1: found the end of the file, expected a parameter of the camera (a finite number)"));
  CHECK_THAT(error_in_cameras("3 PINHOLE 1 1 1 2 3 inf\n"), Contains("cameras:1: found 'inf'"));
  CHECK_THAT(error_in_cameras("3 PINHOLE 1 1 1 2 3 4 5\n"),
             Contains("cameras:1: found '5', expected the end of the line"));
  CHECK_THAT(error_in_cameras("4294967295 SIMPLE_PINHOLE 1 1 1 2 3\n"),
             Contains("cameras:1: found camera id 4294967295, expected one from 0 to 4294967294"));
  CHECK_THAT(error_in_cameras(colmap_cameras + "7 SIMPLE_PINHOLE 1 1 1 2 3\n"),
             Contains("cameras:8: found camera id 7 again, expected each id once"));

  CHECK_THAT(error_in_images("1 1 0 0 nan 0 0 0 3 a\n\n"), Contains("images:1: found 'nan'"));
  CHECK_THAT(error_in_images("1 0 0 0 0 0 0 0 3 a\n\n"),
             Contains("images:1: found a quaternion of length zero, expected a rotation"));
  CHECK_THAT(error_in_images("1 1 0 0 0 0 0 0 4 a\n\n"),
             Contains("images:1: found camera id 4, expected an id of the cameras' file"));
  CHECK_THAT(error_in_images("1 1 0 0 0 0 0 0 3\n\n"),
             Contains("images:1: found the end of the file, expected the image's name"));
  CHECK_THAT(error_in_images("1 1 0 0 0 0 0 0 3 a\n"),
             Contains("images:1: found the end of the file, expected a line of 2-D points, perhaps empty"));
  CHECK_THAT(error_in_images("1 1 0 0 0 0 0 0 3 a\n\n1 1 0 0 0 0 0 0 3 a\n\n"),
             Contains("images:3: found image id 1 again"));
  CHECK_THAT(error_in_images("1 1 0 0 0 0 0 0 3 a\n1 2 -2\n"),
             Contains("images:2: found '-2', expected the id of a pixel's point, or -1"));
  CHECK_THAT(error_in_images("1 1 0 0 0 0 0 0 3 a\n1 2 17 5\n"), Contains("expected a pixel's y (a finite number)"));
  CHECK_THAT(
      Texts({.images = "5 1 0 0 0 0 0 0 3 a\n1 2 17 3 4 18 5 6 -1\n6 1 0 0 0 0 0 0 3 b\n1 2 17\n",
             .points = "17 1 2 3 255 0 128 0.75 5 0 6 0\n"})
          .error(),
      Contains("images: found point id 18 at number 1 of the 2-D points of image 5, expected an id of the points' "
               "file or -1"));

  CHECK_THAT(error_in_points("44 1 2 3 256 0 0 1\n"),
             Contains("points:1: found '256', expected a colour from 0 to 255"));
  CHECK_THAT(error_in_points("44 1 2 3 1 0 0\n"), Contains("expected the point's error (a finite number)"));
  CHECK_THAT(error_in_points(colmap_points + "44 1 2 3 1 0 0 1\n"), Contains("points:4: found point id 44 again"));
  CHECK_THAT(error_in_points("44 1 2 3 1 0 0 1 7 0\n"),
             Contains("points:1: found image id 7, expected an id of the images' file"));
  CHECK_THAT(error_in_points("44 1 2 3 1 0 0 1 5 3\n"),
             Contains("points:1: found number 3 of the 2-D points of image 5, expected one of its 3, counted from 0"));
  CHECK_THAT(error_in_points("44 1 2 3 1 0 0 1 5\n"), Contains("expected the number of a 2-D point"));
}

TEST_CASE("colmap: malformed binary files are told by byte", "[io][colmap][fault]") {
  const Texts good = binary_files();
  REQUIRE(good.parse() == small_colmap());
  const auto damaged = [&](std::string Texts::*file, std::size_t at, std::string_view bytes) {
    Texts bad = good;
    (bad.*file).replace(at, bytes.size(), bytes);
    return bad.error();
  };
  const std::string all(8, '\xFF'), nan("\0\0\0\0\0\0\xF8\x7F", 8);
  CHECK_THAT(damaged(&Texts::cameras, 0, all),
             Contains("cameras: byte 0: found 18446744073709551615 as the number of cameras, expected a count that the "
                      "remaining"));
  CHECK_THAT(damaged(&Texts::cameras, 12, "\5"), Contains("cameras: byte 12: found camera model 5, expected one of"));
  CHECK_THAT(damaged(&Texts::cameras, 16, all),
             Contains("cameras: byte 16: found 18446744073709551615, expected the width"));
  CHECK_THAT(damaged(&Texts::cameras, 32, nan), Contains("cameras: byte 32: found a number that is not finite"));
  CHECK_THAT(damaged(&Texts::cameras, 8, "\1"), Contains("cameras: byte 56: found camera id 1 again"));
  CHECK_THAT(damaged(&Texts::images, 12, std::string(8, '\0')),
             Contains("images: byte 8: found a quaternion of length"));
  CHECK_THAT(damaged(&Texts::images, 68, "\2"), Contains("images: byte 8: found camera id 2"));
  CHECK_THAT(damaged(&Texts::images, 88, all),
             Contains("images: byte 88: found 18446744073709551615 as the number of"));
  CHECK_THAT(damaged(&Texts::images, 112, "\xFE"),
             Contains("images: byte 112: found 18446744073709551614, expected the id"));
  CHECK_THAT(damaged(&Texts::points, 8, all),
             Contains("points: byte 8: found 18446744073709551615, expected a point id"));
  CHECK_THAT(damaged(&Texts::points, 43, nan),
             Contains("points: byte 43: found a number that is not finite, expected the"));
  CHECK_THAT(damaged(&Texts::points, 59, "\7"), Contains("points: byte 59: found image id 7"));
  Texts longer = good;
  longer.points += "x";
  CHECK_THAT(longer.error(), Contains("found 1 more bytes, expected the end of the file"));
  Texts unnamed = good;
  unnamed.images.resize(8 + 73);
  unnamed.images[0] = '\1';
  CHECK_THAT(unnamed.error(), Contains("images: byte 72: found no end of a text"));
}

TEST_CASE("colmap: no part of a binary file is taken for the whole", "[io][colmap][fault]") {
  const Texts good = binary_files();
  for (std::string Texts::*file : {&Texts::cameras, &Texts::images, &Texts::points}) {
    for (std::size_t size = 0; size < (good.*file).size(); ++size) {
      Texts bad = good;
      (bad.*file).resize(size);
      INFO(size);
      CHECK_THAT(bad.error(), Contains("expected"));
    }
  }
}

TEST_CASE("colmap: writing refuses what does not fit and leaves the target", "[io][colmap][fault]") {
  const TemporaryFolder folder;
  const ColmapModel good = small_colmap();
  write_colmap(folder.path(), good, ColmapEncoding::text);
  const auto error = [&](auto&& damage, ColmapEncoding encoding = ColmapEncoding::text) {
    ColmapModel bad = good;
    damage(bad);
    return error_of([&] { write_colmap(colmap_files(folder.path(), encoding), bad); });
  };
  CHECK_THAT(error([](ColmapModel& m) { m.keypoints.pop_back(); }),
             Contains("arrays of keypoints that do not fit the 3"));
  CHECK_THAT(error([](ColmapModel& m) { m.keypoint_begin[1] = 5; }), Contains("arrays of keypoints that do not fit"));
  CHECK_THAT(error([](ColmapModel& m) { m.colors.pop_back(); }), Contains("arrays that do not fit the 3 points"));
  CHECK_THAT(error([](ColmapModel& m) { m.images[1].camera = 5; }), Contains("image 2 of camera 5"));
  CHECK_THAT(error([](ColmapModel& m) { m.keypoint_point[0] = 3; }), Contains("a keypoint of point 3"));
  CHECK_THAT(error([](ColmapModel& m) { m.track_keypoint[0] = 3; }), Contains("image 0 and keypoint 3"));
  CHECK_THAT(error([](ColmapModel& m) { m.track_image[0] = -1; }), Contains("a track element of image -1"));
  CHECK_THAT(error([](ColmapModel& m) { m.points[4] = NAN; }), Contains("not finite in the points"));
  CHECK_THAT(error([](ColmapModel& m) { m.cameras[0].id = -1; }), Contains("camera id -1"));
  CHECK_THAT(error([](ColmapModel& m) { m.cameras[0].model = ColmapCameraModel{9}; }),
             Contains("found camera model 9"));
  for (const char* name : {"", " a", "a\n", "a\nb"}) {
    CHECK_THAT(error([&](ColmapModel& m) { m.images[0].name = name; }), Contains("the name of image 5"));
  }
  CHECK_THAT(error([](ColmapModel& m) { m.images[0].name = std::string("a\0b", 3); }, ColmapEncoding::binary),
             Contains("the name of image 5, expected a text without NUL"));
  CHECK(read_colmap(folder.path()) == good);
}

TEST_CASE("colmap: the public model survives text and binary", "[io][colmap][datasets]") {
  if (!has_compression() || !std::filesystem::exists(crane_files().cameras)) {
    WARN("skipped: no libarchive, or no data sets at " << datasets());
    return;
  }
  const ColmapModel model = read_colmap(crane_files());
  CHECK(model.cameras.size() == 1);
  CHECK(model.cameras[0].model == ColmapCameraModel::simple_radial);
  CHECK(model.num_images() == 8);
  CHECK(model.images[7].name == "crane_mast_8.jpg");
  CHECK(model.num_points() == 2122);
  CHECK(model.track_image.size() == 6037);  // 754.625 of each of 8 images, as the file says
  CHECK(std::count_if(model.keypoint_point.begin(), model.keypoint_point.end(), [](auto p) { return p >= 0; }) == 6037);
  for (std::size_t p = 0, k = 0; p < model.point_ids.size(); ++p) {  // tracks and keypoints say the same
    for (; k < static_cast<std::size_t>(model.track_begin[p + 1]); ++k) {
      const auto first = model.keypoint_begin[static_cast<std::size_t>(model.track_image[k])];
      REQUIRE(model.keypoint_point[static_cast<std::size_t>(first + model.track_keypoint[k])] ==
              static_cast<std::int64_t>(p));
    }
  }
  const TemporaryFolder folder;
  write_colmap(folder / "text", model, ColmapEncoding::text);
  write_colmap(folder / "binary", model, ColmapEncoding::binary);
  CHECK((read_colmap(folder / "text") == model));
  CHECK((read_colmap(folder / "binary") == model));
}
