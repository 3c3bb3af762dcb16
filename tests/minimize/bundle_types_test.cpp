// SPDX-License-Identifier: Apache-2.0
// Every way to eliminate reaches the answer of a factorisation of the whole, on bundle adjustment of many kinds.
#include "catch.hpp"
#include "minimize/bundle_scenes.hpp"

using namespace heliotrope_test;

namespace {

constexpr LinearSolverType schur_types[] = {LinearSolverType::schur_cholesky, LinearSolverType::schur_dense,
                                            LinearSolverType::schur_pcg, LinearSolverType::schur_implicit};

void check_schur(const Problem& problem, Derivatives derivatives = Derivatives::automatic) {
  MinimizeOptions options{
      .linear = LinearSolverType::cholesky, .derivatives = derivatives, .max_iterations = 300, .cost_tolerance = 1e-11};
  Problem whole = problem;
  const Summary expected = minimize(whole, options);
  INFO("all at once: " << expected);
  REQUIRE(expected.converged());
  REQUIRE(expected.final_cost < 0.9 * expected.initial_cost);
  for (const LinearSolverType type : schur_types) {
    options.linear = type;
    Problem eliminated = problem;
    const Summary summary = minimize(eliminated, options);
    INFO(summary.linear_solver << ": " << summary);
    CHECK(summary.linear_solver.find("Schur") != std::string::npos);
    CHECK(summary.initial_cost == Approx(expected.initial_cost).epsilon(1e-12));
    CHECK(summary.final_cost == Approx(expected.final_cost).epsilon(1e-6));
    CHECK(eliminated.evaluate({.residuals = false}).cost == Approx(summary.final_cost).epsilon(1e-12));
  }
}

}  // namespace

TEST_CASE("bundle: cameras and points", "[minimize][schur]") {
  check_schur(plain_bundle(small_scene()));
  check_schur(plain_bundle(small_scene(BalStructure::crowd)));
}

TEST_CASE("bundle: robust losses", "[minimize][schur]") {
  BalGeneration generation = small_scene();
  generation.outliers = 0.05;
  check_schur(plain_bundle(generation, {.loss = huber(1.0)}));
  check_schur(plain_bundle(generation, {.loss = cauchy(2.0)}));
}

TEST_CASE("bundle: what is known of single cameras and points", "[minimize][schur]") {
  check_schur(bundle_with_priors());
}

TEST_CASE("bundle: fixed cameras and points, some of one residual", "[minimize][schur]") {
  const Problem problem = bundle_with_fixed();
  for (const LinearSolverType type : schur_types) {
    Problem solved = problem;
    minimize(solved, {.linear = type, .max_iterations = 5});
    for (std::int64_t v = 0; v < problem.num_variables(); ++v) {
      const AnyVariable variable(v);
      const auto before = problem.value(variable), after = solved.value(variable);
      CHECK(std::equal(before.begin(), before.end(), after.begin()) == problem.is_fixed(variable));
    }
  }
  check_schur(problem);
}

TEST_CASE("bundle: intrinsics that many images share", "[minimize][schur]") {
  check_schur(bundle_with_shared_intrinsics());
}

TEST_CASE("bundle: a rig of lenses", "[minimize][schur]") { check_schur(bundle_with_rig()); }

TEST_CASE("bundle: weights", "[minimize][schur]") { check_schur(bundle_with_weights()); }

TEST_CASE("bundle: cameras on a manifold", "[minimize][schur]") { check_schur(bundle_on_manifolds()); }

TEST_CASE("bundle: residuals of three types, dynamic ones among them", "[minimize][schur]") {
  check_schur(bundle_of_mixed_types());
}

TEST_CASE("bundle: a member that is the same for all lanes", "[minimize][schur]") { check_schur(bundle_of_kinds()); }

TEST_CASE("bundle: derivatives of every sort", "[minimize][schur]") {
  check_schur(affine_bundle());
  check_schur(affine_bundle(), Derivatives::analytic);
  for (const auto derivatives : {Derivatives::central, Derivatives::complex_step}) {
    check_schur(plain_bundle(small_scene()), derivatives);
    check_schur(bundle_of_mixed_types(), derivatives);
  }
}
