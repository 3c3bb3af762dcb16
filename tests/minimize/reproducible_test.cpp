// SPDX-License-Identifier: Apache-2.0
#include <cstring>

#include "catch.hpp"
#include "datasets.hpp"
#include "heliotrope/io/generate.hpp"
#include "heliotrope/io/problems.hpp"
#include "heliotrope/io/text_file.hpp"
#include "heliotrope/minimize/minimize.hpp"

namespace {

using namespace heliotrope;

struct Answer {
  std::vector<double> values, costs;
  bool operator==(const Answer& other) const {
    const auto same = [](const std::vector<double>& a, const std::vector<double>& b) {
      return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0;
    };
    return same(values, other.values) && same(costs, other.costs);
  }
};

Answer solve(Problem problem, const MinimizeOptions& options) {
  const Summary summary = minimize(problem, options);
  Answer answer{{problem.values().begin(), problem.values().end()}, {}};
  for (const Iteration& iteration : summary.iterations) answer.costs.push_back(iteration.cost);
  return answer;
}

void check_same_bits(const Problem& problem, LinearSolverType linear) {
  const Answer one = solve(problem, {.linear = linear, .max_iterations = 6});
  REQUIRE(one.costs.size() > 2);
  CHECK(solve(problem, {.linear = linear, .max_iterations = 6}) == one);
  for (int threads : {2, 3, 4}) {
    INFO(threads << " threads");
    CHECK(solve(problem, {.linear = linear, .threads = threads, .max_iterations = 6}) == one);
  }
}

}  // namespace

TEST_CASE("minimize: same bits for 1, 2, 3 and 4 threads and from run to run", "[minimize][threads]") {
  const BalScene scene = generate_bal({.num_cameras = 12, .num_points = 700, .seed = 5});
  for (LinearSolverType linear : {LinearSolverType::automatic, LinearSolverType::cholesky,
                                  LinearSolverType::eigen_cholesky, LinearSolverType::conjugate_gradients}) {
    check_same_bits(make_problem(scene).problem, linear);
  }
  check_same_bits(make_problem(scene, {.loss = huber(2.0)}).problem, LinearSolverType::automatic);
  const PoseGraph graph = generate_pose_graph({.num_poses = 400, .seed = 2});
  check_same_bits(make_problem(graph).problem, LinearSolverType::automatic);
}

TEST_CASE("minimize: same bits for 1, 2, 3 and 4 threads through every elimination", "[minimize][schur][threads]") {
  for (const auto structure : {BalStructure::street, BalStructure::crowd}) {
    const BalScene scene = generate_bal({.structure = structure, .num_cameras = 12, .num_points = 700, .seed = 5});
    for (const auto linear : {LinearSolverType::schur_cholesky, LinearSolverType::schur_dense,
                              LinearSolverType::schur_pcg, LinearSolverType::schur_implicit}) {
      INFO("street or crowd: " << static_cast<int>(structure) << ", type " << static_cast<int>(linear));
      check_same_bits(make_problem(scene).problem, linear);
      check_same_bits(make_problem(scene, {.loss = huber(2.0)}).problem, linear);
    }
  }
}

TEST_CASE("minimize: same bits on a real scene through every sparse solver", "[minimize][reproducible]") {
  const auto path = heliotrope_test::datasets() / "bal" / "sba-7-7-465-pre.txt.gz";
  if (!has_compression() || !std::filesystem::exists(path)) {
    WARN("skipped: no " << path);
    return;
  }
  const Problem problem = make_problem(read_bal(path)).problem;
  check_same_bits(problem, LinearSolverType::cholesky);
}
