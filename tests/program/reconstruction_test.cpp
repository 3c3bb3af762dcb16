// SPDX-License-Identifier: Apache-2.0
// `heliotrope solve` on COLMAP's models and Bundler's scenes.
#include <array>
#include <cstdlib>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "heliotrope/io/bundler.hpp"
#include "heliotrope/io/colmap.hpp"
#include "heliotrope/io/text_file.hpp"
#include "io/colmap_files.hpp"
#include "program.hpp"

using namespace heliotrope_test;
using namespace heliotrope;

namespace {

bool has_crane() { return has_compression() && std::filesystem::exists(crane_files().cameras); }

void skip() { WARN("skipped: no libarchive, or no data sets at " << datasets()); }

/// COLMAP's program, if it is installed: reads a model and writes it again, type TXT or BIN.
bool has_colmap() { return std::system("command -v colmap > /dev/null 2>&1") == 0; }
int convert(const std::string& from, const std::string& to, const std::string& type) {
  std::filesystem::create_directories(to);
  return std::system(("QT_QPA_PLATFORM=offscreen colmap model_converter --input_path '" + from + "' --output_path '" +
                      to + "' --output_type " + type + " > /dev/null 2>&1")
                         .c_str());
}

/// Everything about each point, by its id: COLMAP writes points and images in no particular order.
std::map<std::int64_t, std::vector<double>> points_by_id(const ColmapModel& model) {
  std::map<std::int64_t, std::vector<double>> all;
  for (std::size_t p = 0; p < model.point_ids.size(); ++p) {
    std::vector<double>& one = all[model.point_ids[p]];
    one.assign({model.errors[p], model.points[3 * p], model.points[3 * p + 1], model.points[3 * p + 2]});
    for (std::size_t k = 0; k < 3; ++k) one.push_back(model.colors[3 * p + k]);
    for (auto k = static_cast<std::size_t>(model.track_begin[p]);
         k < static_cast<std::size_t>(model.track_begin[p + 1]); ++k) {
      one.push_back(static_cast<double>(model.images[static_cast<std::size_t>(model.track_image[k])].id));
      one.push_back(static_cast<double>(model.track_keypoint[k]));
    }
  }
  return all;
}

/// Everything about each image but its rotation, by its id.
std::map<std::int64_t, std::pair<std::string, std::vector<double>>> images_by_id(const ColmapModel& model) {
  std::map<std::int64_t, std::pair<std::string, std::vector<double>>> all;
  for (std::size_t i = 0; i < model.images.size(); ++i) {
    const ColmapImage& image = model.images[i];
    std::vector<double> numbers(image.translation.begin(), image.translation.end());
    numbers.push_back(static_cast<double>(model.cameras[static_cast<std::size_t>(image.camera)].id));
    for (auto k = static_cast<std::size_t>(model.keypoint_begin[i]);
         k < static_cast<std::size_t>(model.keypoint_begin[i + 1]); ++k) {
      const std::int64_t p = model.keypoint_point[k];
      const double id = p < 0 ? -1.0 : static_cast<double>(model.point_ids[static_cast<std::size_t>(p)]);
      numbers.insert(numbers.end(), {model.keypoints[2 * k], model.keypoints[2 * k + 1], id});
    }
    all[image.id] = {image.name, std::move(numbers)};
  }
  return all;
}

std::map<std::int64_t, std::array<double, 4>> rotations_by_id(const ColmapModel& model) {
  std::map<std::int64_t, std::array<double, 4>> all;
  for (const ColmapImage& image : model.images) all[image.id] = image.rotation;
  return all;
}

}  // namespace

TEST_CASE("program: a COLMAP model is solved in its own encoding", "[program]") {
  if (!has_crane()) return skip();
  const TemporaryFolder folder;
  const ColmapModel crane = read_colmap(crane_files());
  double last = 0.0;
  for (const ColmapEncoding encoding : {ColmapEncoding::text, ColmapEncoding::binary}) {
    const bool text = encoding == ColmapEncoding::text;
    const std::string input = folder / (text ? "text" : "binary"), output = folder / (text ? "solved" : "solved.b"),
                      report = folder / "report.json", ply = folder / "cloud.ply";
    write_colmap(input, crane, encoding);
    const Run solved = run({"solve", input, "--output", output, "--json", report, "--ply", ply});
    INFO(solved.out << solved.err);
    REQUIRE(solved.exit == 0);
    CHECK(contains(solved.out, "principal points are held; gauge: the pose of image 1 is held"));
    const auto json = read_json(report);
    CHECK(json["problem"]["kind"] == "colmap");
    CHECK(json["problem"]["residual_blocks"] == 6037);
    CHECK(json["problem"]["parameters"] == 7 * 6 + 3 * 2122 + 2);
    CHECK(json["cost"]["final"] < json["cost"]["initial"].get<double>());
    if (!text) CHECK(json["cost"]["final"] == last);
    last = json["cost"]["final"];
    const ColmapModel answer = read_colmap(output);
    CHECK(encoding_of(find_colmap_files(output)) == encoding);
    CHECK((answer.keypoints == crane.keypoints));
    CHECK((answer.points != crane.points));
    CHECK(read_bytes(ply).starts_with("ply\nformat binary_little_endian 1.0\nelement vertex 2130\n"));
    REQUIRE(run({"solve", output, "--max-iterations", "0", "--json", report, "--quiet"}).exit == 0);
    CHECK(read_json(report)["cost"]["initial"].get<double>() == Approx(last).epsilon(1e-9));
  }
}

