// SPDX-License-Identifier: Apache-2.0
// exp, log and tanh for packs, at most 2 ulp from the exact value.
//
// Every polynomial was fitted by Remez' exchange to equal relative error; the error stated is that of the function.
#pragma once

#include "heliotrope/derive/pack_arithmetic.hpp"

namespace heliotrope {
inline namespace HELIOTROPE_ISA {
namespace pack_detail {

/// exp(r) = 1 + r + r^2 P(r), |r| <= log(2)/2: 2^-57.9.
inline constexpr double exponential[] = {0.5000000000000011,    0.1666666666666641,    0.041666666666529725,
                                         0.008333333333494914,  0.0013888888943760945, 0.00019841269505885313,
                                         2.480149294855125e-05, 2.755758671992313e-06, 2.7630306668051004e-07,
                                         2.5000041926713554e-08};

/// 2 atanh(s) = 2 s + s z P(z), z = s^2, s = f / (2 + f), sqrt(1/2) <= 1 + f <= sqrt(2): 2^-59.5.
inline constexpr double logarithm[] = {0.6666666666666734,  0.3999999999941567, 0.28571428742188754,
                                       0.22222198591403555, 0.181835634897891,  0.15314069212402406,
                                       0.14795789418699562};

/// tanh(x) = x + x z P(z), z = x^2, |x| <= 5/8: 2^-56.4.
inline constexpr double hyperbolic_tangent[] = {-0.33333333333332854,   0.13333333333262087,   -0.05396825393126632,
                                                0.021869487576068998,   -0.008863221002362757, 0.0035919891720744847,
                                                -0.0014549588706066704, 0.0005863165196488829, -0.00022856417379931937,
                                                7.714432718293997e-05,  -1.607255106016033e-05};

inline constexpr double log2_of_e = 0x1.71547652b82fep0;
/// log(2) in 42 and 53 bits, so that an exponent (11 bits) times the first is exact.
inline constexpr double log_two = 0x1.62e42fefa3800p-1, log_two_low = 0x1.ef35793c76730p-45;

/// x = k log(2) + r, |r| <= log(2)/2 to rounding, for |x| < 1000; shifted = k + octave_shift.
struct Octave {
  Pack shifted;
  Pack r;
};
inline constexpr double octave_shift = rounding_shift + 2046;

HELIOTROPE_INLINE Octave reduce_to_octave(Pack x) {
  const Pack shifted = multiply_add(x, log2_of_e, octave_shift);
  const Pack k = shifted - octave_shift;
  return {shifted, multiply_add(k, -log_two_low, multiply_add(k, -log_two, x))};
}

/// 2^k e^r, rounded once more where it is denormal.
HELIOTROPE_INLINE Pack exp_in_octave(Pack shifted, Pack r) {
  const Pack e = 1.0 + multiply_add(r * r, polynomial(r, exponential), r);
  const UintVector bits = as_bits(shifted);      // k + 2046 in the last 12 bits
  const UintVector half = (bits & 0xffe) << 51;  // 2^floor(k / 2)
  return e * from_bits(half) * from_bits((bits << 52) - half);
}

/// log(x) of a positive normal number is e log(2) + log(1 + f), x = 2^e (1 + f), sqrt(1/2) <= 1 + f < sqrt(2).
struct Mantissa {
  Pack e;
  Pack f;
};
HELIOTROPE_INLINE Mantissa split_exponent(Pack x) {
  constexpr std::uint64_t one = 0x3ff0000000000000, root_half = 0x3fe6a09e667f3bcd, shift = 0x4330000000000000;
  const UintVector bits = as_bits(x) + (one - root_half);
  const Pack mantissa = from_bits((bits & 0x000fffffffffffff) + root_half);
  return {from_bits((bits >> 52) | shift) - (0x1p52 + 1023), mantissa - 1.0};
}

HELIOTROPE_COLD Pack slow_log(Pack x, Mask where, Pack fast) {
  for (int l = 0; l < pack_width; ++l) {
    if (where[l]) fast.set(l, std::log(x[l]));
  }
  return fast;
}

}  // namespace pack_detail

/// e^x: 2^k e^r with |r| <= log(2)/2; the factor 2^k is applied in two halves, so that denormals round once.
HELIOTROPE_INLINE Pack exp(Pack x) {
  const Pack inside = min(max(x, -746.0), 710.0);  // beyond, e^x is 0 or infinite; NaN stays
  const pack_detail::Octave at = pack_detail::reduce_to_octave(inside);
  return pack_detail::exp_in_octave(at.shifted, at.r);
}

/// log(x) = e log(2) + 2 atanh(f / (2 + f)), x = 2^e (1 + f) with sqrt(1/2) <= 1 + f < sqrt(2).
/// Lanes that are denormal, zero, negative or not finite are left to std.
HELIOTROPE_INLINE Pack log(Pack x) {
  const auto [e, f] = pack_detail::split_exponent(x);
  const Pack s = f / (2.0 + f), z = s * s;
  const Pack tail = s * (f - z * pack_detail::polynomial(z, pack_detail::logarithm));  // f - 2 atanh(s)
  const Pack fast = pack_detail::multiply_add(e, pack_detail::log_two,
                                              f - pack_detail::multiply_add(e, -pack_detail::log_two_low, tail));
  const Mask special = !((x >= pack_detail::smallest_normal) & (x <= pack_detail::largest_double));
  if (any(special)) [[unlikely]]
    return pack_detail::slow_log(x, special, fast);
  return fast;
}

/// tanh(x): an odd polynomial up to 5/8, 1 - 2 / (e^(2x) + 1) beyond.
HELIOTROPE_INLINE Pack tanh(Pack x) {
  const Pack magnitude = abs(x), z = x * x;
  const Pack small =
      pack_detail::multiply_add(magnitude * z, pack_detail::polynomial(z, pack_detail::hyperbolic_tangent), magnitude);
  const Pack large = 1.0 - 2.0 / (exp(2.0 * magnitude) + 1.0);
  return pack_detail::flip_sign(select(magnitude < 0.625, small, large), pack_detail::sign_of(x));
}

}  // namespace HELIOTROPE_ISA
}  // namespace heliotrope
