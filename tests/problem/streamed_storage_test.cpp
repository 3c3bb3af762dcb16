// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "heliotrope/minimize/minimize.hpp"
#include "problem/count_allocations.hpp"
#include "problem/problems.hpp"

using namespace heliotrope;
using namespace heliotrope_test;

TEST_CASE("streamed: a solve takes no memory for residuals, and none once it is made", "[problem][storage]") {
  if (!allocations_are_counted()) return;
  Problem problem;
  const auto line = problem.add_variable({0.0, 0.0});
  std::vector<double> t, y;
  constexpr int count = 200000;
  for (int i = 0; i < count; ++i) t.push_back(1e-5 * i), y.push_back(2.0 - 1e-5 * i * (3.0 + 1e-6 * i));
  problem.add_residuals<1>(
      columns(t, y), [](auto s, auto z, const auto* x, auto* r) { r[0] = x[0] + x[1] * s + x[0] * x[1] - z; }, line);

  const MinimizeOptions options{.linear = LinearSolverType::streamed};
  Summary summary;
  reset_peak_bytes();
  const std::int64_t bytes = allocated_bytes();
  minimize(problem, options, summary);
  CHECK(summary.converged());
  CHECK(peak_bytes() - bytes < count);  // 8 of them would be a vector of residuals

  problem.set_values(std::vector<double>{0.1, 0.2});
  const std::int64_t before = num_allocations();
  minimize(problem, options, summary);
  const std::int64_t after = num_allocations();
  CHECK(after == before);
  CHECK(summary.converged());
}
