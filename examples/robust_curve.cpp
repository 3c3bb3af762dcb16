// SPDX-License-Identifier: Apache-2.0
// The same curve with outliers, as columns of data and a lambda, under a Cauchy loss.
#include <cmath>
#include <heliotrope/heliotrope.hpp>
#include <iostream>
#include <vector>

int main() {
  std::vector<double> x, y;
  for (int i = 0; i < 60; ++i) {
    x.push_back(0.1 * i);
    y.push_back(std::exp(0.3 * x.back() + 0.1) + (i % 9 == 0 ? 5.0 : 0.0));
  }
  heliotrope::Problem problem;
  auto mc = problem.add_variable({0.0, 0.0});
  problem.add_residuals<1>(
      heliotrope::columns(x, y),
      [](auto x, auto y, const auto* mc, auto* residual) {
        using std::exp;
        residual[0] = y - exp(mc[0] * x + mc[1]);
      },
      {.loss = heliotrope::cauchy(0.1)}, mc);
  heliotrope::Summary summary = heliotrope::minimize(problem);
  std::cout << summary << problem.value(mc) << '\n';
}
