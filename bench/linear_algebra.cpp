// SPDX-License-Identifier: Apache-2.0
// Normal equations and their factorisation on a bundle adjustment problem of the size of problem-16-22106.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "heliotrope/io/generate.hpp"
#include "heliotrope/io/problems.hpp"
#include "heliotrope/linear/linear_solver.hpp"
#include "heliotrope/linear/normal_equations.hpp"
#include "heliotrope/problem/evaluator.hpp"

namespace {

/// A problem with its Jacobian at the start.
struct Linearised {
  heliotrope::BalProblem made =
      make_problem(heliotrope::generate_bal({.num_cameras = 16, .num_points = 22106, .mean_track = 3.787}));
  heliotrope::Evaluator evaluator{made.problem, {}};

  Linearised() { evaluator.linearise(made.problem, made.problem.values()); }
  const heliotrope::BlockJacobian& jacobian() const { return evaluator.jacobian(); }
};

void normal_equations_structure(benchmark::State& state) {
  const Linearised linearised;
  for (auto _ : state) {
    heliotrope::NormalEquations equations;
    equations.analyse(linearised.jacobian());
    benchmark::DoNotOptimize(equations.values().data());
  }
}
BENCHMARK(normal_equations_structure)->Unit(benchmark::kMillisecond);

void normal_equations_values(benchmark::State& state) {
  const Linearised linearised;
  heliotrope::NormalEquations equations;
  equations.analyse(linearised.jacobian());
  for (auto _ : state) {
    equations.compute(linearised.jacobian(), 1);
    benchmark::DoNotOptimize(equations.values().data());
  }
}
BENCHMARK(normal_equations_values)->Unit(benchmark::kMillisecond);

/// The solver that `automatic` chooses, with the damping of a first iteration.
struct Solver {
  Linearised linearised;
  std::unique_ptr<heliotrope::LinearSolver> linear =
      make_linear_solver(heliotrope::LinearSolverType::automatic, linearised.jacobian()).solver;
  std::vector<double> damping = std::vector<double>(static_cast<std::size_t>(linearised.jacobian().num_columns()));

  Solver() {
    linear->analyse(linearised.jacobian());
    linear->linearise(linearised.jacobian(), 1);
    heliotrope::NormalEquations equations;
    equations.analyse(linearised.jacobian());
    equations.compute(linearised.jacobian(), 1);
    double largest = 0.0;
    for (double value : equations.values()) largest = std::max(largest, value);
    std::fill(damping.begin(), damping.end(), 1e-4 * largest);
  }
};

void linear_solver_analyse(benchmark::State& state) {
  Solver solver;
  for (auto _ : state) solver.linear->analyse(solver.linearised.jacobian());
  state.SetLabel(std::string(solver.linear->name()));
}
BENCHMARK(linear_solver_analyse)->Unit(benchmark::kMillisecond);

void linear_solver_linearise(benchmark::State& state) {
  Solver solver;
  for (auto _ : state) solver.linear->linearise(solver.linearised.jacobian(), 1);
  state.SetLabel(std::string(solver.linear->name()));
}
BENCHMARK(linear_solver_linearise)->Unit(benchmark::kMillisecond);

void linear_solver_factorise(benchmark::State& state) {
  Solver solver;
  for (auto _ : state) {
    if (!solver.linear->factorise(solver.damping, 1)) state.SkipWithError("the matrix is not definite");
  }
  state.SetLabel(std::string(solver.linear->name()));
}
BENCHMARK(linear_solver_factorise)->Unit(benchmark::kMillisecond);

void linear_solver_solve(benchmark::State& state) {
  Solver solver;
  std::vector<double> step(solver.damping.size());
  if (!solver.linear->factorise(solver.damping, 1)) state.SkipWithError("the matrix is not definite");
  for (auto _ : state) {
    solver.linear->solve(step);
    benchmark::DoNotOptimize(step.data());
  }
  state.SetLabel(std::string(solver.linear->name()));
}
BENCHMARK(linear_solver_solve)->Unit(benchmark::kMillisecond);

}  // namespace
