// SPDX-License-Identifier: Apache-2.0
#include "minimize/trust_step.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace heliotrope::detail {

namespace {

constexpr int most_trials = 60;
// |p| is right within this share of the radius, and the model's decrease within that share of the best [More1983, 4].
constexpr double easy = 0.1, hard = 0.2;

}  // namespace

double TrustStep::Interval::inside() const { return std::max(std::sqrt(low * high), low + 0.01 * (high - low)); }

double TrustStep::dot(const double* a, const double* b) const {
  double sums[4] = {};
  std::size_t j = 0;
  for (; j + 4 <= z_.size(); j += 4) {
    for (std::size_t k = 0; k < 4; ++k) sums[k] += a[j + k] * b[j + k];
  }
  for (; j < z_.size(); ++j) sums[0] += a[j] * b[j];
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

double TrustStep::solve(SparseHessian& hessian, const double* g, double radius, double* p) {
  const double g_norm = std::sqrt(dot(g, g));
  Interval known{std::max({0.0, -hessian.least_diagonal(), g_norm / radius - hessian.most_eigenvalue()}),
                 std::max(0.0, g_norm / radius - hessian.least_eigenvalue())};
  std::copy(g, g + z_.size(), z_.begin());
  double last = std::exchange(lambda_, 0.0);  // often nearly right
  const auto next_inside = [&] {
    const double guess = std::exchange(last, 0.0);
    return guess > known.low && guess < known.high ? guess : known.inside();
  };
  if (known.low > 0.0) lambda_ = next_inside();
  bool solved = false;
  for (int k = 0; k < most_trials; ++k) {
    if (!hessian.factorise(lambda_)) {
      fail(hessian, known);
      lambda_ = std::max(next_inside(), known.low + 1e-8 * hessian.largest());
      continue;
    }
    hessian.solve(g, p);
    solved = true;
    const double norm = std::sqrt(dot(p, p));
    if ((lambda_ == 0.0 && norm <= radius) || std::abs(norm - radius) <= easy * radius) break;
    (norm < radius ? known.high : known.low) = lambda_;
    if (norm < radius && finish_hard(hessian, known, radius, dot(g, p), p)) break;
    const double next = newton_update(hessian, norm, radius, p);
    const bool safe = next > known.low && next < known.high;
    if (!safe && !(known.high - known.low > 1e-14 * known.high)) break;
    lambda_ = safe ? next : next <= 0.0 && known.low == 0.0 ? 0.0 : next_inside();
  }
  if (!solved) return 0.0;
  hessian.multiply(p, w_.data());
  double norm = std::sqrt(dot(p, p)), slope = dot(g, p), curvature = dot(p, w_.data());
  if (norm > (1.0 + easy) * radius) {  // trials ran out
    const double scale = radius / norm;
    for (std::size_t j = 0; j < z_.size(); ++j) p[j] *= scale;
    slope *= scale;
    curvature *= scale * scale;
  }
  return -slope - 0.5 * curvature;
}

/// H + lambda I is not positive definite. Keeps the direction that shows it in z.
void TrustStep::fail(SparseHessian& hessian, Interval& known) {
  const double curvature = hessian.failing_curvature(z_.data());
  known.low = std::max(known.low, lambda_);
  if (curvature <= 0.0) known.low = std::max(known.low, lambda_ - curvature);
  known.high = std::max(known.high, known.low * (1.0 + 1e-10));
}

/// |p| < radius with lambda > 0: g may have hardly a part along the lowest eigenvectors. A unit vector z near them,
/// with z'(H + lambda I) z = q small, leads to the boundary at p + tau z, which is near enough to the best where tau^2
/// q <= hard (p'(H + lambda I) p + lambda radius^2) [More1983, 3.4].
bool TrustStep::finish_hard(SparseHessian& hessian, Interval& known, double radius, double g_p, double* p) {
  double q = 0.0;
  for (int k = 0; k < 2; ++k) {  // inverse iteration
    const double norm = std::sqrt(dot(z_.data(), z_.data()));
    for (double& each : z_) each /= norm;
    hessian.solve(z_.data(), w_.data());
    const double square = dot(w_.data(), w_.data());
    q = -dot(w_.data(), z_.data()) / square;
    const double scale = -1.0 / std::sqrt(square);
    for (std::size_t j = 0; j < z_.size(); ++j) z_[j] = scale * w_[j];
  }
  known.low = std::max(known.low, std::min(lambda_ - q, known.high));
  const double pz = dot(p, z_.data()), pp = dot(p, p), room = radius * radius - pp;
  const double root = std::sqrt(pz * pz + room);
  const double tau = room / (pz + std::copysign(root, pz));
  if (!(tau * tau * q <= hard * (-g_p + lambda_ * radius * radius))) return false;
  for (std::size_t j = 0; j < z_.size(); ++j) p[j] += tau * z_[j];
  return true;
}

/// A step of Newton's method on 1 / radius - 1 / |p(lambda)| = 0, whose derivative is p'(H + lambda I)^-1 p / |p|^3.
double TrustStep::newton_update(SparseHessian& hessian, double norm, double radius, const double* p) {
  hessian.solve(p, w_.data());
  return lambda_ - norm * norm / dot(p, w_.data()) * (norm - radius) / radius;
}

}  // namespace heliotrope::detail
