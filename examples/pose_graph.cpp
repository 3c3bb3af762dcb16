// SPDX-License-Identifier: Apache-2.0
// A pose graph: a robot drives in a square, its odometry drifts, and one loop closure brings it back.
#include <cmath>
#include <heliotrope/heliotrope.hpp>
#include <heliotrope/residuals/pose_graph.hpp>
#include <iostream>
#include <vector>

int main() {
  using heliotrope::RelativePoseSE2;
  const double quarter = std::acos(0.0);
  // One metre forward; at every tenth step a quarter turn, badly measured.
  std::vector<RelativePoseSE2<double>> odometry;
  // x y theta of each pose, by adding up the odometry.
  std::vector<double> guess = {0.0, 0.0, 0.0};
  std::vector<int> from, to;
  for (int i = 0; i < 39; ++i) {
    odometry.push_back({1.0, 0.0, i % 10 == 9 ? quarter + 0.05 : 0.0});
    const double *last = &guess[3 * i], heading = last[2];
    guess.insert(guess.end(), {last[0] + std::cos(heading), last[1] + std::sin(heading), heading + odometry[i].theta});
    from.push_back(i);
    to.push_back(i + 1);
  }

  heliotrope::Problem problem;
  const auto poses = problem.add_variables<heliotrope::SE2>(guess);
  // Inverse standard deviations: a square root of the information matrix.
  const std::vector<double> weights = {10, 0, 0, 0, 10, 0, 0, 0, 20};
  problem.add_residuals(odometry, {.sqrt_information = weights}, poses[from], poses[to]);
  const RelativePoseSE2<double> closure = {1.0, 0.0, quarter};  // the first pose, seen from the last
  problem.add_residual(closure, {.loss = heliotrope::cauchy(1.0), .sqrt_information = weights}, poses[39], poses[0]);
  problem.fix(poses[0]);

  const heliotrope::Summary summary = heliotrope::minimize(problem);
  std::cout << summary << "the last pose: " << problem.value(poses[39]) << '\n';
  return summary.converged() ? 0 : 1;
}
