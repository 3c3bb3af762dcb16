// SPDX-License-Identifier: Apache-2.0
// Large bounded problems, and a slow and obvious minimiser for them.
#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

namespace heliotrope_test {

struct BoundedProblem {
  std::string_view name;
  std::function<double(std::span<const double>, std::span<double>)> f;
  std::vector<double> start, lower, upper;
  double minimum = std::numeric_limits<double>::quiet_NaN();  ///< where it is known in closed form
};

/// 1/2 integral w_q |grad v|^2 - integral w_l v over a square of n x n inner nodes, v = 0 around it, by finite
/// differences [Averick1992, 4]: sums over edges and nodes, weights taken at their middle.
struct Membrane {
  int n;
  double width, height;  ///< of the domain
  std::function<double(double, double)> quadratic, linear;

  double operator()(std::span<const double> v, std::span<double> g) const {
    const double hx = width / (n + 1), hy = height / (n + 1);
    const auto at = [&](int i, int j) {
      return i < 0 || j < 0 || i == n || j == n ? 0.0 : v[static_cast<std::size_t>(j * n + i)];
    };
    if (!g.empty()) std::fill(g.begin(), g.end(), 0.0);
    const auto add = [&](int i, int j, double d) {
      if (!g.empty() && i >= 0 && j >= 0 && i < n && j < n) g[static_cast<std::size_t>(j * n + i)] += d;
    };
    double sum = 0.0;
    const auto edge = [&](int i, int j, int di, int dj, double c) {
      const double x = (i + 1 + 0.5 * di) * hx, y = (j + 1 + 0.5 * dj) * hy;
      const double w = c * quadratic(x, y), d = at(i + di, j + dj) - at(i, j);
      sum += 0.5 * w * d * d;
      add(i + di, j + dj, w * d);
      add(i, j, -w * d);
    };
    for (int j = 0; j < n; ++j) {
      for (int i = -1; i < n; ++i) edge(i, j, 1, 0, hy / hx);
    }
    for (int j = -1; j < n; ++j) {
      for (int i = 0; i < n; ++i) edge(i, j, 0, 1, hx / hy);
    }
    for (int j = 0; j < n; ++j) {
      for (int i = 0; i < n; ++i) {
        const double w = hx * hy * linear((i + 1) * hx, (j + 1) * hy);
        sum -= w * at(i, j);
        add(i, j, -w);
      }
    }
    return sum;
  }
};

/// Seven problems of n^2 variables (or the next multiple of 4).
inline std::vector<BoundedProblem> bounded_problems(int n) {
  constexpr double infinite = std::numeric_limits<double>::infinity(), pi = 3.14159265358979323846;
  const auto size = static_cast<std::size_t>(n) * static_cast<std::size_t>(n);
  const auto one = [](double, double) { return 1.0; };
  const auto node = [n](std::size_t k, int d) { return (static_cast<int>(k) / (d == 0 ? 1 : n) % n + 1.0) / (n + 1); };
  std::vector<BoundedProblem> all;

  // Elastic-plastic torsion of a bar [Averick1992, 4.1]: |v| at most the distance to the boundary, c = 5.
  BoundedProblem torsion{"torsion", Membrane{n, 1, 1, one, [](double, double) { return 5.0; }}, {}, {}, {}};
  for (std::size_t k = 0; k < size; ++k) {
    const double x = node(k, 0), y = node(k, 1), distance = std::min({x, y, 1.0 - x, 1.0 - y});
    torsion.start.push_back(distance);
    torsion.lower.push_back(-distance);
    torsion.upper.push_back(distance);
  }
  all.push_back(torsion);

  // Pressure in a journal bearing [Averick1992, 4.2]: (0, 2 pi) x (0, 20), eccentricity 0.1, v >= 0.
  constexpr double eccentricity = 0.1;
  all.push_back(
      {"journal-bearing",
       Membrane{n, 2.0 * pi, 20.0, [](double x, double) { return std::pow(1 + eccentricity * std::cos(x), 3); },
                [](double x, double) { return eccentricity * std::sin(x); }},
       {},
       std::vector<double>(size, 0.0),
       std::vector<double>(size, infinite)});
  for (std::size_t k = 0; k < size; ++k) all.back().start.push_back(std::max(0.0, std::sin(2.0 * pi * node(k, 0))));

  // A membrane under load between two obstacles [Dembo1983].
  BoundedProblem obstacle{"obstacle", Membrane{n, 1, 1, one, one}, {}, {}, {}};
  for (std::size_t k = 0; k < size; ++k) {
    const double s = std::sin(9.3 * node(k, 0)) * std::sin(9.3 * node(k, 1));
    obstacle.lower.push_back(std::pow(s, 3));
    obstacle.upper.push_back(s * s + 0.02);
    obstacle.start.push_back(obstacle.upper.back());
  }
  all.push_back(obstacle);

  // Rosenbrock's function for every two variables, the first of them at most 0.8: there it is, and 0.64 beside it.
  const std::size_t even = size / 2 * 2;
  BoundedProblem rosenbrock{"bounded-rosenbrock",
                            [](std::span<const double> x, std::span<double> g) {
                              double sum = 0.0;
                              for (std::size_t j = 0; j + 1 < x.size(); j += 2) {
                                const double u = x[j + 1] - x[j] * x[j], v = 1.0 - x[j];
                                sum += 100.0 * u * u + v * v;
                                if (g.empty()) continue;
                                g[j] = -400.0 * u * x[j] - 2.0 * v;
                                g[j + 1] = 200.0 * u;
                              }
                              return sum;
                            },
                            {},
                            {},
                            {},
                            0.02 * static_cast<double>(even)};
  for (std::size_t j = 0; j < even; ++j) {
    rosenbrock.start.push_back(j % 2 == 0 ? -1.2 : 1.0);
    rosenbrock.lower.push_back(-10.0);
    rosenbrock.upper.push_back(j % 2 == 0 ? 0.8 : 10.0);
  }
  all.push_back(rosenbrock);

  // Nonnegative least squares with a band: |A x - b|^2 / 2, A = tridiagonal(-1, 3, -1), b of both signs.
  all.push_back({"nonnegative-least-squares",
                 [](std::span<const double> x, std::span<double> g) {
                   const std::size_t m = x.size();
                   double sum = 0.0;
                   if (!g.empty()) std::fill(g.begin(), g.end(), 0.0);
                   for (std::size_t i = 0; i < m; ++i) {
                     const double left = i > 0 ? x[i - 1] : 0.0, right = i + 1 < m ? x[i + 1] : 0.0;
                     const double r = 3.0 * x[i] - left - right - std::sin(0.7 * static_cast<double>(i * i % 1009));
                     sum += 0.5 * r * r;
                     if (g.empty()) continue;
                     g[i] += 3.0 * r;
                     if (i > 0) g[i - 1] -= r;
                     if (i + 1 < m) g[i + 1] -= r;
                   }
                   return sum;
                 },
                 std::vector<double>(size, 1.0), std::vector<double>(size, 0.0), std::vector<double>(size, infinite)});

  // A quartic chain that is not convex, in a box that cuts some of its minima: double wells with coupling.
  BoundedProblem wells{"double-wells",
                       [](std::span<const double> x, std::span<double> g) {
                         double sum = 0.0;
                         if (!g.empty()) std::fill(g.begin(), g.end(), 0.0);
                         for (std::size_t j = 0; j < x.size(); ++j) {
                           const double w = x[j] * x[j] - 1.0;
                           sum += w * w + 0.2 * x[j];
                           if (!g.empty()) g[j] += 4.0 * w * x[j] + 0.2;
                           if (j == 0) continue;
                           const double d = x[j] - x[j - 1];
                           sum += 0.5 * d * d;
                           if (g.empty()) continue;
                           g[j] += d;
                           g[j - 1] -= d;
                         }
                         return sum;
                       },
                       std::vector<double>(size, -0.5), std::vector<double>(size, -0.9),
                       std::vector<double>(size, 3.0)};
  for (std::size_t j = 0; j < size; j += 5) wells.lower[j] = -3.0;
  all.push_back(wells);

  // exp(x_j x_(j+1) / 10) - c_j x_j: an exponential chain between 0 and 10.
  BoundedProblem chain{"exponential-chain",
                       [](std::span<const double> x, std::span<double> g) {
                         double sum = 0.0;
                         if (!g.empty()) std::fill(g.begin(), g.end(), 0.0);
                         for (std::size_t j = 0; j < x.size(); ++j) {
                           const double c = 0.5 + static_cast<double>(j % 7);
                           sum += 0.1 * x[j] * x[j] - c * x[j];
                           if (!g.empty()) g[j] += 0.2 * x[j] - c;
                           if (j == 0) continue;
                           const double e = std::exp(0.1 * x[j] * x[j - 1]);
                           sum += e;
                           if (g.empty()) continue;
                           g[j] += 0.1 * x[j - 1] * e;
                           g[j - 1] += 0.1 * x[j] * e;
                         }
                         return sum;
                       },
                       std::vector<double>(size, 1.0), std::vector<double>(size, 0.0), std::vector<double>(size, 10.0)};
  all.push_back(chain);
  return all;
}

/// Projected gradient steps with Nesterov's momentum, restarted where the value rises, and halved steps; stops where a
/// step of 1 along -g, projected, moves by less than 1e-8. Returns the value.
inline double projected_descent(const BoundedProblem& of, std::vector<double>& x) {
  const std::size_t n = x.size();
  std::vector<double> g(n), y, next(n), before;
  for (std::size_t j = 0; j < n; ++j) x[j] = std::clamp(x[j], of.lower[j], of.upper[j]);
  double step = 1.0, t = 1.0, value = of.f(x, {});
  y = before = x;
  for (int k = 0; k < 200000; ++k) {
    const double at_y = of.f(y, g);
    double most = 0.0;
    for (std::size_t j = 0; j < n; ++j) {
      most = std::max(most, std::abs(std::clamp(y[j] - g[j], of.lower[j], of.upper[j]) - y[j]));
    }
    if (most < 1e-8) break;
    for (;;) {  // until the quadratic bound of 1 / step holds
      double slope = 0.0, square = 0.0;
      for (std::size_t j = 0; j < n; ++j) {
        next[j] = std::clamp(y[j] - step * g[j], of.lower[j], of.upper[j]);
        slope += g[j] * (next[j] - y[j]);
        square += (next[j] - y[j]) * (next[j] - y[j]);
      }
      if (of.f(next, {}) <= at_y + slope + 0.5 * square / step + 1e-13 * std::abs(at_y) || step < 1e-12) break;
      step *= 0.5;
    }
    const double reached = of.f(next, {});
    if (reached > value && t > 1.0) {  // momentum led uphill
      t = 1.0;
      y = x;
      continue;
    }
    const double larger = 0.5 * (1.0 + std::sqrt(1.0 + 4.0 * t * t));
    before.swap(x);
    x = next;
    for (std::size_t j = 0; j < n; ++j) {
      y[j] = std::clamp(x[j] + (t - 1.0) / larger * (x[j] - before[j]), of.lower[j], of.upper[j]);
    }
    t = larger;
    value = reached;
  }
  return of.f(x, {});
}

}  // namespace heliotrope_test
