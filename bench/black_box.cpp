// SPDX-License-Identifier: Apache-2.0
// black_box tridiagonal|bratu N: solves a system of N (bratu: N x N) unknowns that is known by its values alone, and
// prints seconds of the whole solve, final cost, iterations, evaluations. bench/black_box_scipy sets it beside SciPy.
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <span>
#include <vector>

#include "heliotrope/heliotrope.hpp"

using namespace heliotrope;

namespace {

/// [Broyden1965]'s tridiagonal function.
void tridiagonal_function(std::span<const double> x, std::span<double> r) {
  const std::size_t n = x.size();
  for (std::size_t i = 0; i < n; ++i) {
    r[i] = (3.0 - 2.0 * x[i]) * x[i] + 1.0 - (i > 0 ? x[i - 1] : 0.0) - (i + 1 < n ? 2.0 * x[i + 1] : 0.0);
  }
}

/// -Laplace(u) = 2 exp(u) on a square, u = 0 around it.
void bratu_function(std::size_t n, std::span<const double> u, std::span<double> r) {
  const double load = 2.0 / static_cast<double>((n + 1) * (n + 1));
  for (std::size_t j = 0, p = 0; j < n; ++j) {
    for (std::size_t i = 0; i < n; ++i, ++p) {
      const double around = (i > 0 ? u[p - 1] : 0.0) + (i + 1 < n ? u[p + 1] : 0.0) + (j > 0 ? u[p - n] : 0.0) +
                            (j + 1 < n ? u[p + n] : 0.0);
      r[p] = 4.0 * u[p] - around - load * std::exp(u[p]);
    }
  }
}

template <class F>
void solve(const F& f, const Stencil& stencil, double start) {
  std::int64_t evaluations = 0;
  const auto counted = [&](std::span<const double> x, std::span<double> r) { ++evaluations, f(x, r); };
  const std::int64_t n = stencil.num_nodes();
  const auto begin = std::chrono::steady_clock::now();
  Problem problem;
  const auto x = problem.add_variables<1>(std::vector<double>(static_cast<std::size_t>(n), start));
  problem.add_function(n, counted, x, stencil, {.method = DifferenceMethod::forward});
  const Summary summary = minimize(problem);
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  std::printf("%.6f %.6e %zu %lld\n", seconds.count(), summary.final_cost, summary.iterations.size() - 1,
              static_cast<long long>(evaluations));
}

}  // namespace

int main(int argc, char** argv) {
  const long long n = argc == 3 ? std::atoll(argv[2]) : 0;
  if (n > 0 && std::strcmp(argv[1], "tridiagonal") == 0) {
    solve(tridiagonal_function, tridiagonal(n), -1.0);
  } else if (n > 0 && std::strcmp(argv[1], "bratu") == 0) {
    const auto f = [n](std::span<const double> u, std::span<double> r) {
      bratu_function(static_cast<std::size_t>(n), u, r);
    };
    solve(f, five_point(n, n), 0.0);
  } else {
    std::fprintf(stderr, "usage: black_box tridiagonal|bratu N\n");
    return 2;
  }
}
