// SPDX-License-Identifier: Apache-2.0
// Counts that follow exp(a x + b), by maximum likelihood: terms that are no squares, beside a robust prior that is one.
#include <cmath>
#include <heliotrope/heliotrope.hpp>
#include <iostream>
#include <vector>

/// -log P(count | rate), up to a constant: rate - count log(rate), with log(rate) = a x + b.
template <class S>
struct Count {
  S x, count;
  template <class T>
  void operator()(const T* ab, T* value) const {
    using namespace heliotrope::math;
    const T log_rate = ab[0] * x + ab[1];
    value[0] = exp(log_rate) - count * log_rate;
  }
};

int main() {
  std::vector<Count<double>> counts;
  for (int i = 0; i < 40; ++i) counts.push_back({0.05 * i, std::round(std::exp(1.2 * 0.05 * i + 0.5))});
  heliotrope::Problem problem;
  auto ab = problem.add_variable({0.0, 0.0});
  problem.add_terms(counts, ab);
  problem.add_residual<1>([](const auto* ab, auto* r) { r[0] = (ab[0] - 1.0) / 0.5; }, {.loss = heliotrope::huber(1.0)},
                          ab);
  const heliotrope::ObjectiveSummary summary = heliotrope::minimize_objective(problem);
  std::cout << summary << "rate = exp(" << problem.value(ab)[0] << " x + " << problem.value(ab)[1] << ")\n";
}
