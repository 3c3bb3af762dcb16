// SPDX-License-Identifier: Apache-2.0
#include <ceres/ceres.h>

#include <chrono>

#include "stream.hpp"

namespace stream {

namespace {

struct Residual {
  double t, y;
  template <class T>
  bool operator()(const T* p, T* r) const {
    r[0] = y - curve(p, t);
    return true;
  }
};

}  // namespace

Outcome solve_with_ceres(std::int64_t count, int threads, const std::string& solver) {
  using Clock = std::chrono::steady_clock;
  Parameters parameters = start;
  ceres::Problem problem;
  const auto begin = Clock::now();
  {
    const Points points = make_points(count);
    for (std::size_t i = 0; i < points.t.size(); ++i) {
      auto* const cost =
          new ceres::AutoDiffCostFunction<Residual, 1, num_parameters>(new Residual{points.t[i], points.y[i]});
      problem.AddResidualBlock(cost, nullptr, parameters.data());
    }
  }
  const auto set_up = Clock::now();
  ceres::Solver::Options options;
  options.num_threads = threads;
  options.linear_solver_type = solver == "dense_qr" ? ceres::DENSE_QR
                               : solver == "cgnr"   ? ceres::CGNR
                                                    : ceres::DENSE_NORMAL_CHOLESKY;
  options.logging_type = ceres::SILENT;
  ceres::Solver::Summary summary;
  ceres::Solve(options, &problem, &summary);
  const auto end = Clock::now();
  return {.cost = summary.final_cost,
          .seconds_setup = std::chrono::duration<double>(set_up - begin).count(),
          .seconds = std::chrono::duration<double>(end - set_up).count(),
          .iterations = static_cast<int>(summary.iterations.size()) - 1};
}

}  // namespace stream
