// SPDX-License-Identifier: Apache-2.0
// sin, cos, tan and their inverses for packs, at most 2 ulp from the exact value.
//
// Every polynomial was fitted by Remez' exchange to equal relative error; the error stated is that of the function.
#pragma once

#include "heliotrope/derive/pack_arithmetic.hpp"

namespace heliotrope {
inline namespace HELIOTROPE_ISA {
namespace pack_detail {

/// sin(r) = r + r z P(z), z = r^2, |r| <= pi/4: 2^-57.9.
inline constexpr double sine[] = {-0.1666666666666663,   0.00833333333332212,    -0.00019841269829588373,
                                  2.755731362013087e-06, -2.505074745526042e-08, 1.5896207050224846e-10};

/// cos(r) = 1 - z/2 + z^2 P(z), z = r^2, |r| <= pi/4: 2^-64.
inline constexpr double cosine[] = {0.041666666666666595,    -0.0013888888888873043, 2.4801587288842397e-05,
                                    -2.7557314176374995e-07, 2.0875700419717656e-09, -1.1358513583716003e-11};

/// atan(a) = a + a z P(z), z = a^2, |a| <= 1: 2^-57.6.
inline constexpr double arctangent[] = {
    -0.3333333333333307,   0.19999999999951473,   -0.142857142825759,      0.11111111007049203,
    -0.090909070033901,    0.07692279843784856,   -0.06666404092621789,    0.05880528012088042,
    -0.05253519380504879,  0.047223248492418754,  -0.04219185394484635,    0.036642032921107154,
    -0.02990403795004785,  0.02198505752064621,   -0.013900737920498374,   0.007196619481117932,
    -0.002884973683617384, 0.0008313398183648681, -0.00015216444665278785, 1.3225404977738352e-05};

/// asin(s) = s + s z P(z), z = s^2, |s| <= 1/2: 2^-59.9.
inline constexpr double arcsine[] = {
    0.1666666666666676,   0.07499999999970801,   0.04464285717461028,  0.03038194270786724,  0.022372214985144852,
    0.01735161206061083,  0.013980819966519937,  0.011398917063832312, 0.010780225499339687, 0.003706511701230045,
    0.021707197580028162, -0.020998711106204597, 0.032628405034749085};

inline constexpr double two_over_pi = 0x1.45f306dc9c883p-1;
inline constexpr double half_pi = 0x1.921fb54442d18p0, half_pi_low = 0x1.1a62633145c07p-54;
inline constexpr double pi = 0x1.921fb54442d18p1, pi_low = 0x1.1a62633145c07p-53;

/// magnitude = quarters pi/2 + r, |r| <= pi/4 to rounding; the last two bits of `quarters` count the quadrants.
struct Quadrant {
  UintVector quarters;
  Pack r;
};

/// The same with r = high + low, unrounded.
struct FineQuadrant {
  UintVector quarters;
  Pack high;
  Pack low;
};

// Cody and Waite's reduction, r = magnitude - k pi/2, with pi/2 cut into parts p1 + p2 + ...; |magnitude| is at most
// largest_reducible. No double that small is nearer than 2^-60.5 to a multiple of pi/2 (by continued fractions), so
// that r is right to the last place or two where the parts reach 2^-113 / k.
//
// With fused operations the parts have 53 bits: x - k p1 is exact, being a multiple of 2^-53 below 1, and each further
// part costs one rounding relative to its own result. Without, they have 35, 35, 35 and 53 bits, so that k < 2^18
// times a part is exact. `reduce_finely` keeps what the additions round off: (a - (a + b)) + b is the exact error
// of a + b, since a is a multiple of the last place of b.
#if HELIOTROPE_HAS_FMA
inline constexpr double largest_reducible = 0x1p30;
inline constexpr double minus_half_pi[] = {-0x1.921fb54442d18p+0, -0x1.1a62633145c06p-54, -0x1.c1cd129024e08p-107};

HELIOTROPE_INLINE Quadrant reduce(Pack magnitude) {
  const Pack shifted = multiply_add(magnitude, two_over_pi, rounding_shift);
  const Pack k = shifted - rounding_shift;
  const Pack first = multiply_add(k, minus_half_pi[0], magnitude);
  const Pack second = multiply_add(k, minus_half_pi[1], first);
  return {as_bits(shifted), multiply_add(k, minus_half_pi[2], second)};
}

HELIOTROPE_INLINE FineQuadrant reduce_finely(Pack magnitude) {
  const Pack shifted = multiply_add(magnitude, two_over_pi, rounding_shift);
  const Pack k = shifted - rounding_shift;
  const Pack first = multiply_add(k, minus_half_pi[0], magnitude);
  const Pack product = multiply_add(k, minus_half_pi[1], 0.0);  // a product that the compiler may not contract
  const Pack product_low = multiply_add(k, minus_half_pi[1], -product);
  const Pack high = first + product;
  return {as_bits(shifted), high, multiply_add(k, minus_half_pi[2], product_low) + ((first - high) + product)};
}
#else
inline constexpr double largest_reducible = 0x1p18;
inline constexpr double minus_half_pi[] = {-0x1.921fb54440000p+0, -0x1.68c234c4c0000p-39, -0x1.98a2e03700000p-77,
                                           -0x1.cd129024e088ap-115};

HELIOTROPE_INLINE FineQuadrant reduce_finely(Pack magnitude) {
  const Pack shifted = magnitude * two_over_pi + rounding_shift;
  const Pack k = shifted - rounding_shift;
  const Pack first = magnitude + k * minus_half_pi[0];
  const Pack second = first + k * minus_half_pi[1];
  const Pack high = second + k * minus_half_pi[2];
  const Pack low = ((first - second) + k * minus_half_pi[1]) + ((second - high) + k * minus_half_pi[2]);
  return {as_bits(shifted), high, k * minus_half_pi[3] + low};
}

HELIOTROPE_INLINE Quadrant reduce(Pack magnitude) {
  const Pack shifted = magnitude * two_over_pi + rounding_shift;
  const Pack k = shifted - rounding_shift;
  const Pack third = ((magnitude + k * minus_half_pi[0]) + k * minus_half_pi[1]) + k * minus_half_pi[2];
  return {as_bits(shifted), third + k * minus_half_pi[3]};
}
#endif

HELIOTROPE_INLINE Pack sine_near_zero(Pack r, Pack z) { return multiply_add(r * z, polynomial(z, sine), r); }
HELIOTROPE_INLINE Pack cosine_near_zero(Pack z) {
  return multiply_add(z * z, polynomial(z, cosine), multiply_add(z, -0.5, 1.0));
}

/// if_odd in the lanes where the integer is odd.
HELIOTROPE_INLINE Pack select_odd(UintVector integer, Pack if_odd, Pack if_even) {
#if HELIOTROPE_PACK_WIDTH == 8
  return select(Mask((IntVector)((integer & 1) != 0)), if_odd, if_even);
#elif HELIOTROPE_PACK_WIDTH == 4
  return select(Mask((IntVector)((IntVector)(integer << 63) < 0)), if_odd, if_even);
#else
  return select(Mask((IntVector)(0 - (integer & 1))), if_odd, if_even);
#endif
}

/// atan(a), less the low part of pi/2 in the lanes where it will be subtracted from pi/2.
HELIOTROPE_INLINE Pack arctangent_of_ratio(Pack a, Pack z, Mask steep) {
  return a + multiply_add(a * z, polynomial(z, arctangent), select(steep, -half_pi_low, 0.0));
}

/// The lanes of `fast` replaced by std's function where the mask holds.
HELIOTROPE_COLD Pack slow_sin(Pack x, Mask where, Pack fast) {
  for (int l = 0; l < pack_width; ++l) {
    if (where[l]) fast.set(l, std::sin(x[l]));
  }
  return fast;
}
HELIOTROPE_COLD Pack slow_cos(Pack x, Mask where, Pack fast) {
  for (int l = 0; l < pack_width; ++l) {
    if (where[l]) fast.set(l, std::cos(x[l]));
  }
  return fast;
}
HELIOTROPE_COLD Pack slow_tan(Pack x, Mask where, Pack fast) {
  for (int l = 0; l < pack_width; ++l) {
    if (where[l]) fast.set(l, std::tan(x[l]));
  }
  return fast;
}
HELIOTROPE_COLD Pack slow_atan2(Pack y, Pack x, Mask where, Pack fast) {
  for (int l = 0; l < pack_width; ++l) {
    if (where[l]) fast.set(l, std::atan2(y[l], x[l]));
  }
  return fast;
}

}  // namespace pack_detail

/// sine = sin(x) and cosine = cos(x) at once, for little more than one of them; the outputs may be x itself.
/// Lanes beyond 2^30 in magnitude (2^18 without fused operations) are left to std.
HELIOTROPE_INLINE void sincos(Pack x, Pack& sine, Pack& cosine) {
  const Pack magnitude = abs(x);
  const pack_detail::Quadrant at = pack_detail::reduce(magnitude);
  const Pack z = at.r * at.r;
  const Pack s = pack_detail::sine_near_zero(at.r, z), c = pack_detail::cosine_near_zero(z);
  sine = pack_detail::flip_sign(pack_detail::select_odd(at.quarters, c, s),
                                ((at.quarters & 2) << 62) ^ pack_detail::sign_of(x));
  cosine = pack_detail::flip_sign(pack_detail::select_odd(at.quarters, s, c), ((at.quarters + 1) & 2) << 62);
  const Mask beyond = !(magnitude <= pack_detail::largest_reducible);
  if (any(beyond)) [[unlikely]] {
    sine = pack_detail::slow_sin(x, beyond, sine);
    cosine = pack_detail::slow_cos(x, beyond, cosine);
  }
}

/// sin(x); where cos(x) is wanted too, sincos gives both for little more.
HELIOTROPE_INLINE Pack sin(Pack x) {
  const Pack magnitude = abs(x);
  const pack_detail::Quadrant at = pack_detail::reduce(magnitude);
  const Pack z = at.r * at.r;
  const Pack value =
      pack_detail::select_odd(at.quarters, pack_detail::cosine_near_zero(z), pack_detail::sine_near_zero(at.r, z));
  const Pack fast = pack_detail::flip_sign(value, ((at.quarters & 2) << 62) ^ pack_detail::sign_of(x));
  const Mask beyond = !(magnitude <= pack_detail::largest_reducible);
  if (any(beyond)) [[unlikely]]
    return pack_detail::slow_sin(x, beyond, fast);
  return fast;
}

/// cos(x); where sin(x) is wanted too, sincos gives both for little more.
HELIOTROPE_INLINE Pack cos(Pack x) {
  const Pack magnitude = abs(x);
  const pack_detail::Quadrant at = pack_detail::reduce(magnitude);
  const Pack z = at.r * at.r;
  const Pack value =
      pack_detail::select_odd(at.quarters, pack_detail::sine_near_zero(at.r, z), pack_detail::cosine_near_zero(z));
  const Pack fast = pack_detail::flip_sign(value, ((at.quarters + 1) & 2) << 62);
  const Mask beyond = !(magnitude <= pack_detail::largest_reducible);
  if (any(beyond)) [[unlikely]]
    return pack_detail::slow_cos(x, beyond, fast);
  return fast;
}

/// tan(x): sin(r) / cos(r) of the reduced argument or its negative inverse, with the reduction's low part.
HELIOTROPE_INLINE Pack tan(Pack x) {
  const Pack magnitude = abs(x);
  const pack_detail::FineQuadrant at = pack_detail::reduce_finely(magnitude);
  const Pack r = at.high, z = r * r;
  const Pack low = at.low * pack_detail::multiply_add(z, -0.5, 1.0);
  const Pack s = r + pack_detail::multiply_add(r * z, pack_detail::polynomial(z, pack_detail::sine), low);
  const Pack half = 0.5 * z, leading = 1.0 - half;  // 1 - z/2 exactly: leading + ((1 - leading) - half)
  const Pack c = leading + pack_detail::multiply_add(z * z, pack_detail::polynomial(z, pack_detail::cosine),
                                                     ((1.0 - leading) - half) - r * at.low);
  const Pack ratio = pack_detail::select_odd(at.quarters, c, s) / pack_detail::select_odd(at.quarters, s, c);
  const Pack fast = pack_detail::flip_sign(ratio, (at.quarters << 63) ^ pack_detail::sign_of(x));
  const Mask beyond = !(magnitude <= pack_detail::largest_reducible);
  if (any(beyond)) [[unlikely]]
    return pack_detail::slow_tan(x, beyond, fast);
  return fast;
}

/// The angle of (x, y) in [-pi, pi]: the arctangent of the smaller over the larger magnitude, turned to its octant.
/// Lanes where both are zero, or one is not finite, are left to std.
HELIOTROPE_INLINE Pack atan2(Pack y, Pack x) {
  const Pack ay = abs(y), ax = abs(x);
  const Mask steep = ay > ax;
  const Pack small = select(steep, ax, ay), large = select(steep, ay, ax);
  const Pack a = small / large, z = a * a;
  Pack angle = pack_detail::arctangent_of_ratio(a, z, steep);
  angle = select(steep, pack_detail::half_pi - angle, angle);
  angle = select(x < 0.0, pack_detail::pi - (angle - pack_detail::pi_low), angle);
  angle = pack_detail::flip_sign(angle, pack_detail::sign_of(y));
  const Mask special = !((large > 0.0) & (large <= pack_detail::largest_double));
  if (any(special)) [[unlikely]]
    return pack_detail::slow_atan2(y, x, special, angle);
  return angle;
}

/// atan(x) in [-pi/2, pi/2], through 1/x where |x| > 1.
HELIOTROPE_INLINE Pack atan(Pack x) {
  const Pack magnitude = abs(x);
  const Mask steep = magnitude > 1.0;
  const Pack a = select(steep, 1.0, magnitude) / select(steep, magnitude, 1.0), z = a * a;
  const Pack angle = pack_detail::arctangent_of_ratio(a, z, steep);
  return pack_detail::flip_sign(select(steep, pack_detail::half_pi - angle, angle), pack_detail::sign_of(x));
}

/// asin(x) in [-pi/2, pi/2]; pi/2 - 2 asin(sqrt((1 - |x|) / 2)) where |x| > 1/2; NaN beyond 1.
HELIOTROPE_INLINE Pack asin(Pack x) {
  const Pack magnitude = abs(x);
  const Mask large = magnitude > 0.5;
  const Pack z = select(large, 0.5 - 0.5 * magnitude, x * x);
  const Pack s = select(large, sqrt(z), magnitude);
  const Pack rest = select(large, -0.5 * pack_detail::half_pi_low, 0.0);
  const Pack angle = s + pack_detail::multiply_add(s * z, pack_detail::polynomial(z, pack_detail::arcsine), rest);
  return pack_detail::flip_sign(select(large, pack_detail::half_pi - 2.0 * angle, angle), pack_detail::sign_of(x));
}

/// acos(x) in [0, pi]; 2 asin(sqrt((1 - |x|) / 2)) or its complement to pi where |x| > 1/2; NaN beyond 1.
HELIOTROPE_INLINE Pack acos(Pack x) {
  const Pack magnitude = abs(x);
  const Mask large = magnitude > 0.5;
  const Pack z = select(large, 0.5 - 0.5 * magnitude, x * x);
  const Pack s = select(large, sqrt(z), magnitude);
  const Pack angle = pack_detail::multiply_add(s * z, pack_detail::polynomial(z, pack_detail::arcsine), s);
  const Pack near_zero =
      pack_detail::half_pi - (pack_detail::flip_sign(angle, pack_detail::sign_of(x)) - pack_detail::half_pi_low);
  const Pack near_one = select(x > 0.0, 2.0 * angle, pack_detail::pi - (2.0 * angle - pack_detail::pi_low));
  return select(large, near_one, near_zero);
}

}  // namespace HELIOTROPE_ISA
}  // namespace heliotrope
