// SPDX-License-Identifier: Apache-2.0
// pow for packs, at most 2 ulp from the exact value: y log(x) in twice the precision, then exp, where there are fused
// operations; std's lane by lane elsewhere.
#pragma once

#include <type_traits>

#include "heliotrope/derive/pack_arithmetic.hpp"
#include "heliotrope/derive/pack_exponential.hpp"

namespace heliotrope {
inline namespace HELIOTROPE_ISA {
namespace pack_detail {

#if HELIOTROPE_HAS_FMA

/// An unevaluated sum of two packs, |low| at most about an ulp of high.
struct PackPair {
  Pack high;
  Pack low;
};

/// a b, rounded once and never contracted with what is added to it.
HELIOTROPE_INLINE Pack rounded_product(Pack a, Pack b) { return multiply_add(a, b, 0.0); }

/// a b - product exactly, where product is a b rounded.
HELIOTROPE_INLINE Pack product_error(Pack a, Pack b, Pack product) { return multiply_add(a, b, -product); }

HELIOTROPE_INLINE PackPair multiply(PackPair a, PackPair b) {
  const Pack product = rounded_product(a.high, b.high);
  return {product, product_error(a.high, b.high, product) + (a.high * b.low + a.low * b.high)};
}

/// a + b where |a.high| >= |b.high|, or a.high is 0.
HELIOTROPE_INLINE PackPair add_smaller(PackPair a, PackPair b) {
  const Pack sum = a.high + b.high;
  return {sum, ((a.high - sum) + b.high) + (a.low + b.low)};
}

/// atanh(s) = s + s z (1/3 + z P(z)), z = s^2, as in log: 2^-66.3 of the function.
inline constexpr double inverse_hyperbolic_tangent[] = {0.20000000000001125, 0.14285714285050782, 0.11111111259798072,
                                                        0.0909089219677361,  0.07693378102470627, 0.06628421004759213,
                                                        0.06598060283374643};

/// log(x) of positive normal numbers with a relative error of about 2^-64: as in log, carrying the low parts of s, of
/// s z (1/3 + ...) and of the sums.
HELIOTROPE_INLINE PackPair fine_log(Pack x) {
  const auto [e, f] = split_exponent(x);
  const Pack d = 2.0 + f, d_low = f - (d - 2.0), inverse = 1.0 / d;
  const Pack quotient = rounded_product(f, inverse), back = rounded_product(quotient, d);
  const Pack remainder = ((f - back) - product_error(quotient, d, back)) - quotient * d_low;
  const PackPair s = {quotient, remainder * inverse};
  const PackPair z = multiply(s, s);
  const PackPair third = {1.0 / 3, 0x1.5555555555555p-56};
  const Pack tail = rounded_product(z.high, polynomial(z.high, inverse_hyperbolic_tangent));
  const PackPair atanh = add_smaller(s, multiply(s, multiply(z, add_smaller(third, {tail, 0.0}))));
  return add_smaller({rounded_product(e, log_two), rounded_product(e, log_two_low)},
                     {2.0 * atanh.high, 2.0 * atanh.low});
}

HELIOTROPE_COLD Pack slow_pow(Pack x, Pack y, Mask where, Pack fast) {
  for (int l = 0; l < pack_width; ++l) {
    if (where[l]) fast.set(l, std::pow(x[l], y[l]));
  }
  return fast;
}

/// x^y = e^(y log(x)). Lanes where x is not a positive normal number or y is not finite are left to std.
inline __attribute__((noinline)) Pack power(Pack x, Pack y) {
  const PackPair log_x = fine_log(x);
  const Pack product = rounded_product(y, log_x.high);
  const Pack inside = min(max(product, -746.0), 710.0);  // beyond, the power is 0 or infinite
  const Pack low = product_error(y, log_x.high, product) + y * log_x.low;
  const Octave at = reduce_to_octave(inside);
  const Pack fast = exp_in_octave(at.shifted, at.r + select(inside == product, low, 0.0));
  const Mask special = !((x >= smallest_normal) & (x <= largest_double) & isfinite(y));
  if (any(special)) [[unlikely]]
    return slow_pow(x, y, special, fast);
  return fast;
}

#else  // twice the precision without fused operations is slower than std

inline __attribute__((noinline)) Pack power(Pack x, Pack y) {
  for (int l = 0; l < pack_width; ++l) x.set(l, std::pow(x[l], y[l]));
  return x;
}

#endif

}  // namespace pack_detail

/// x^y, a call rather than inline code. For negative x it is defined where y is an integer, as in std.
HELIOTROPE_INLINE Pack pow(Pack x, Pack y) { return pack_detail::power(x, y); }

/// x^exponent; exponents -1 to 4 by multiplication, which costs next to nothing for a constant.
template <class A, class = std::enable_if_t<std::is_arithmetic_v<A>>>
HELIOTROPE_INLINE Pack pow(Pack x, A exponent) {
  if (exponent == A(0)) return 1.0;
  if (exponent == A(1)) return x;
  if (exponent == A(2)) return x * x;
  if (exponent == A(3)) return x * x * x;
  if (exponent == A(4)) return (x * x) * (x * x);
  if constexpr (std::is_signed_v<A>) {
    if (exponent == A(-1)) return 1.0 / x;
  }
  return pack_detail::power(x, exponent);
}

/// base^x.
template <class A, class = std::enable_if_t<std::is_arithmetic_v<A>>>
HELIOTROPE_INLINE Pack pow(A base, Pack x) {
  return pack_detail::power(base, x);
}

}  // namespace HELIOTROPE_ISA
}  // namespace heliotrope
