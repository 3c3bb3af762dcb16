// SPDX-License-Identifier: Apache-2.0
// Fits y = exp(m x + c) to samples of y = exp(0.3 x + 0.1).
#include <cmath>
#include <heliotrope/heliotrope.hpp>
#include <iostream>
#include <vector>

template <class S>
struct Exponential {
  S x, y;
  template <class T>
  void operator()(const T* mc, T* residual) const {
    using std::exp;
    residual[0] = y - exp(mc[0] * x + mc[1]);
  }
};

int main() {
  std::vector<Exponential<double>> samples;
  for (int i = 0; i < 67; ++i) {
    const double x = 0.075 * i;
    samples.push_back({x, std::exp(0.3 * x + 0.1)});
  }

  heliotrope::Problem problem;
  auto mc = problem.add_variable({0.0, 0.0});
  problem.add_residuals<1>(samples, mc);
  heliotrope::Summary summary = heliotrope::minimize(problem);
  std::cout << summary;

  const auto answer = problem.value(mc);
  const double error = std::abs(answer[0] - 0.3) + std::abs(answer[1] - 0.1);
  if (!(error < 1e-8)) std::cerr << "found m = " << answer[0] << ", c = " << answer[1] << ", expected 0.3 and 0.1\n";
  return error < 1e-8 ? 0 : 1;
}
