// SPDX-License-Identifier: Apache-2.0
// Which growth rates made a population spread as it was seen? A field of parameters behind an implicit time step that
// the library cannot see into:
//
//     (u - before) / dt = D Laplace(u) + k u (1 - u)         u, k: one number a node of a cube
//
// reaction_diffusion [NODES]: nodes along an edge, 40 unless said: 128,000 unknowns.
#include <cmath>
#include <heliotrope/heliotrope.hpp>
#include <iostream>
#include <span>
#include <string>
#include <vector>

using namespace heliotrope;

namespace {

/// One implicit step as a simulator would offer it: in double only, u and then k, one equation a node.
struct ImplicitStep {
  std::int64_t n;
  std::vector<double> before;
  double dt = 0.5, diffusion = 0.4;

  void operator()(std::span<const double> x, std::span<double> r) const {
    const double* const u = x.data();
    const double* const k = u + n * n * n;
    const std::int64_t steps[] = {1, n, n * n};
    for (std::int64_t p = 0; p < n * n * n; ++p) {
      const std::int64_t at[] = {p % n, p / n % n, p / (n * n)};
      double laplacian = 0.0;
      for (int axis = 0; axis < 3; ++axis) {
        if (at[axis] > 0) laplacian += u[p - steps[axis]] - u[p];
        if (at[axis] + 1 < n) laplacian += u[p + steps[axis]] - u[p];
      }
      r[p] = (u[p] - before[p]) / dt - diffusion * laplacian - k[p] * u[p] * (1.0 - u[p]);
    }
  }
};

/// u as it was measured.
template <class S>
struct Measured {
  S value;
  template <class T>
  void operator()(const T* u, T* r) const {
    r[0] = 100.0 * (u[0] - value);
  }
};

/// Neighbours grow at like rates.
template <class S>
struct Smooth {
  S weight;
  template <class T>
  void operator()(const T* a, const T* b, T* r) const {
    r[0] = weight * (a[0] - b[0]);
  }
};

std::vector<double> field(std::int64_t n, double (*value)(double x, double y, double z)) {
  std::vector<double> values;
  const double h = 1.0 / static_cast<double>(n - 1);
  for (std::int64_t p = 0; p < n * n * n; ++p) {
    values.push_back(value(h * static_cast<double>(p % n), h * static_cast<double>(p / n % n),
                           h * static_cast<double>(p / (n * n))));
  }
  return values;
}

}  // namespace

int main(int argc, char** argv) {
  const std::int64_t n = argc > 1 ? std::stoll(argv[1]) : 40, nodes = n * n * n;
  const std::vector<double> truth =
      field(n, [](double x, double y, double z) { return 1.0 + std::sin(4 * x) * std::cos(3 * y) * (1.0 - z); });
  ImplicitStep step{n, field(n, [](double x, double y, double z) { return 0.3 + 0.2 * std::cos(5 * x + 3 * y - z); })};

  // What was seen: the step solved with the true rates, as a square system in u.
  Problem forward;
  const auto u_true = forward.add_variables<1>(step.before);
  const auto k_true = forward.add_variables<1>(truth);
  for (std::int64_t p = 0; p < nodes; ++p) forward.fix(k_true[p]);
  forward.add_function(nodes, step, {u_true, k_true}, {.name = "step"});
  const Summary found =
      minimize(forward, {.method = Method::gauss_newton, .linear = LinearSolverType::conjugate_gradients});
  std::cout << "forward: " << found << found.derivatives << "; " << found.linear_solver << "\n\n";

  Problem inverse;
  const auto u = inverse.add_variables<1>(step.before);
  const auto k = inverse.add_variables<1>(std::vector<double>(static_cast<std::size_t>(nodes), 1.0));
  inverse.add_function(nodes, step, {u, k}, {.name = "step"});
  std::vector<Measured<double>> seen;
  for (double value : forward.values(u_true)) seen.push_back({value});
  std::vector<std::int64_t> all, from, to;
  for (std::int64_t p = 0; p < nodes; ++p) {
    all.push_back(p);
    if (p % n + 1 < n) from.push_back(p), to.push_back(p + 1);
    if (p / n % n + 1 < n) from.push_back(p), to.push_back(p + n);
    if (p / (n * n) + 1 < n) from.push_back(p), to.push_back(p + n * n);
  }
  inverse.add_residuals<1>(seen, u[all]);
  inverse.add_residuals<1>(std::vector<Smooth<double>>(from.size(), {1e-3}), k[from], k[to]);
  const Summary summary = minimize(inverse, {.linear = LinearSolverType::conjugate_gradients});
  double worst = 0.0;
  for (std::int64_t p = 0; p < nodes; ++p) {
    worst = std::max(worst, std::abs(inverse.value(k[p])[0] - truth[static_cast<std::size_t>(p)]));
  }
  std::cout << "inverse: " << summary << summary.derivatives << "; " << summary.linear_solver << "\n";
  std::cout << "rates are found to " << worst << "\n";
  return summary.converged() && worst < 0.05 ? 0 : 1;
}
