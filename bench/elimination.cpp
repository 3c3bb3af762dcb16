// SPDX-License-Identifier: Apache-2.0
// Schur elimination on a generated street, one core: what each sweep costs an observation. Ends with 1 where a bar of
// docs/benchmarks.md is missed.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include "heliotrope/io/generate.hpp"
#include "heliotrope/io/problems.hpp"
#include "heliotrope/linear/schur_complement.hpp"
#include "heliotrope/problem/arranged_problem.hpp"

namespace {

using namespace heliotrope;

constexpr double most_fused_ns = 90.0, least_gflops = 12.0, flops_a_pair = 486.0;

double seconds(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

struct Times {
  std::vector<double> all;
  void add(double t) { all.push_back(t); }
  double least() const { return *std::min_element(all.begin(), all.end()); }
  double median() const {
    std::vector<double> sorted = all;
    std::sort(sorted.begin(), sorted.end());
    return sorted[sorted.size() / 2];
  }
};

void show(const char* what, const Times& times, double per, const char* unit) {
  std::printf("%-58s %8.1f %8.1f %s\n", what, times.least() * 1e9 / per, times.median() * 1e9 / per, unit);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string structure = argc > 1 ? argv[1] : "street";
  const std::int64_t cameras = argc > 2 ? std::atoll(argv[2]) : 372, points = argc > 3 ? std::atoll(argv[3]) : 40000;
  const int threads = argc > 4 ? std::atoi(argv[4]) : 1, repeats = argc > 5 ? std::atoi(argv[5]) : 21;
  const BalScene scene = generate_bal({.structure = structure == "crowd" ? BalStructure::crowd : BalStructure::street,
                                       .num_cameras = cameras,
                                       .num_points = points,
                                       .mean_track = 5.0});
  const double observations = static_cast<double>(scene.num_observations());
  BalProblem made = make_problem(scene);
  const auto problem_structure = detail::ProblemAccess::structure(made.problem);
  const auto& column_begin = problem_structure->column_begin;
  EliminationPlan plan;
  const double planning = seconds([&] {
    const EliminationStructure from = detail::elimination_structure(made.problem, *problem_structure, threads);
    plan = plan_elimination(from, find_elimination_set(from), threads);
  });
  double arranging = 0.0, shaping = 0.0;
  std::unique_ptr<detail::ArrangedProblem> arranged;
  std::unique_ptr<SchurComplement> whole, diagonal;
  arranging = seconds([&] {
    arranged = std::make_unique<detail::ArrangedProblem>(made.problem, problem_structure, plan,
                                                         detail::ArrangedProblem::Options{.threads = threads});
  });
  shaping = seconds([&] {
    whole = std::make_unique<SchurComplement>(plan, column_begin, SchurComplement::Form::explicit_blocks, threads);
  });
  diagonal = std::make_unique<SchurComplement>(plan, column_begin, SchurComplement::Form::diagonal, threads);
  std::printf("%s: %lld cameras, %lld points, %.0f observations, %lld pairs, %lld blocks of S\n", structure.c_str(),
              static_cast<long long>(plan.num_kept()), static_cast<long long>(plan.num_points), observations,
              static_cast<long long>(plan.num_pairs()), static_cast<long long>(whole->pattern().num_entries()));
  std::printf("set-up: plan %.3f s, arrange %.3f s, pattern %.3f s\n", planning, arranging, shaping);

  std::vector<double> x(made.problem.values().begin(), made.problem.values().end());
  x.resize(x.size() + block_lanes);
  std::vector<double> candidate = x;
  arranged->set_points(x.data(), candidate.data());
  const auto columns = static_cast<std::size_t>(column_begin.back());
  std::vector<double> gradient(columns), scaled(columns), scale(columns), step(columns);
  const SchurComplement::Vectors vectors{gradient, scaled, scale, 0.3};
  const auto kept = static_cast<std::size_t>(plan.num_kept_columns());
  std::vector<double> in(kept, 1e-3), out(kept);

  Times evaluation, fused, formed, back, product;
  double sink = 0.0;
  for (int r = 0; r < repeats; ++r) {
    evaluation.add(seconds([&] { sink += whole->evaluate_cost(*arranged, TileSource::Where::present, threads); }));
    fused.add(seconds([&] { diagonal->eliminate(*arranged, 1e-4, vectors, true, threads); }));
    formed.add(seconds([&] { whole->eliminate(*arranged, 1e-4, vectors, true, threads); }));
    std::fill(step.begin(), step.end(), 1e-9);
    back.add(seconds([&] { sink += whole->back_substitute(*arranged, vectors, step, threads); }));
    product.add(seconds([&] { diagonal->multiply(in, out, threads); }));
  }
  std::printf("%-58s %8s %8s\n", "", "least", "median");
  show("residuals", evaluation, observations, "ns an observation");
  show("residuals, Jacobian, elimination, camera diagonal", fused, observations, "ns an observation");
  show("the same and all of S", formed, observations, "ns an observation");
  show("back-substitution and candidate cost", back, observations, "ns an observation");
  show("implicit product", product, observations, "ns an observation");
  // Camera pairs: those of two different cameras; the diagonal is in the fused figure.
  const double pairs = static_cast<double>(plan.num_pairs()) - observations;
  const double gflops = flops_a_pair * pairs / ((formed.median() - fused.median()) * 1e9);
  const double gflops_all =
      flops_a_pair * static_cast<double>(plan.num_pairs()) / ((formed.median() - fused.median()) * 1e9);
  std::printf("forming S: %.1f GFLOP/s at %g flops a pair of different cameras (%.1f with the diagonal ones)\n", gflops,
              flops_a_pair, gflops_all);
  const double ns = fused.median() * 1e9 / observations;
  if (sink == 12345.0) std::printf(" ");
  if (structure == "street" && threads == 1 && (ns > most_fused_ns || gflops < least_gflops)) {
    std::printf("missed: expected at most %g ns and at least %g GFLOP/s\n", most_fused_ns, least_gflops);
    return 1;
  }
  return 0;
}
