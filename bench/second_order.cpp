// SPDX-License-Identifier: Apache-2.0
// second_order surface N | rosenbrock N [SECONDS]: Newton's method with coloured and exact sparse Hessians beside
// L-BFGS, on the minimal surface over N x N nodes or on Rosenbrock's function for every two of N variables, to
// gradients of 1e-8; each at most SECONDS (100). One thread.
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "heliotrope/derive/symmetric_coloring.hpp"
#include "heliotrope/minimize/jet_hessian.hpp"
#include "heliotrope/minimize/minimize_objective.hpp"
#include "heliotrope/residuals/minimal_surface.hpp"

using namespace heliotrope;

namespace {

/// f(x, gradient) for spans of doubles or of jets; the gradient may be empty.
constexpr auto rosenbrock = [](auto x, auto gradient) {
  auto value = 0.0 * x[0];
  for (std::size_t j = 0; j + 1 < x.size(); j += 2) {
    const auto u = x[j + 1] - x[j] * x[j], v = 1.0 - x[j];
    value = value + 100.0 * u * u + v * v;
    if (gradient.empty()) continue;
    gradient[j] = -400.0 * u * x[j] - 2.0 * v;
    gradient[j + 1] = 200.0 * u;
  }
  return value;
};

void report(const char* how, const SecondOrderObjective& f, std::vector<double> x, ObjectiveMethod method,
            double seconds) {
  const ObjectiveSummary s =
      minimize_objective(f, x, {.method = method, .time_limit = seconds, .gradient_tolerance = 1e-8});
  std::printf(
      "%-12s %-12s %5d iterations %6d evaluations %4lld Hessians %4lld factorisations  gradient %.2e  %.2f s  %s\n",
      std::string(name(method)).c_str(), how, s.iterations, s.evaluations, static_cast<long long>(s.hessians),
      static_cast<long long>(s.factorizations), s.gradient_max, s.seconds_total, std::string(name(s.status)).c_str());
  std::fflush(stdout);
}

template <class F>
void compare(const F& f, const SparsityPattern& pattern, const Coloring& coloring, const std::vector<double>& start,
             double relative_step, double seconds) {
  {
    DifferencedHessian near(f, pattern, coloring, {.relative_step = relative_step});
    report("differences", near.view(), start, ObjectiveMethod::newton, seconds);
  }
  {
    JetHessian exact(f, pattern, coloring);
    report("jets", exact.view(), start, ObjectiveMethod::newton, seconds);
  }
  const auto plain = [&](std::span<const double> x, std::span<double> gradient) { return f(x, gradient); };
  report("", SecondOrderObjective{plain}, start, ObjectiveMethod::lbfgs, seconds);
}

}  // namespace

int main(int argc, char** argv) {
  const long long n = argc > 2 ? std::atoll(argv[2]) : 0;
  const double seconds = argc > 3 ? std::atof(argv[3]) : 100.0;
  if (n > 0 && std::strcmp(argv[1], "surface") == 0) {
    const MinimalSurface surface(n, n, enneper_height);
    const auto area = [&](auto x, auto gradient) { return surface(x, gradient); };
    // Slopes change over the width of a cell: a step must be small beside it.
    compare(area, surface.pattern(), surface.coloring(), surface.start(), 1e-5 / static_cast<double>(n * n), seconds);
  } else if (n > 1 && n % 2 == 0 && std::strcmp(argv[1], "rosenbrock") == 0) {
    const auto pairs = static_cast<std::int32_t>(n / 2);
    const std::vector<std::int32_t> two(static_cast<std::size_t>(pairs), 2);
    const SparsityPattern pattern = block_pattern(banded_pattern(pairs, pairs, 0, 0), two, two);
    std::vector<double> start(static_cast<std::size_t>(n));
    for (std::size_t j = 0; j < start.size(); ++j) start[j] = j % 2 == 0 ? -1.2 : 1.0;
    compare(rosenbrock, pattern, color_star(pattern), start, 0.0, seconds);
  } else {
    std::fprintf(stderr, "usage: second_order surface|rosenbrock N [SECONDS]\n");
    return 2;
  }
}
