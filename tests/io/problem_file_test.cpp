// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/io/problem_file.hpp"

#include "catch.hpp"
#include "heliotrope/heliotrope.hpp"
#include "heliotrope/io/generate.hpp"
#include "heliotrope/io/problems.hpp"
#include "io/files.hpp"

using namespace heliotrope;
using namespace heliotrope_test;

namespace {

std::vector<double> numbers(const Problem& problem) { return {problem.values().begin(), problem.values().end()}; }

/// Written, read, written again: the same bytes; and the same problem, bit for bit.
void check_round_trip(const Problem& problem) {
  const TemporaryFolder folder;
  const std::string first = folder / "first", second = folder / "second";
  write_problem(first, problem);
  Problem again = read_problem(first);
  write_problem(second, again);
  CHECK((read_bytes(first) == read_bytes(second)));
  const EvaluationOptions all{.gradient = true, .jacobian = true};
  const Evaluation a = problem.evaluate(all), b = again.evaluate(all);
  CHECK(numbers(problem) == numbers(again));
  CHECK(a.cost == b.cost);
  CHECK(a.residuals == b.residuals);
  CHECK(a.gradient == b.gradient);
  CHECK(a.jacobian.column == b.jacobian.column);
  CHECK(a.jacobian.value == b.jacobian.value);
  Problem original = problem;
  minimize(original, {.max_iterations = 5});
  minimize(again, {.max_iterations = 5});
  CHECK(numbers(original) == numbers(again));
}

}  // namespace

TEST_CASE("problem file: a scene with all that may be said of variables and residuals", "[io]") {
  BalProblem made = make_problem(generate_bal({.num_cameras = 5, .num_points = 40, .seed = 2}),
                                 {.loss = scaled(0.5, parse_loss("huber:1.5")), .derivatives = Derivatives::central});
  made.problem.fix(made.cameras[0]);
  made.problem.hold(made.cameras[1], 6);
  made.problem.set_typical(made.points[2], {1e-8, 1.0, 3.0});
  made.problem.disable(made.observations[7]);
  made.problem.disable(made.points[3]);
  check_round_trip(made.problem);
  const double infinity = std::numeric_limits<double>::infinity();
  made.problem.set_bounds(made.points[4], {-100.0, -infinity, -100.0}, {100.0, infinity, 100.0});
  check_round_trip(made.problem);
}

TEST_CASE("problem file: graphs and curves", "[io]") {
  check_round_trip(make_problem(generate_pose_graph({.num_poses = 40})).problem);
  check_round_trip(make_problem(generate_pose_graph({.structure = PoseGraphStructure::manhattan, .num_poses = 60}),
                                {.loss = cauchy(2)})
                       .problem);
  NistProblem curve;
  curve.name = "Misra1a";
  curve.num_parameters = 2;
  curve.num_predictors = 1;
  curve.start1 = {500.0, 1e-4};
  for (int i = 0; i < 14; ++i) curve.x.push_back(50.0 * (i + 1)), curve.y.push_back(9.0 * i + 10.0);
  check_round_trip(make_problem(curve, 1));
}

TEST_CASE("problem file: what cannot be written is told", "[io]") {
  const TemporaryFolder folder;
  const std::string file = folder / "problem";
  Problem problem;
  const auto x = problem.add_variable({1.0});
  problem.add_residual<1>([](const auto* v, auto* r) { r[0] = v[0]; }, x);
  CHECK_THROWS_WITH(write_problem(file, problem), Catch::Contains("the library does not ship it"));
  Problem sphere;
  sphere.add_variable<UnitSphere<3>>({1.0, 0.0, 0.0});
  CHECK_THROWS_WITH(write_problem(file, sphere), Catch::Contains("has no word in problem files"));
  CHECK_FALSE(std::filesystem::exists(file));
}

TEST_CASE("problem file: mistakes are told with their place", "[io]") {
  const auto error = [](const std::string& text) {
    try {
      parse_problem("p", text);
    } catch (const Error& e) {
      return std::string(e.what());
    }
    return std::string("none");
  };
  const std::string head = "heliotrope problem 1\n";
  CHECK(error("16 22 1\n") == "p:1: found '16', expected 'heliotrope problem 1'");
  CHECK(error(head + "end\n") == "none");
  CHECK_THAT(error(head), Catch::Contains("expected 'variables'"));
  CHECK(error(head + "nonsense\n") ==
        "p:2: found 'nonsense', expected 'variables', 'residuals', 'end' or what is said of a variable");
  CHECK(error(head + "variables torus 2 1\n0 0\nend\n") == "p:2: found 'torus', expected euclidean, se2 3 or se3 7");
  CHECK_THAT(error(head + "variables euclidean 2 99999999\n"), Catch::Contains("expected a number of variables"));
  CHECK(error(head + "variables euclidean 2 1\n0 x\nend\n") == "p:3: found 'x', expected a number");
  const std::string two = head + "variables euclidean 9 1\n1 2 3 4 5 6 7 8 9\nvariables euclidean 3 1\n1 2 3\n";
  CHECK(error(two + "residuals snavely 1 trivial 1 automatic plain\n0 2 1.5 2.5\nend\n") ==
        "p:7: found '2', expected an index under 2");
  CHECK(error(two + "residuals snavely 1 trivial 1 automatic plain\n0 1 1.5 2.5 3\nend\n") ==
        "p:7: found '3', expected the end of the line");
  CHECK_THAT(error(two + "residuals other 1 trivial 1 automatic plain\nend\n"),
             Catch::Contains("a residual type that"));
  CHECK(error(two + "residuals snavely 1 trivial 1 automatic plain\n0 1 1.5 2.5\nend\n") == "none");
}
