// SPDX-License-Identifier: Apache-2.0
// The list of problems.
#include "scene.hpp"

#include "heliotrope/error.hpp"
#include "heliotrope/io/generate.hpp"

namespace bundle {

namespace {

using heliotrope::BalStructure;

/// A BAL file; a solved one is perturbed.
struct Shared {
  const char* name;
  const char* file;
  bool solved;
};
constexpr Shared shared[] = {{"sba-7", "sba-7-7-465-pre.txt.gz", false},
                             {"bundler-kermit", "bundler-kermit-9-634-post.txt.gz", true},
                             {"colmap-vesta", "colmap-vesta-4-1465-post.txt.gz", true},
                             {"colmap-crane", "colmap-crane-8-2122-post.txt.gz", true},
                             {"libmv-01", "libmv-01-333-26-pre.txt.gz", false},
                             {"libmv-02", "libmv-02-440-71-pre.txt.gz", false},
                             {"sba-54", "sba-54-54-5207-pre.txt.xz", false},
                             {"problem-49-7776", "problem-49-7776-pre.txt.xz", false},
                             {"problem-21-11315", "problem-21-11315-pre.txt.xz", false},
                             {"problem-16-22106", "problem-16-22106-pre.txt.xz", false},
                             {"colmap-nami3", "colmap-nami3-177-4217-post.txt.xz", true}};

/// A name says structure, cameras and thousands of observations.
struct Generated {
  const char* name;
  BalStructure structure;
  std::int64_t num_cameras, num_points;
  double mean_track;
};
constexpr Generated generated[] = {{"street-372-200k", BalStructure::street, 372, 47'423, 4.25},
                                   {"crowd-500-700k", BalStructure::crowd, 500, 140'000, 5.0},
                                   {"street-1200-2500k", BalStructure::street, 1'200, 500'000, 5.0},
                                   {"crowd-1778-5000k", BalStructure::crowd, 1'778, 993'923, 5.12}};

heliotrope::BalScene generate(const Generated& entry, bool quick) {
  const std::int64_t part = quick ? 20 : 1;
  return heliotrope::generate_bal({.structure = entry.structure,
                                   .num_cameras = entry.num_cameras / part,
                                   .num_points = entry.num_points / part,
                                   .mean_track = entry.mean_track});
}

}  // namespace

const std::vector<Problem>& problems() {
  static const std::vector<Problem> list = [] {
    std::vector<Problem> made;
    for (const Shared& entry : shared) made.push_back({entry.name, "shared"});
    made.push_back({"stereo", "types"});
    made.push_back({"rig", "types"});
    for (const Generated& entry : generated) made.push_back({entry.name, "generated"});
    return made;
  }();
  return list;
}

Scene load(const std::string& name, const std::filesystem::path& datasets, bool quick) {
  const std::filesystem::path folder = datasets / "bal";
  for (const Shared& entry : shared) {
    if (name != entry.name) continue;
    heliotrope::BalScene scene = heliotrope::read_bal(folder / entry.file);
    if (entry.solved) perturb(scene);
    return scene;
  }
  for (const Generated& entry : generated) {
    if (name == entry.name) return generate(entry, quick);
  }
  if (name == "stereo") return read_stereo(folder);
  if (name == "rig") return quick ? generate_rig(20, 3'000) : generate_rig(400, 60'000);
  throw heliotrope::Error("found problem " + name + ", expected one that --list shows");
}

bool eliminates_cameras(const heliotrope::BalScene& scene) { return scene.cameras.size() > scene.points.size(); }

std::int64_t num_observations(const Scene& scene) {
  return std::visit([](const auto& s) { return static_cast<std::int64_t>(s.point_index.size()); }, scene);
}

}  // namespace bundle
