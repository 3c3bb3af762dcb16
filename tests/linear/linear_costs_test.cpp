// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/linear/linear_costs.hpp"

#include <algorithm>
#include <cmath>

#include "catch.hpp"
#include "heliotrope/linear/jacobian_export.hpp"
#include "heliotrope/linear/schur_solver.hpp"
#include "random_elimination.hpp"

using namespace heliotrope;
using namespace heliotrope_test;

namespace {

const LinearSolverCost& cost_of(const std::vector<LinearSolverCost>& costs, LinearSolverType type) {
  const auto at = std::find_if(costs.begin(), costs.end(), [&](const auto& cost) { return cost.type == type; });
  REQUIRE(at != costs.end());
  return *at;
}

/// `rows` residuals that each name one of `n` variables of width 1 and the next one.
OwnedJacobian chain(int n, bool filled) {
  OwnedJacobian owned;
  owned.jacobian.column_begin.resize(static_cast<std::size_t>(n) + 1);
  for (int j = 0; j <= n; ++j) owned.jacobian.column_begin[static_cast<std::size_t>(j)] = j;
  JacobianPart part;
  part.rows = 1;
  part.widths = {1, 1};
  std::vector<std::pair<int, int>> edges;
  for (int i = 0; i < n; ++i) {
    for (int j = i + 1; j < (filled ? n : std::min(n, i + 2)); ++j) edges.emplace_back(i, j);
  }
  part.num_blocks = (std::ssize(edges) + 7) / 8;
  part.column_blocks.assign(static_cast<std::size_t>(part.num_blocks) * 16, -1);
  for (std::size_t e = 0; e < edges.size(); ++e) {
    part.column_blocks[e / 8 * 16 + e % 8] = edges[e].first;
    part.column_blocks[e / 8 * 16 + 8 + e % 8] = edges[e].second;
  }
  owned.jacobian.parts.push_back(std::move(part));
  std::mt19937 random(1);
  owned.randomise(random);
  return owned;
}

}  // namespace

TEST_CASE("linear costs: a chain's factor has no fill, a clique's is dense", "[linear][costs]") {
  const auto sparse = predict_costs(chain(400, false).jacobian), full = predict_costs(chain(60, true).jacobian);
  const double sparse_flops = cost_of(sparse, LinearSolverType::cholesky).flops_solve;
  CHECK(sparse_flops > 400.0);
  CHECK(sparse_flops < 400.0 * 100.0);  // 4 a column without the zeros of merged supernodes
  const double full_flops = cost_of(full, LinearSolverType::cholesky).flops_solve;
  CHECK(full_flops == Approx(60.0 * 60.0 * 60.0 / 3.0).epsilon(0.1));
  CHECK(cost_of(full, LinearSolverType::dense_cholesky).flops_solve == 60.0 * 60.0 * 60.0 / 3.0);
  CHECK(cost_of(sparse, LinearSolverType::dense_cholesky).bytes > 8.0 * 400 * 400);
  CHECK(cost_of(sparse, LinearSolverType::cholesky).bytes < 8.0 * 400 * 400 / 10);
  CHECK(cost_of(sparse, LinearSolverType::conjugate_gradients).iterative);
  CHECK(cost_of(sparse, LinearSolverType::conjugate_gradients).flops_solve == 4.0 * 2.0 * 399.0);
}

TEST_CASE("linear costs: nonzeros are those of the exported matrix where no variable repeats", "[linear][costs]") {
  const OwnedJacobian owned = chain(37, false);
  const auto exported = to_csc(owned.jacobian, ExportedRows::used_lanes);
  CHECK(count_nonzeros(owned.jacobian) == std::ssize(exported.values));
}

TEST_CASE("linear costs: of an elimination the choice is SchurSolver's, for the same reason", "[linear][costs]") {
  for (const std::uint32_t seed : {1u, 2u, 3u}) {
    const Mixture mixture = random_mixture({.seed = seed});
    const EliminationStructure structure = elimination_structure(mixture.owned.jacobian);
    const auto plan = [&] { return plan_elimination(structure, mixture.eliminated); };
    const SchurPrediction prediction = predict_costs(plan());
    const SchurSolver solver(plan(), structure.column_begin, LinearSolverType::automatic, 1);
    CHECK(prediction.reason == solver.reason());
    CHECK(prediction.chosen == LinearSolverType::schur_cholesky);  // small: nothing is cheaper than an exact solve
    CHECK(prediction.costs.size() == 4);
    for (const LinearSolverCost& cost : prediction.costs) {
      CHECK(is_schur(cost.type));
      CHECK(std::isfinite(cost.flops_form + cost.flops_solve + cost.seconds));
      CHECK(cost.bytes > 0.0);
    }
    CHECK(cost_of(prediction.costs, LinearSolverType::schur_pcg).bytes <
          cost_of(prediction.costs, LinearSolverType::schur_cholesky).bytes);
  }
}

TEST_CASE("linear costs: every type has a name", "[linear][costs]") {
  for (int k = 0; k <= static_cast<int>(LinearSolverType::schur_implicit); ++k) {
    CHECK_FALSE(name(static_cast<LinearSolverType>(k)).empty());
  }
}
