// SPDX-License-Identifier: Apache-2.0
#include "contenders.hpp"

#include <algorithm>
#include <cstdio>
#include <variant>

namespace bundle {

namespace {

constexpr double gib = 1024.0 * 1024.0 * 1024.0;

/// Share of pairs of `num_kept` variables that share some eliminated one; observation k is of kept[k], eliminated[k].
double pair_density(const std::vector<std::int32_t>& kept, std::size_t num_kept,
                    const std::vector<std::int32_t>& eliminated, std::size_t num_eliminated) {
  std::vector<std::vector<std::int32_t>> tracks(num_eliminated);
  for (std::size_t k = 0; k < kept.size(); ++k) tracks[static_cast<std::size_t>(eliminated[k])].push_back(kept[k]);
  std::vector<bool> together(num_kept * num_kept);
  for (const std::vector<std::int32_t>& track : tracks) {
    for (const std::int32_t a : track) {
      for (const std::int32_t b : track) {
        together[static_cast<std::size_t>(a) * num_kept + static_cast<std::size_t>(b)] = true;
      }
    }
  }
  const auto count = static_cast<double>(std::count(together.begin(), together.end(), true));
  return count / static_cast<double>(together.size());
}

double jacobian_bytes(std::size_t observations, int doubles) {
  return 8.0 * doubles * static_cast<double>(observations);
}

ReducedSystem reduced(const heliotrope::BalScene& s) {
  const std::size_t cameras = s.cameras.size() / 9, points = s.points.size() / 3;
  const double bytes = jacobian_bytes(s.point_index.size(), 24);
  if (eliminates_cameras(s)) {
    return {s.num_points() * 3, pair_density(s.point_index, points, s.camera_index, cameras), bytes};
  }
  return {s.num_cameras() * 9, pair_density(s.camera_index, cameras, s.point_index, points), bytes};
}
ReducedSystem reduced(const StereoScene& s) {
  return {static_cast<std::int64_t>(s.poses.size()),
          pair_density(s.pose_index, s.poses.size() / 6, s.point_index, s.points.size() / 3),
          jacobian_bytes(s.point_index.size(), 27)};
}
ReducedSystem reduced(const RigScene& s) {
  return {static_cast<std::int64_t>(s.poses.size() + s.heads.size() + s.intrinsics.size()),
          pair_density(s.pose_index, s.poses.size() / 6, s.point_index, s.points.size() / 3),
          jacobian_bytes(s.point_index.size(), 76)};
}

std::string skip_nothing(const ReducedSystem&) { return ""; }

#if HELIOTROPE_BUNDLE_CERES
std::string skip_dense(const ReducedSystem& system) {
  const auto n = static_cast<double>(system.columns);
  const double bytes = system.jacobian_bytes + 2.0 * 8.0 * n * n;  // the matrix and its factor
  char text[100] = "";
  if (system.columns > 6000) {
    std::snprintf(text, sizeof text, "%d columns, more than 6000", static_cast<int>(system.columns));
  } else if (bytes > 8.0 * gib) {
    std::snprintf(text, sizeof text, "needs %.1f GiB, more than 8", bytes / gib);
  }
  return text;
}

/// A third of all pairs fills the factor: then it is dense Cholesky by a longer way.
std::string skip_sparse(const ReducedSystem& system) {
  char text[100] = "";
  if (system.columns > 6000 && system.density > 1.0 / 3.0) {
    std::snprintf(text, sizeof text, "%d columns, %.0f %% of pairs: dense in effect", static_cast<int>(system.columns),
                  100.0 * system.density);
  }
  return text;
}

Contender ceres(const char* key, const char* name, CeresSolver solver,
                std::string (*reason_to_skip)(const ReducedSystem&)) {
  const auto solve = [solver](const Scene& scene, const SolveOptions& options) {
    return std::visit([&](const auto& s) { return solve_ceres(s, solver, options); }, scene);
  };
  return {key, std::string("Ceres ") + name, solve, reason_to_skip};
}
#endif

}  // namespace

ReducedSystem reduced_system(const Scene& scene) {
  return std::visit([](const auto& s) { return reduced(s); }, scene);
}

const std::vector<Contender>& contenders() {
  static const std::vector<Contender> list {
    {"heliotrope", "Heliotrope",
     [](const Scene& scene, const SolveOptions& options) {
       return std::visit([&](const auto& s) { return solve_heliotrope(s, options); }, scene);
     },
     skip_nothing},
#if HELIOTROPE_BUNDLE_CERES
        ceres("dense", "DENSE_SCHUR", CeresSolver::dense_schur, skip_dense),
        ceres("sparse", "SPARSE_SCHUR", CeresSolver::sparse_schur, skip_sparse),
        ceres("iterative", "ITERATIVE_SCHUR", CeresSolver::iterative_schur, skip_nothing),
        ceres("iterative-explicit", "ITERATIVE_SCHUR (explicit)", CeresSolver::iterative_schur_explicit, skip_nothing),
        ceres("iterative-cluster", "ITERATIVE_SCHUR (canonical views)", CeresSolver::iterative_schur_cluster,
              skip_nothing),
        ceres("iterative-single", "ITERATIVE_SCHUR (single linkage)", CeresSolver::iterative_schur_single,
              skip_nothing),
#endif
  };
  return list;
}

const std::vector<std::string>& default_contenders() {
#if HELIOTROPE_BUNDLE_CERES
  static const std::vector<std::string> list{"heliotrope",         "dense",           "sparse", "iterative",
                                             "iterative-explicit", "iterative-single"};
#else
  static const std::vector<std::string> list{"heliotrope"};
#endif
  return list;
}

}  // namespace bundle
