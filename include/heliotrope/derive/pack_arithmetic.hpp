// SPDX-License-Identifier: Apache-2.0
// Functions of packs that are exact or correctly rounded, and the tools from which the elementary functions are made.
#pragma once

#include <cmath>
#include <cstdint>

#include "heliotrope/config.hpp"
#include "heliotrope/derive/pack.hpp"

namespace heliotrope {
inline namespace HELIOTROPE_ISA {
namespace pack_detail {

inline constexpr double infinity = __builtin_huge_val();
inline constexpr double largest_double = 0x1.fffffffffffffp1023;
inline constexpr double smallest_normal = 0x1p-1022;
inline constexpr std::uint64_t sign_bit = std::uint64_t{1} << 63;

HELIOTROPE_INLINE UintVector as_bits(Pack x) { return (UintVector)x.lanes(); }
HELIOTROPE_INLINE Pack from_bits(UintVector bits) { return Pack((DoubleVector)bits); }
HELIOTROPE_INLINE UintVector sign_of(Pack x) { return as_bits(x) & sign_bit; }
HELIOTROPE_INLINE Pack flip_sign(Pack x, UintVector sign) { return from_bits(as_bits(x) ^ sign); }

HELIOTROPE_INLINE Pack multiply_add(Pack a, Pack b, Pack c) {
  return Pack(multiply_add(a.lanes(), b.lanes(), c.lanes()));
}

/// Added to |x| < 2^51, leaves round(x) in the low bits of the sum; subtracting it again gives round(x) as a double.
inline constexpr double rounding_shift = 0x1.8p52;

/// c[first] + c[first + 1] x + ... (count terms) by Estrin's scheme; powers[i] = x^(2^i).
template <int first, int count, int size>
HELIOTROPE_INLINE Pack estrin(const double (&c)[size], const Pack* powers) {
  if constexpr (count == 1) {
    return c[first];
  } else if constexpr (count == 2) {
    return multiply_add(powers[0], c[first + 1], c[first]);
  } else {
    constexpr int level = count > 16 ? 4 : count > 8 ? 3 : count > 4 ? 2 : 1;
    constexpr int half = 1 << level;
    return multiply_add(powers[level], estrin<first + half, count - half>(c, powers), estrin<first, half>(c, powers));
  }
}

/// c[0] + c[1] x + ... + c[size - 1] x^(size - 1), size <= 32, in about 2 log2(size) dependent operations.
template <int size>
HELIOTROPE_INLINE Pack polynomial(Pack x, const double (&c)[size]) {
  Pack powers[5] = {x};
  if constexpr (size > 2) powers[1] = x * x;
  if constexpr (size > 4) powers[2] = powers[1] * powers[1];
  if constexpr (size > 8) powers[3] = powers[2] * powers[2];
  if constexpr (size > 16) powers[4] = powers[3] * powers[3];
  return estrin<0, size>(c, powers);
}

}  // namespace pack_detail

/// |x|, for NaN and zero too.
HELIOTROPE_INLINE Pack abs(Pack x) { return pack_detail::from_bits(pack_detail::as_bits(x) & ~pack_detail::sign_bit); }

/// The magnitude of x with the sign of y.
HELIOTROPE_INLINE Pack copysign(Pack x, Pack y) {
  return pack_detail::from_bits((pack_detail::as_bits(x) & ~pack_detail::sign_bit) | pack_detail::sign_of(y));
}

/// b < a ? b : a, as std::min has it: a where one of them is NaN.
HELIOTROPE_INLINE Pack min(Pack a, Pack b) { return Pack(b.lanes() < a.lanes() ? b.lanes() : a.lanes()); }

/// a < b ? b : a, as std::max has it: a where one of them is NaN.
HELIOTROPE_INLINE Pack max(Pack a, Pack b) { return Pack(a.lanes() < b.lanes() ? b.lanes() : a.lanes()); }

HELIOTROPE_INLINE Mask isnan(Pack x) { return x != x; }
HELIOTROPE_INLINE Mask isfinite(Pack x) { return abs(x) <= pack_detail::largest_double; }

/// Square root, correctly rounded; NaN below zero.
HELIOTROPE_INLINE Pack sqrt(Pack x) { return Pack(pack_detail::square_root(x.lanes())); }

/// The largest integer that is not above x.
HELIOTROPE_INLINE Pack floor(Pack x) {
  const Pack magnitude = abs(x);
  const Pack nearest = copysign((magnitude + 0x1p52) - 0x1p52, x);
  return select(magnitude < 0x1p52, copysign(nearest - select(nearest > x, 1.0, 0.0), x), x);
}

}  // namespace HELIOTROPE_ISA
}  // namespace heliotrope
