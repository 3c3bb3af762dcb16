// SPDX-License-Identifier: Apache-2.0
// Variables to eliminate that the user names.
#include "catch.hpp"
#include "heliotrope/heliotrope.hpp"
#include "heliotrope/io/generate.hpp"
#include "heliotrope/io/problems.hpp"

using namespace heliotrope;

TEST_CASE("minimize: named variables are eliminated, cameras as well as points", "[minimize][schur]") {
  const BalScene scene = generate_bal({.num_cameras = 6, .num_points = 90, .seed = 3});
  BalProblem found = make_problem(scene);
  const Summary reference = minimize(found.problem, {.linear = LinearSolverType::cholesky});
  for (const bool points : {true, false}) {
    BalProblem made = make_problem(scene);
    const VariableRange named = points ? VariableRange(made.points) : VariableRange(made.cameras);
    const Summary summary = minimize(made.problem, {.eliminate = {named}});
    CHECK_THAT(summary.linear_solver, Catch::StartsWith("Schur complement"));
    CHECK_THAT(summary.linear_reason,
               Catch::StartsWith(std::to_string(named.count) + " variables that no residual joins are eliminated"));
    CHECK(summary.final_cost == Approx(reference.final_cost).epsilon(1e-5));
  }
}

TEST_CASE("minimize: naming variables that a residual joins, or none of the problem's, is an error",
          "[minimize][schur]") {
  BalProblem made = make_problem(generate_bal({.num_cameras = 4, .num_points = 30, .seed = 3}));
  CHECK_THROWS_WITH(minimize(made.problem, {.eliminate = {made.points, made.cameras}}),
                    Catch::Contains("joins the eliminated block columns"));
  CHECK_THROWS_WITH(minimize(made.problem, {.eliminate = {AnyVariable(34)}}),
                    Catch::Contains("expected some of the problem's 34"));
}
