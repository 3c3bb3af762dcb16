// SPDX-License-Identifier: Apache-2.0
// cbrt and hypot for packs, at most 2 ulp from the exact value. (sqrt: pack_arithmetic.hpp.)
#pragma once

#include "heliotrope/derive/pack_arithmetic.hpp"

namespace heliotrope {
inline namespace HELIOTROPE_ISA {
namespace pack_detail {

/// m^(-1/3), 1 <= m <= 2: relative error 2^-17.4, by Remez' exchange.
inline constexpr double inverse_cube_root[] = {1.7810578903327743,  -1.566029171104517,  1.2437858302563585,
                                               -0.5978727451057158, 0.15607145365930306, -0.017019006353406183};

/// x^(1/3) for positive normal numbers.
///
/// x = 8^q t with 1/2 <= t < 4; w ~ t^(-1/3) from a polynomial, cut to 24 bits so that w w is exact; y = t w w and
/// h = 1 - y w = O(2^-16) give t^(1/3) = y (1 - h)^(-2/3) = y (1 + 2/3 h + 5/9 h^2 + 40/81 h^3 + ...).
HELIOTROPE_INLINE Pack cube_root(Pack x) {
  constexpr double shift = rounding_shift + 682;  // 1023 - 1023/3: turns round(e/3) into the exponent of 2^q
  const UintVector bits = as_bits(x);
  const Pack e = from_bits((bits >> 52) | 0x4330000000000000) - 0x1p52;  // biased exponent
  const Pack m = from_bits((bits & 0x000fffffffffffff) | 0x3ff0000000000000);
  const Pack shifted = multiply_add(e, 1.0 / 3, shift);
  const Pack j = multiply_add(shifted - shift, -3.0, e);                                                // -1, 0 or 1
  const Pack t = m * multiply_add(j, multiply_add(j, 0.25, 0.75), 1.0);                                 // 2^j m
  const Pack scale = multiply_add(j, multiply_add(j, 0.02681078793948645, -0.23311026195538673), 1.0);  // 2^(-j/3)
  const Pack w = from_bits(as_bits(polynomial(m, inverse_cube_root) * scale) & ~std::uint64_t{0x1fffffff});
  const Pack y = t * (w * w);
  const Pack h = multiply_add(-y, w, 1.0);
  const Pack correction = h * multiply_add(h, multiply_add(h, 40.0 / 81, 5.0 / 9), 2.0 / 3);
  return multiply_add(y, correction, y) * from_bits(as_bits(shifted) << 52);
}

HELIOTROPE_COLD Pack cube_root_of_special(Pack x, Mask where, Pack fast) {
  const Pack scaled = cube_root(abs(x) * 0x1p54) * 0x1p-18;
  const Mask denormal = (x != 0.0) & (abs(x) < smallest_normal);
  return select(where, select(denormal, copysign(scaled, x), x), fast);
}

HELIOTROPE_COLD Pack slow_hypot(Pack x, Pack y, Mask where, Pack fast) {
  for (int l = 0; l < pack_width; ++l) {
    if (where[l]) fast.set(l, std::hypot(x[l], y[l]));
  }
  return fast;
}

}  // namespace pack_detail

/// The cube root, of negative numbers too; zero, infinity and NaN give themselves.
HELIOTROPE_INLINE Pack cbrt(Pack x) {
  const Pack magnitude = abs(x);
  const Pack fast = pack_detail::flip_sign(pack_detail::cube_root(magnitude), pack_detail::sign_of(x));
  const Mask special = !((magnitude >= pack_detail::smallest_normal) & (magnitude <= pack_detail::largest_double));
  if (any(special)) [[unlikely]]
    return pack_detail::cube_root_of_special(x, special, fast);
  return fast;
}

/// sqrt(x^2 + y^2). Lanes whose sum of squares is below 2^-900 or overflows are left to std.
HELIOTROPE_INLINE Pack hypot(Pack x, Pack y) {
  const Pack sum = pack_detail::multiply_add(x, x, y * y);
  const Pack fast = sqrt(sum);
  const Mask special = !((sum >= 0x1p-900) & (sum <= pack_detail::largest_double));
  if (any(special)) [[unlikely]]
    return pack_detail::slow_hypot(x, y, special, fast);
  return fast;
}

}  // namespace HELIOTROPE_ISA
}  // namespace heliotrope
