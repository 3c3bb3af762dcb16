// SPDX-License-Identifier: Apache-2.0
// erf for packs, at most 2 ulp from the exact value.
#pragma once

#include "heliotrope/derive/pack_arithmetic.hpp"
#include "heliotrope/derive/pack_exponential.hpp"

namespace heliotrope {
inline namespace HELIOTROPE_ISA {
namespace pack_detail {

/// erf(x) = x + x P(x^2), |x| <= 1: 2^-56.9 of the function, by Remez' exchange.
inline constexpr double error_function[] = {0.12837916709551256,     -0.3761263890318352,     0.112837916709442,
                                            -0.026866170643113415,   0.005223977606130842,    -0.0008548325929766244,
                                            0.0001205529358693695,   -1.4924712439534814e-05, 1.6447132699786621e-06,
                                            -1.6206318752969208e-07, 1.3710988704190523e-08,  -7.779462971761597e-10};

/// erfc(x) = e^(-x^2) P(1 / (x + 2)), 1 <= x <= 6: 2^-60.7 of erf, by Remez' exchange.
inline constexpr double scaled_complement[] = {
    -3.130705506788932e-06, 0.5643774178473461, 1.1232650731482134, 2.058496713786321,  1.8974591149347853,
    9.88796149600712,       -41.11819003170585, 161.227026525786,   -510.8265270612745, 994.7923793763912,
    -1153.0338581759638,    748.0185270570153,  -212.13384639919144};

inline __attribute__((noinline)) Pack error_function_of(Pack x) {
  const Pack magnitude = abs(x), z = x * x;
  const Pack small = multiply_add(magnitude, polynomial(z, error_function), magnitude);
  const Pack inside = min(magnitude, 6.0);  // erf(6) rounds to 1
  const Pack large = 1.0 - exp(-inside * inside) * polynomial(1.0 / (inside + 2.0), scaled_complement);
  return flip_sign(select(magnitude <= 1.0, small, large), sign_of(x));
}

}  // namespace pack_detail

/// The error function 2 / sqrt(pi) times the integral of e^(-t^2) from 0 to x; a call rather than inline code.
HELIOTROPE_INLINE Pack erf(Pack x) { return pack_detail::error_function_of(x); }

}  // namespace HELIOTROPE_ISA
}  // namespace heliotrope
