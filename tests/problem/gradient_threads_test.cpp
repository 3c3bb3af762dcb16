// SPDX-License-Identifier: Apache-2.0
// The same bits for any number of threads, and no memory after the evaluator is made.
#include <numeric>

#include "catch.hpp"
#include "problem/count_allocations.hpp"
#include "problem/gradients.hpp"

using namespace heliotrope;
using namespace heliotrope_test;

namespace {

/// Chained terms and residuals in many chunks, all of which touch one variable.
Problem chain(int size) {
  Problem problem;
  std::vector<double> start;
  for (int i = 0; i < 2 * size; ++i) start.push_back(0.4 * std::sin(0.7 * i));
  const auto x = problem.add_variables<2>(start);
  std::vector<int> from(static_cast<std::size_t>(size - 1)), to(from.size());
  std::iota(from.begin(), from.end(), 0);
  std::iota(to.begin(), to.end(), 1);
  problem.add_terms(std::vector<PreparedTerm<double>>(from.size(), {0.3}), x[std::span<const int>(from)],
                    x[std::span<const int>(to)]);
  std::vector<PoissonTerm<double>> counts(from.size(), {0.5, 2.0});
  problem.add_residuals<1>(counts, {.loss = cauchy(0.5)}, x[std::span<const int>(to)]);
  problem.add_terms(std::vector<PreparedTerm<double>>(from.size(), {0.3}), x[0], x[std::span<const int>(to)]);
  return problem;
}

}  // namespace

TEST_CASE("gradient: 1, 2 and 3 threads give the same bits", "[problem][gradient][threads]") {
  for (const Problem& problem : {chain(5000), mixture(true)}) {
    std::vector<double> first(static_cast<std::size_t>(problem.num_columns())), other(first.size());
    GradientEvaluator one(problem, {});
    const double cost = one.evaluate(problem, problem.values(), first);
    for (const int threads : {2, 3}) {
      GradientEvaluator several(problem, {.threads = threads});
      CHECK(several.evaluate(problem, problem.values(), other) == cost);
      CHECK((other == first));
    }
  }
}

TEST_CASE("gradient: an evaluator takes its memory when it is made", "[problem][gradient][storage]") {
  if (!allocations_are_counted()) return;
  const Problem problem = chain(500);
  GradientEvaluator evaluator(problem, {});
  std::vector<double> gradient(static_cast<std::size_t>(problem.num_columns()));
  const std::int64_t before = num_allocations();
  evaluator.evaluate(problem, problem.values(), gradient);
  evaluator.evaluate(problem, problem.values(), {});
  const std::int64_t after = num_allocations();
  CHECK(after == before);
}
