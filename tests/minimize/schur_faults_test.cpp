// SPDX-License-Identifier: Apache-2.0
// Elimination where something is out of the ordinary: numbers that are not finite, new values and data, nothing to
// eliminate.
#include <algorithm>
#include <limits>

#include "catch.hpp"
#include "minimize/bundle_scenes.hpp"

using namespace heliotrope_test;

namespace {

constexpr LinearSolverType schur_types[] = {LinearSolverType::schur_cholesky, LinearSolverType::schur_dense,
                                            LinearSolverType::schur_pcg, LinearSolverType::schur_implicit};

/// Finite only where p < 2 (1 + c); a step from p = 0 leads past that.
template <class S>
struct Cliff {
  S depth;
  template <class T>
  void operator()(const T* camera, const T* point, T* r) const {
    using namespace heliotrope::math;
    r[0] = log(2.0 - point[0] + 0.1 * camera[0]) + depth;
    r[1] = 0.5 * (camera[0] - 0.3);
  }
};

Problem cliffs() {
  Problem problem;
  const auto camera = problem.add_variable({0.0});
  for (int p = 0; p < 11; ++p) {
    problem.add_residual<2>(Cliff<double>{5.0 + 0.1 * p}, camera, problem.add_variable({0.0}));
  }
  return problem;
}

/// A residual that is never finite, of a camera and a point.
struct Undefined {
  template <class T>
  void operator()(const T* camera, const T* point, T* r) const {
    r[0] = camera[0] - point[0];
    r[1] = T(1.0) / (camera[0] - camera[0]);
  }
};

std::vector<double> values_of(const Problem& problem) { return {problem.values().begin(), problem.values().end()}; }

}  // namespace

TEST_CASE("schur: a start that is not finite is named", "[minimize][schur][fault]") {
  for (const LinearSolverType type : schur_types) {
    Bundle bundle(generate_bal(small_scene()));
    bundle.observe();
    bundle.problem.add_residual<2>(Undefined{}, {.name = "undefined"}, bundle.cameras[3], bundle.points[5]);
    const std::vector<double> start = values_of(bundle.problem);
    Summary summary = minimize(bundle.problem, {.linear = type});
    INFO(summary.message);
    CHECK(summary.status == Status::not_finite_at_start);
    CHECK_THAT(summary.message,
               Catch::Contains("residual 1 of block 0 of type undefined is infinite; its variables are 3, 13"));
    CHECK(values_of(bundle.problem) == start);

    Bundle nan_start(generate_bal(small_scene()));
    nan_start.observe();
    nan_start.problem.set_value(nan_start.points[2], {std::numeric_limits<double>::quiet_NaN(), 0.0, 0.0});
    summary = minimize(nan_start.problem, {.linear = type});
    CHECK(summary.status == Status::not_finite_at_start);
    CHECK_THAT(summary.message, Catch::Contains("is nan; its variables are"));

    // What was learned at the start that was not finite is forgotten.
    nan_start.problem.set_value(nan_start.points[2], std::span(nan_start.scene.points).subspan(6, 3));
    summary = minimize(nan_start.problem, {.linear = type});
    Problem fresh = plain_bundle(small_scene());
    CHECK(summary.final_cost == minimize(fresh, {.linear = type}).final_cost);
    CHECK(values_of(nan_start.problem) == values_of(fresh));
  }
}

TEST_CASE("schur: a trial point that is not finite is a rejected step", "[minimize][schur][fault]") {
  for (const LinearSolverType type : schur_types) {
    Problem problem = cliffs();
    const Summary summary = minimize(problem, {.linear = type, .cost_tolerance = 1e-12});
    INFO(summary);
    const auto rejected = [](const Iteration& i) { return !i.accepted; };
    CHECK(std::any_of(summary.iterations.begin(), summary.iterations.end(), rejected));
    CHECK(summary.converged());
    CHECK(summary.final_cost < 1e-6);
    CHECK(problem.values()[0] == Approx(0.3).epsilon(1e-3));
    CHECK(problem.evaluate({.residuals = false}).cost == Approx(summary.final_cost).margin(1e-15));
  }
}

TEST_CASE("schur: solved again after new values, the same bits", "[minimize][schur]") {
  for (const LinearSolverType type : schur_types) {
    for (Problem problem : {bundle_of_mixed_types(), bundle_with_fixed(), bundle_of_kinds()}) {
      const std::vector<double> start = values_of(problem);
      const MinimizeOptions options{.linear = type, .max_iterations = 8};
      const Summary first = minimize(problem, options);
      const std::vector<double> answer = values_of(problem);
      problem.set_values(start);
      const Summary second = minimize(problem, options);
      CHECK(second.final_cost == first.final_cost);
      CHECK(second.iterations.size() == first.iterations.size());
      CHECK(values_of(problem) == answer);
    }
  }
}

