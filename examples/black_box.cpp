// SPDX-License-Identifier: Apache-2.0
// A simulator as residuals: a rod cools at its ends, and its conductivity is found from temperatures that were
// measured.
#include <cmath>
#include <heliotrope/heliotrope.hpp>
#include <iostream>
#include <span>
#include <vector>

constexpr int cells = 200;

// Steady heat flow through cells of conductivity exp(c[i]) under a source of one: what is left over in each cell.
void flow(std::span<const double> x, std::span<double> r) {
  const auto c = x.first(cells), u = x.last(cells);
  const auto conductivity = [&](int i) { return std::exp(0.5 * (c[i] + c[i + 1])); };
  for (int i = 0; i < cells; ++i) {
    const double left = i == 0 ? -2.0 * std::exp(c[0]) * u[0] : conductivity(i - 1) * (u[i - 1] - u[i]);
    const double right = i == cells - 1 ? -2.0 * std::exp(c[i]) * u[i] : conductivity(i) * (u[i + 1] - u[i]);
    r[i] = left + right + 1.0 / (cells * cells);
  }
}

int main() {
  std::vector<double> measured(cells), zeros(cells, 0.0);  // of a rod that conducts exp(0.3) everywhere
  for (int i = 0; i < cells; ++i) {
    const double s = (i + 0.5) / cells;
    measured[i] = 0.5 * std::exp(-0.3) * s * (1.0 - s);
  }
  heliotrope::Problem problem;
  const auto c = problem.add_variables<1>(zeros), u = problem.add_variables<1>(measured);
  problem.add_function(cells, flow, {c, u}, {.name = "heat flow"});
  problem.add_residuals<1>(
      heliotrope::columns(measured), [](auto m, const auto* u, auto* r) { r[0] = u[0] - m; }, u);
  const auto smooth = [](const auto* a, const auto* b, auto* r) { r[0] = 1e-4 * (b[0] - a[0]); };
  for (int i = 0; i + 1 < cells; ++i) problem.add_residual<1>(smooth, c[i], c[i + 1]);

  const heliotrope::Summary summary = heliotrope::minimize(problem);
  std::cout << summary << summary.derivatives << "; log conductivity " << problem.value(c[cells / 2]) << '\n';
  return summary.converged() && std::abs(problem.value(c[cells / 2])[0] - 0.3) < 0.01 ? 0 : 1;
}
