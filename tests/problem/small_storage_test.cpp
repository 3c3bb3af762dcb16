// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "minimize/small_problems.hpp"
#include "problem/count_allocations.hpp"

using namespace heliotrope;
using namespace heliotrope_test;

TEST_CASE("small: nothing is allocated", "[minimize][small][storage]") {
  if (!allocations_are_counted()) return;
  const Circles circles(40);
  std::array<double, 3> x = circles.starts[0];
  std::vector<std::array<double, 3>> all = circles.starts;
  std::vector<SmallSummary> summaries(all.size());
  const std::int64_t before = num_allocations();
  const SmallSummary summary = minimize_small(circles.problems[0], x);
  minimize_small_batch(std::span(circles.problems), std::span(all), std::span(summaries));
  const std::int64_t after = num_allocations();
  CHECK(after == before);
  CHECK(summary.converged());
  CHECK(summaries.back().converged());
}