TEST_CASE("schur: solved again after new data, as a problem made with them", "[minimize][schur]") {
  const BalScene scene = generate_bal(small_scene());
  BalScene other_scene = scene;
  for (std::size_t i = 0; i < other_scene.observations.size(); ++i) other_scene.observations[i] += 3.0 * noise(i);
  const auto check = [&]<class R>(const R&, LinearSolverType type) {
    const auto state = [](const BalScene& of) {
      Bundle bundle(of);
      auto data = bundle.pixels<R>();
      if constexpr (requires(R r) { r.kind; }) {
        for (std::size_t k = 0; k < data.size(); ++k) data[k].kind = of.camera_index[k] % 2;
      }
      bundle.problem.add_residuals<2>(data, bundle.cameras[span_of(of.camera_index)],
                                      bundle.points[span_of(of.point_index)]);
      return std::pair{std::move(bundle.problem), std::move(data)};
    };
    auto [problem, data] = state(scene);
    auto [fresh, other] = state(other_scene);
    const std::vector<double> start = values_of(problem);
    const MinimizeOptions options{.linear = type, .max_iterations = 8};
    const double before = minimize(problem, options).final_cost;
    problem.set_values(start);
    problem.template set_data<R>(other);
    const double after = minimize(problem, options).final_cost;
    CHECK(after != before);
    CHECK(after == minimize(fresh, options).final_cost);
    CHECK(values_of(problem) == values_of(fresh));
  };
  // One object a residual, of doubles only.
  struct Plain {
    double u, v;
    void operator()(const double* camera, const double* point, double* r) const {
      SnavelyReprojection<double>{u, v}(camera, point, r);
    }
  };
  for (const LinearSolverType type : schur_types) {
    check(SnavelyReprojection<double>{}, type);
    check(KindReprojection<double>{}, type);
    check(Plain{}, type);
  }
}

TEST_CASE("schur: other options after a solve are those that count", "[minimize][schur]") {
  Problem problem = plain_bundle(small_scene());
  const std::vector<double> start = values_of(problem);
  for (const LinearSolverType type : {LinearSolverType::schur_cholesky, LinearSolverType::cholesky,
                                      LinearSolverType::schur_pcg, LinearSolverType::dense_cholesky}) {
    problem.set_values(start);
    const Summary summary = minimize(problem, {.linear = type, .max_iterations = 3});
    CHECK((summary.linear_solver.find("Schur") != std::string::npos) == is_schur(type));
  }
  // A variable is fixed: the plan is another one.
  problem.fix(AnyVariable(0));
  problem.set_values(start);
  Problem fresh = plain_bundle(small_scene());
  fresh.fix(AnyVariable(0));
  for (const LinearSolverType type : schur_types) {
    problem.set_values(start);
    fresh.set_values(start);
    CHECK(minimize(problem, {.linear = type, .max_iterations = 4}).final_cost ==
          minimize(fresh, {.linear = type, .max_iterations = 4}).final_cost);
    CHECK(values_of(problem) == values_of(fresh));
  }
}

TEST_CASE("schur: nothing to eliminate is an error where elimination is asked for by name",
          "[minimize][schur][fault]") {
  const auto product = [](const auto* a, const auto* b, auto* r) { r[0] = a[0] * b[0] - 2.0; };
  for (const LinearSolverType type : schur_types) {
    Problem problem;  // every variable is named twice by its residual
    for (int i = 0; i < 3; ++i) {
      const auto x = problem.add_variable({1.0 + i});
      problem.add_residual<1>(product, x, x);
    }
    CHECK_THROWS_WITH(minimize(problem, {.linear = type}), Catch::Contains("no variable can be eliminated"));
    CHECK(minimize(problem).converged());

    Problem untouched;  // no residual at all
    untouched.add_variable({1.0});
    CHECK_THROWS_WITH(minimize(untouched, {.linear = type}), Catch::Contains("no variable can be eliminated"));

    problem.fix(AnyVariable(0)), problem.fix(AnyVariable(1)), problem.fix(AnyVariable(2));
    CHECK(minimize(problem, {.linear = type}).converged());  // nothing to move either
  }
}

TEST_CASE("schur: nothing but variables to eliminate", "[minimize][schur]") {
  for (const LinearSolverType type : schur_types) {
    Problem problem;
    for (int i = 0; i < 30; ++i) {
      problem.add_residual<1>([i](const auto* x, auto* r) { r[0] = x[0] * x[0] - 2.0 - i; },
                              problem.add_variable({1.0}));
    }
    const Summary summary = minimize(problem, {.linear = type});
    INFO(summary);
    CHECK(summary.final_cost < 1e-10);
    CHECK(problem.values()[7] == Approx(3.0));
  }
}
