// SPDX-License-Identifier: Apache-2.0
// Every public scene and graph through `heliotrope solve`.
#include "datasets.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <set>
#include <string>

#include "catch.hpp"
#include "heliotrope/io/text_file.hpp"
#include "program.hpp"
#include "sanitized.hpp"

using namespace heliotrope_test;

namespace {

const std::set<std::string> statuses = {"gradient_converged", "cost_converged", "step_converged",
                                        "max_iterations",     "time_limit",     "user_stopped"};

/// Compressed files of a folder of the public data, of which the names without .gz or .xz end so.
std::vector<std::filesystem::path> public_files(const std::string& folder, const std::vector<std::string>& endings) {
  std::vector<std::filesystem::path> files;
  const auto path = datasets() / folder;
  if (!heliotrope::has_compression() || !std::filesystem::exists(path)) {
    WARN("skipped: there are no public data at " << path);
    return files;
  }
  for (const auto& entry : std::filesystem::directory_iterator(path)) {
    const std::string name = entry.path().stem().string(), extension = entry.path().extension().string();
    const bool ends_so =
        std::any_of(endings.begin(), endings.end(), [&](const auto& end) { return name.ends_with(end); });
    if (ends_so && (extension == ".gz" || extension == ".xz")) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  CHECK(files.size() >= 10);
  return files;
}

/// Solves a few iterations: ends in a stated status, with finite numbers, and never above the start.
void check_solve(const std::filesystem::path& file, const std::string& kind) {
  const Run solved = run({"solve", file, "--json", "-", "--quiet", "--max-iterations", "6", "--time-limit", "4"});
  INFO(file << solved.err);
  REQUIRE(solved.exit == 0);
  const auto json = parse_json(solved.out);
  CHECK(json["problem"]["kind"] == kind);
  CHECK(statuses.contains(json["status"].get<std::string>()));
  REQUIRE(json["cost"]["initial"].is_number());
  REQUIRE(json["cost"]["final"].is_number());
  double best = json["cost"]["initial"];
  CHECK(json["cost"]["final"].get<double>() <= best * (1.0 + 1e-12));
  for (const auto& iteration : json["iterations"]) {
    for (const char* key : {"cost", "gradient_max", "step_norm", "damping", "gain_ratio", "seconds"}) {
      if (iteration["accepted"] == true) CHECK(iteration[key].is_number());
    }
    CHECK(iteration["cost"].get<double>() <= best * (1.0 + 1e-12));
    best = iteration["cost"];
  }
}

}  // namespace

TEST_CASE("program: every public bundle-adjustment scene is solved", "[program][datasets]") {
  for (const auto& file : public_files("bal", {"-pre.txt", "-post.txt"})) check_solve(file, "bal");
}

TEST_CASE("program: every public pose graph is solved", "[program][datasets]") {
  const std::vector<std::string> endings = {".g2o", ".graph", "w20000.txt", "sphere2500_groundtruth.txt",
                                            "dlr_edges.txt"};
  int number = 0;
  for (const auto& file : public_files("pose_graph", endings)) {
    if (number++ % (scale > 1 ? 4 : 1) != 0) continue;  // every file is solved where no sanitizer slows it down
    const std::string extension = heliotrope::plain_extension(file);
    const bool is_dlr = file.filename().string().starts_with("dlr");
    check_solve(file, extension == "graph" ? "toro" : is_dlr ? "dlr" : extension == "txt" ? "isam" : extension);
  }
}
