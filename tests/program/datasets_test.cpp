// SPDX-License-Identifier: Apache-2.0
// Every public scene and graph through `heliotrope solve`.
#include "datasets.hpp"

#include <cmath>
#include <filesystem>
#include <regex>
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

/// Files of a folder of the public data whose names match.
std::vector<std::filesystem::path> public_files(const std::string& folder, const std::string& pattern) {
  std::vector<std::filesystem::path> files;
  const auto path = datasets() / folder;
  if (!heliotrope::has_compression() || !std::filesystem::exists(path)) {
    WARN("skipped: there are no public data at " << path);
    return files;
  }
  for (const auto& entry : std::filesystem::directory_iterator(path)) {
    if (std::regex_match(entry.path().filename().string(), std::regex(pattern))) files.push_back(entry.path());
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
  const auto json = nlohmann::json::parse(solved.out);
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
  for (const auto& file : public_files("bal", R"(.*-(pre|post)\.txt\.(gz|xz))")) check_solve(file, "bal");
}

TEST_CASE("program: every public pose graph is solved", "[program][datasets]") {
  const std::string pattern = R"((.*\.g2o|.*\.graph|w20000\.txt|sphere2500_groundtruth\.txt|dlr_edges\.txt)\.(gz|xz))";
  int number = 0;
  for (const auto& file : public_files("pose_graph", pattern)) {
    if (number++ % (scale > 1 ? 4 : 1) != 0) continue;  // every file is solved where no sanitizer slows it down
    const std::string extension = heliotrope::plain_extension(file);
    const bool is_dlr = file.filename().string().starts_with("dlr");
    check_solve(file, extension == "graph" ? "toro" : is_dlr ? "dlr" : extension == "txt" ? "isam" : extension);
  }
}