TEST_CASE("program: which intrinsics of a COLMAP model are free is an option", "[program]") {
  const TemporaryFolder folder;
  const std::string input = folder / "model", report = folder / "report.json";
  write_colmap(input, small_colmap(), ColmapEncoding::text);
  // Two poses of which one is held, and points that are hardly seen; five cameras.
  const int poses_and_points = 2 * 6 + 3 * 3;
  const std::vector<std::pair<const char*, int>> expected = {
      {"none", 0}, {"focal", 7}, {"focal+distortion", 7 + 7}, {"all", 7 + 7 + 10}};
  for (const auto& [word, parameters] : expected) {
    const Run solved = run({"solve", input, "--intrinsics", word, "--max-iterations", "1", "--json", report});
    INFO(word << ": " << solved.out << solved.err);
    REQUIRE(solved.exit == 0);
    CHECK(read_json(report)["problem"]["parameters"] == poses_and_points + parameters);
  }
}

TEST_CASE("program: what is wrong with a model or an option for models is told", "[program][fault]") {
  const TemporaryFolder folder;
  const std::string model = folder / "model", text = folder / "text.g2o", graph = "EDGE_SE2 0 1 1 0 0 1 0 0 1 0 1\n";
  const auto told = [](const std::vector<std::string>& arguments, std::string_view what) {
    const Run wrong = run(arguments);
    INFO(wrong.err);
    CHECK(wrong.exit == 2);
    CHECK(contains(wrong.err, what));
  };
  write_bytes(text, graph);
  write_colmap(model, small_colmap(), ColmapEncoding::text);
  told({"solve", folder.path()}, "found no COLMAP model in this folder");
  told({"solve", model, "--format", "bal"}, "found a folder, expected a file");
  told({"solve", text, "--format", "colmap"}, "expected the folder of a COLMAP model");
  told({"solve", text, "--intrinsics", "all"}, "--intrinsics is for COLMAP models, found a file in format g2o");
  told({"solve", model, "--start", "2"}, "--start is for NIST data sets, found a file in format colmap");
  told({"solve", model, "--output", text}, "text.g2o: not written: found a file, expected a folder");
  told({"solve", model, "--output", folder / "no/where"}, "cannot be written");
  told({"solve", text, "--ply", folder / "a", "--json", folder / "a"}, "--json and --ply name the same file");
  write_bytes(folder / "model/points3D.txt", "44 1 2");
  told({"solve", model}, "points3D.txt:1: found the end of the file, expected a coordinate");
  CHECK(read_bytes(text) == graph);
}

TEST_CASE("program: a Bundler scene is solved", "[program]") {
  const auto input = datasets() / "bal" / "kermit.out.gz";
  if (!has_crane() || !std::filesystem::exists(input)) return skip();
  const TemporaryFolder folder;
  const std::string output = folder / "solved.out", report = folder / "report.json";
  const Run solved = run({"solve", input, "--output", output, "--json", report, "--ply", folder / "cloud.ply"});
  INFO(solved.out << solved.err);
  REQUIRE(solved.exit == 0);
  CHECK(contains(solved.out, "2 cameras are not registered"));
  const auto json = read_json(report);
  CHECK(json["problem"]["kind"] == "bundler");
  CHECK(json["problem"]["residual_blocks"] == 2039);
  CHECK(json["cost"]["final"] < json["cost"]["initial"].get<double>());
  const BundlerScene before = read_bundler(input), after = read_bundler(output);
  CHECK(after.num_cameras() == 11);
  CHECK_FALSE(after.is_registered(4));
  CHECK((after.view_pixels == before.view_pixels));
  REQUIRE(run({"solve", output, "--max-iterations", "0", "--json", report, "--quiet"}).exit == 0);
  CHECK(read_json(report)["cost"]["initial"].get<double>() ==
        Approx(json["cost"]["final"].get<double>()).epsilon(1e-9));
}

TEST_CASE("program: COLMAP reads what is written", "[program]") {
  if (!has_colmap() || !has_crane()) {
    WARN("skipped: no program colmap, or no data sets");
    return;
  }
  const TemporaryFolder folder;
  ColmapModel model = read_colmap(crane_files());
  write_colmap(folder / "start", model, ColmapEncoding::text);
  REQUIRE(run({"solve", folder / "start", "--output", folder / "text", "--quiet"}).exit == 0);
  model = read_colmap(folder / "text");
  write_colmap(folder / "binary", model, ColmapEncoding::binary);
  const auto rotations = rotations_by_id(model);
  for (const std::string encoding : {"text", "binary"}) {
    for (const std::string type : {"TXT", "BIN"}) {
      const std::string by_colmap = folder / (encoding + type);
      REQUIRE(convert(folder / encoding, by_colmap, type) == 0);
      const ColmapModel again = read_colmap(by_colmap);
      CHECK((again.cameras == model.cameras));
      CHECK((points_by_id(again) == points_by_id(model)));
      CHECK((images_by_id(again) == images_by_id(model)));
      for (const auto& [id, rotation] : rotations_by_id(again)) {  // COLMAP normalises quaternions once more
        for (std::size_t k = 0; k < 4; ++k) {
          CHECK(rotation[k] == Approx(rotations.at(id)[k]).epsilon(1e-14).margin(1e-14));
        }
      }
    }
  }
}
