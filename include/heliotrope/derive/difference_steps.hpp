// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "heliotrope/derive/pack.hpp"
#include "heliotrope/derive/pack_math.hpp"

namespace heliotrope {
inline namespace HELIOTROPE_ISA {

/// The size a coordinate is taken to have when a difference step is chosen: its own, or 1 where it is so near to
/// zero (under 1e-10) that its own says nothing.
HELIOTROPE_INLINE Pack typical_size(Pack x) { return select(abs(x) > 1e-10, abs(x), Pack(1.0)); }
HELIOTROPE_INLINE double typical_size(double x) {
  const double size = x < 0 ? -x : x;
  return size > 1e-10 ? size : 1.0;
}

/// The same where a size may be given: max(|x|, given), or as above where `given` is 0.
HELIOTROPE_INLINE Pack typical_size(Pack x, Pack given) {
  return select(given > 0.0, select(abs(x) > given, abs(x), given), typical_size(x));
}
HELIOTROPE_INLINE double typical_size(double x, double given) {
  if (!(given > 0.0)) return typical_size(x);
  const double size = x < 0 ? -x : x;
  return size > given ? size : given;
}

/// Step of a forward difference: sqrt(eps) * size balances truncation against rounding.
template <class S>
HELIOTROPE_INLINE S forward_step(const S& x, const S& given = S(0.0)) {
  return S(1.4901161193847656e-08) * typical_size(x, given);
}
/// Step of a central difference: eps^(1/3) * size.
template <class S>
HELIOTROPE_INLINE S central_step(const S& x, const S& given = S(0.0)) {
  return S(6.0554544523933429e-06) * typical_size(x, given);
}

}  // namespace HELIOTROPE_ISA
}  // namespace heliotrope
