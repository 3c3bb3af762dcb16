// SPDX-License-Identifier: Apache-2.0
// rho, rho' and rho'' of each loss, a pack of values of s at once. a: the scale, b = a^2, u = s / b.
#pragma once

#include <cmath>

#include "heliotrope/derive/math.hpp"
#include "heliotrope/derive/pack.hpp"
#include "heliotrope/derive/pack_math.hpp"

namespace heliotrope::loss_formulas {

struct Rho {
  Pack value, first, second;
};

/// 0, or NaN where s is not finite: an infinite residual is not ignored by a loss that is bounded.
inline Pack zero_if_finite(Pack s) { return s - s; }

/// s / b, at most where its square is finite and 1 + u is u.
inline Pack bounded_ratio(Pack s, double b) { return min(s / b, 1e150); }

/// log(1 + s / b) for s >= 0: the rounding error of v = 1 + x cancels in log(v) / (v - 1) [Higham2002, 1.14.1]. Where 1
/// is beyond the last digit, log(s) - log(b), which does not overflow.
inline Pack log_1_plus_ratio(Pack s, double b) {
  const Pack x = s / b;
  const Mask far = x > 1e20;
  const Pack near = select(far, Pack(0.0), x);
  const Pack v = 1.0 + near, rounded = v - 1.0;
  const Mask vanishes = rounded == 0.0;
  const Pack closed = select(vanishes, near, log(v) * (near / select(vanishes, Pack(1.0), rounded)));
  return select(far, log(select(far, s, Pack(1.0))) - std::log(b), closed);
}

/// (e^x - 1) / x, 1 at x = 0 [Higham2002, 1.14.1].
inline Pack exponential_quotient(Pack x) {
  const Pack e = exp(x);
  const Mask large = abs(x) > 1.0, one = e == 1.0;
  const Pack by_log = (e - 1.0) / log(select(large | one, Pack(2.0), e));
  return select(large, (e - 1.0) / select(large, x, Pack(1.0)), select(one, Pack(1.0), by_log));
}
inline Pack exponential_less_1(Pack x) { return x * exponential_quotient(x); }

inline Rho rho_trivial(Pack s) { return {s, 1.0, 0.0}; }

inline Rho rho_huber(Pack s, double a) {
  const double b = a * a;
  const Mask beyond = s > b;
  const Pack safe = select(beyond, s, Pack(b));
  const Pack norm = sqrt(safe);
  const Pack slope = a / norm;
  return {select(beyond, 2.0 * a * norm - b, s), select(beyond, slope, Pack(1.0)),
          select(beyond, -0.5 * slope / safe, Pack(0.0))};
}

inline Rho rho_soft_l1(Pack s, double a) {
  const double b = a * a;
  const Pack sum = 1.0 + s / b;
  const Pack root = sqrt(sum);
  const Pack slope = 1.0 / root;
  return {2.0 * s / (root + 1.0), slope, -0.5 / b * slope / sum};  // 2 b (root - 1), without cancellation
}

inline Rho rho_cauchy(Pack s, double a) {
  const double b = a * a;
  const Pack slope = 1.0 / (1.0 + s / b);
  return {b * log_1_plus_ratio(s, b), slope, -slope * slope / b};
}

inline Rho rho_tukey(Pack s, double a) {
  const double b = a * a;
  const Mask within = s <= b;
  const Pack u = select(within, s / b, Pack(1.0));
  const Pack left = 1.0 - u;
  return {b / 3.0 * u * (3.0 - u * (3.0 - u)) + zero_if_finite(s), left * left, -2.0 / b * left};
}

inline Rho rho_arctan(Pack s, double a) {
  const double b = a * a;
  const Pack u = bounded_ratio(s, b);
  const Pack slope = 1.0 / (1.0 + u * u);
  return {b * atan(u) + zero_if_finite(s), slope, -2.0 / b * (u * slope) * slope};
}

inline Rho rho_geman_mcclure(Pack s, double a) {
  const double b = a * a;
  const Pack u = bounded_ratio(s, b);
  const Pack v = 1.0 / (1.0 + u);
  return {b * (u * v) + zero_if_finite(s), v * v, -2.0 / b * (v * v * v)};
}

inline Rho rho_welsch(Pack s, double a) {
  const double b = a * a;
  const Pack u = s / b;
  const Pack slope = exp(-u);
  return {-b * exponential_less_1(max(-u, -1e3)) + zero_if_finite(s), slope, -slope / b};
}

/// With x = (s - a) / b and x_0 = -a / b, near zero without cancellation:
///
///     rho = b log(1 + (e^(s/b) - 1) / (1 + e^(a/b)))                      s <= b
///     rho = max(s - a, 0) + b (log(1 + e^-|x|) - log(1 + e^x_0))          beyond
inline Rho rho_tolerant(Pack s, double a, double b) {
  const double start = std::exp(-a / b), slope_at_zero = start / (1.0 + start);
  const Mask close = s <= b;
  const Pack grown = exponential_less_1(select(close, s / b, Pack(0.0)));
  const Pack near = b * log_1_plus_ratio(slope_at_zero * grown, 1.0);
  const Pack e = exp(-abs(s - a) / b), inverse = 1.0 / (1.0 + e);
  const Pack far = max(s - a, 0.0) + b * (log_1_plus_ratio(e, 1.0) - std::log1p(start));
  return {select(close, near, far) + zero_if_finite(s), select(s > a, inverse, e * inverse), e * inverse * inverse / b};
}

/// k = 2 - alpha, L = log(1 + u / k), b = c^2:
///
///     rho' = e^(-k L / 2),     rho'' = -e^(-(k/2 + 1) L) / (2 b)
///     rho  = 2 / alpha (s rho' + b k (rho' - 1))         alpha >= 1: exact where k vanishes
///          = b k L (e^(alpha L / 2) - 1) / (alpha L / 2)   else: exact where alpha vanishes
inline Rho rho_barron(Pack s, double alpha, double c) {
  const double k = 2.0 - alpha, b = c * c;
  const Pack L = log_1_plus_ratio(s, b * k);
  const Pack slope = exp(-0.5 * k * L);
  const Pack second = -0.5 / b * exp(-(0.5 * k + 1.0) * L);
  if (alpha >= 1.0) {
    return {2.0 / alpha * (s * slope + b * k * exponential_less_1(-0.5 * k * L)), slope, second};
  }
  return {b * k * L * exponential_quotient(0.5 * alpha * L) + zero_if_finite(s), slope, second};
}

/// alpha = -infinity: Welsch's loss, with the scale that the family has.
inline Rho rho_barron_limit(Pack s, double c) { return rho_welsch(s, c * std::sqrt(2.0)); }

}  // namespace heliotrope::loss_formulas
