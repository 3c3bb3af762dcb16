// SPDX-License-Identifier: Apache-2.0
#include "minimize/truncated_cg.hpp"

#include <algorithm>
#include <cmath>

namespace heliotrope::detail {

namespace {

/// tau >= 0 with |p + tau d| = radius.
double to_boundary(double pp, double pd, double dd, double radius) {
  const double room = std::max(0.0, radius * radius - pp);
  const double root = std::sqrt(pd * pd + dd * room);
  return pd > 0.0 ? room / (pd + root) : (root - pd) / dd;
}

}  // namespace

TruncatedCg::TruncatedCg(std::int64_t size, int threads)
    : kernels_(minimize_detail::vector_kernels()),
      passes_(minimize_detail::padded(size), 3, threads),
      max_products_(std::clamp<std::int64_t>(2 * size, 20, 10000)) {
  for (auto* v : {&s_, &d_, &hd_}) v->resize(static_cast<std::size_t>(passes_.size()));
}

double TruncatedCg::move(const double* x, const double* d, double step, double* to) {
  double square = 0.0;
  passes_.run(1, &square, [&](std::int64_t begin, std::int64_t end, double* part) {
    kernels_.move(begin, end, x, d, step, to, part);
  });
  return square;
}

double TruncatedCg::dot(const double* a, const double* b) {
  double sums[3];
  passes_.run(3, sums,
              [&](std::int64_t begin, std::int64_t end, double* part) { kernels_.measure(begin, end, a, b, part); });
  return sums[0];
}

double TruncatedCg::solve(const double* g, double g_square, Product product, const Goal& goal, double* p) {
  const double g_norm = std::sqrt(g_square);
  std::fill_n(p, passes_.size(), 0.0);
  move(p, g, -1.0, s_.data());
  std::copy(s_.begin(), s_.end(), d_.begin());
  double ss = g_square, dd = g_square, pp = 0.0, pd = 0.0, decrease = 0.0;
  for (std::int64_t k = 0; k < max_products_; ++k) {
    product(d_.data(), hd_.data());
    const double curvature = dot(d_.data(), hd_.data());
    if (!std::isfinite(curvature) && k > 0) return decrease;
    const bool convex = curvature > 0.0 && std::isfinite(curvature);
    const double alpha = ss / curvature;
    const bool leaves = !convex || !(pp + 2.0 * alpha * pd + alpha * alpha * dd < goal.radius * goal.radius);
    if (leaves) {
      if (!std::isfinite(goal.radius)) {
        if (k > 0) return decrease;
        move(p, g, -1.0, p);
        return g_square;
      }
      const double tau = to_boundary(pp, pd, dd, goal.radius);
      move(p, d_.data(), tau, p);
      return decrease + tau * ss - (std::isfinite(curvature) ? 0.5 * tau * tau * curvature : 0.0);
    }
    pp = move(p, d_.data(), alpha, p);
    decrease += 0.5 * alpha * ss;
    const double next = move(s_.data(), hd_.data(), -alpha, s_.data());
    if (!(std::sqrt(next) > goal.tolerance * g_norm)) return decrease;
    const double beta = next / ss;
    pd = beta * (pd + alpha * dd);
    dd = move(s_.data(), d_.data(), beta, d_.data());
    ss = next;
  }
  return decrease;
}

double forcing_term(double square, double old_square) {
  // Bounds of 0.5, 0.25, 0.1, 0.03 and 0.01 take 4743, 1670, 1881, 2022 and 1838 evaluations on [More1981]'s functions
  // in searches, 776, 723, 666, 674 and 667 in trust regions; minimal surfaces of 300 x 300 nodes 1823, 1325, 1392,
  // 1580 and 2100 products. Under 0.1 no safeguard against too small a term is due.
  constexpr double gamma = 0.9, most = 0.1, least = 1e-8;
  return std::clamp(gamma * square / old_square, least, most);
}

}  // namespace heliotrope::detail
