// SPDX-License-Identifier: Apache-2.0
// Fits y = exp(m x + c) to samples: the program of the README.
#include <cmath>
#include <heliotrope/heliotrope.hpp>
#include <iostream>
#include <vector>

template <class S>
struct Exponential {  // y = exp(m x + c)
  S x, y;
  template <class T>
  void operator()(const T* mc, T* residual) const {
    using std::exp;
    residual[0] = y - exp(mc[0] * x + mc[1]);
  }
};

int main() {
  std::vector<Exponential<double>> samples;
  for (int i = 0; i < 60; ++i) samples.push_back({0.1 * i, std::exp(0.3 * 0.1 * i + 0.1)});

  heliotrope::Problem problem;
  auto mc = problem.add_variable({0.0, 0.0});
  problem.add_residuals<1>(samples, mc);
  heliotrope::Summary summary = heliotrope::minimize(problem);
  std::cout << summary << problem.value(mc) << '\n';
}
