// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <cmath>

#include "heliotrope/heliotrope.hpp"
#include "stream.hpp"

namespace stream {

Outcome solve_with_heliotrope(std::int64_t count, int threads) {
  using Clock = std::chrono::steady_clock;
  heliotrope::Problem problem;
  const auto parameters = problem.add_variable<heliotrope::Euclidean<num_parameters>>(start);
  const auto begin = Clock::now();
  {
    const Points points = make_points(count);
    problem.add_residuals<1>(
        heliotrope::columns(points.t, points.y), [](auto t, auto y, const auto* p, auto* r) { r[0] = y - curve(p, t); },
        parameters);
  }
  const auto set_up = Clock::now();
  const heliotrope::Summary summary = heliotrope::minimize(problem, {.threads = threads});
  const auto end = Clock::now();
  return {.cost = summary.final_cost,
          .seconds_setup = std::chrono::duration<double>(set_up - begin).count(),
          .seconds = std::chrono::duration<double>(end - set_up).count(),
          .iterations = static_cast<int>(summary.iterations.size()) - 1};
}

}  // namespace stream
