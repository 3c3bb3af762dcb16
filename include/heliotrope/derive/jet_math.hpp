// SPDX-License-Identifier: Apache-2.0
// Elementary functions of jets, found by argument-dependent look-up. Each is the function of the value and the
// chain rule; where a derivative does not exist the one-sided or zero derivative is taken, as said there.
#pragma once

#include "heliotrope/derive/jet.hpp"

namespace heliotrope {
inline namespace HELIOTROPE_ISA {

template <class S, int N>
HELIOTROPE_INLINE Jet<S, N> sin(const Jet<S, N>& x) {
  using std::cos, std::sin;
  return Jet<S, N>::chain(x, sin(x.value()), cos(x.value()));
}
template <class S, int N>
HELIOTROPE_INLINE Jet<S, N> cos(const Jet<S, N>& x) {
  using std::cos, std::sin;
  return Jet<S, N>::chain(x, cos(x.value()), -sin(x.value()));
}
/// Both at once, for one range reduction.
template <class S, int N>
HELIOTROPE_INLINE void sincos(const Jet<S, N>& x, Jet<S, N>& s, Jet<S, N>& c) {
  S sine, cosine;
  using math::sincos;
  sincos(x.value(), sine, cosine);
  const Jet<S, N> angle = x;  // x may be one of the results
  s = Jet<S, N>::chain(angle, sine, cosine);
  c = Jet<S, N>::chain(angle, cosine, -sine);
}
template <class S, int N>
HELIOTROPE_INLINE Jet<S, N> tan(const Jet<S, N>& x) {
  using std::tan;
  const S t = tan(x.value());
  return Jet<S, N>::chain(x, t, S(1.0) + t * t);
}
template <class S, int N>
HELIOTROPE_INLINE Jet<S, N> asin(const Jet<S, N>& x) {
  using std::asin, std::sqrt;
  const S& v = x.value();
  return Jet<S, N>::chain(x, asin(v), S(1.0) / sqrt((S(1.0) - v) * (S(1.0) + v)));
}
template <class S, int N>
HELIOTROPE_INLINE Jet<S, N> acos(const Jet<S, N>& x) {
  using std::acos, std::sqrt;
  const S& v = x.value();
  return Jet<S, N>::chain(x, acos(v), S(-1.0) / sqrt((S(1.0) - v) * (S(1.0) + v)));
}
template <class S, int N>
HELIOTROPE_INLINE Jet<S, N> atan(const Jet<S, N>& x) {
  using std::atan;
  const S& v = x.value();
  return Jet<S, N>::chain(x, atan(v), S(1.0) / (S(1.0) + v * v));
}
template <class S, int N>
HELIOTROPE_INLINE Jet<S, N> exp(const Jet<S, N>& x) {
  using std::exp;
  const S e = exp(x.value());
  return Jet<S, N>::chain(x, e, e);
}
template <class S, int N>
HELIOTROPE_INLINE Jet<S, N> log(const Jet<S, N>& x) {
  using std::log;
  return Jet<S, N>::chain(x, log(x.value()), S(1.0) / x.value());
}
template <class S, int N>
HELIOTROPE_INLINE Jet<S, N> sqrt(const Jet<S, N>& x) {
  using std::sqrt;
  const S root = sqrt(x.value());
  return Jet<S, N>::chain(x, root, S(0.5) / root);
}
template <class S, int N>
HELIOTROPE_INLINE Jet<S, N> cbrt(const Jet<S, N>& x) {
  using std::cbrt;
  const S root = cbrt(x.value());
  return Jet<S, N>::chain(x, root, S(1.0) / (S(3.0) * root * root));
}
/// Derivative +1 at +0 and -1 at negative values.
template <class S, int N>
HELIOTROPE_INLINE Jet<S, N> abs(const Jet<S, N>& x) {
  return Jet<S, N>::choose(x.value() < S(0.0), -x, x);
}
template <class S, int N>
HELIOTROPE_INLINE Jet<S, N> tanh(const Jet<S, N>& x) {
  using std::tanh;
  const S t = tanh(x.value());
  return Jet<S, N>::chain(x, t, (S(1.0) - t) * (S(1.0) + t));
}
template <class S, int N>
HELIOTROPE_INLINE Jet<S, N> erf(const Jet<S, N>& x) {
  using std::erf, std::exp;
  const S& v = x.value();
  return Jet<S, N>::chain(x, erf(v), S(1.1283791670955125739) * exp(-v * v));
}

template <class S, int N>
HELIOTROPE_INLINE Jet<S, N> atan2(const Jet<S, N>& y, const Jet<S, N>& x) {
  using std::atan2;
  const S inverse = S(1.0) / (x.value() * x.value() + y.value() * y.value());
  return Jet<S, N>::chain(y, x, atan2(y.value(), x.value()), x.value() * inverse, -y.value() * inverse);
}
template <class S, int N>
HELIOTROPE_INLINE Jet<S, N> hypot(const Jet<S, N>& x, const Jet<S, N>& y) {
  using std::hypot;
  const S h = hypot(x.value(), y.value());
  return Jet<S, N>::chain(x, y, h, x.value() / h, y.value() / h);
}
/// x^y; the derivative by y is taken only where y carries derivatives, so that x may be negative otherwise.
template <class S, int N>
HELIOTROPE_INLINE Jet<S, N> pow(const Jet<S, N>& x, const Jet<S, N>& y) {
  using std::log, std::pow;
  const S p = pow(x.value(), y.value());
  const S slope = y.value() * pow(x.value(), y.value() - S(1.0));  // 0 * inf where x = y = 0
  const S dx = Jet<S, 1>::choose(y.value() == S(0.0), Jet<S, 1>(0.0), Jet<S, 1>(slope)).value();
  if (y.mask() == 0) return Jet<S, N>::chain(x, p, dx);
  const auto positive = x.value() > S(0.0);
  const S logarithm = log(Jet<S, 1>::choose(positive, Jet<S, 1>(x.value()), Jet<S, 1>(1.0)).value());
  return Jet<S, N>::chain(x, y, p, dx, p * logarithm);
}
template <class S, int N>
HELIOTROPE_INLINE Jet<S, N> min(const Jet<S, N>& x, const Jet<S, N>& y) {
  return Jet<S, N>::choose(y.value() < x.value(), y, x);
}
template <class S, int N>
HELIOTROPE_INLINE Jet<S, N> max(const Jet<S, N>& x, const Jet<S, N>& y) {
  return Jet<S, N>::choose(x.value() < y.value(), y, x);
}

/// x where the condition holds, y elsewhere, value and derivatives.
template <class Condition, class S, int N>
HELIOTROPE_INLINE Jet<S, N> select(const Condition& condition, const Jet<S, N>& x, const Jet<S, N>& y) {
  return Jet<S, N>::choose(condition, x, y);
}

/// The largest integer that is not above x; derivative 0.
template <class S, int N>
HELIOTROPE_INLINE Jet<S, N> floor(const Jet<S, N>& x) {
  using std::floor;
  return Jet<S, N>(floor(x.value()));
}
/// x or -x, with the sign of y.
template <class S, int N>
HELIOTROPE_INLINE Jet<S, N> copysign(const Jet<S, N>& x, const Jet<S, N>& y) {
  using std::copysign;
  return Jet<S, N>::choose(copysign(S(1.0), x.value()) == copysign(S(1.0), y.value()), x, -x);
}
template <class S, int N>
HELIOTROPE_INLINE auto isnan(const Jet<S, N>& x) {
  using std::isnan;
  return isnan(x.value());
}
template <class S, int N>
HELIOTROPE_INLINE auto isfinite(const Jet<S, N>& x) {
  using std::isfinite;
  return isfinite(x.value());
}

// Mixed arguments: the constant becomes a jet with no derivative lanes, which costs nothing.
#define HELIOTROPE_JET_MIXED(function)                                                         \
  template <class S, int N>                                                                    \
  HELIOTROPE_INLINE Jet<S, N> function(const Jet<S, N>& x, const std::type_identity_t<S>& y) { \
    return function(x, Jet<S, N>(y));                                                          \
  }                                                                                            \
  template <class S, int N>                                                                    \
  HELIOTROPE_INLINE Jet<S, N> function(const std::type_identity_t<S>& x, const Jet<S, N>& y) { \
    return function(Jet<S, N>(x), y);                                                          \
  }
HELIOTROPE_JET_MIXED(atan2)
HELIOTROPE_JET_MIXED(hypot)
HELIOTROPE_JET_MIXED(pow)
HELIOTROPE_JET_MIXED(min)
HELIOTROPE_JET_MIXED(max)
HELIOTROPE_JET_MIXED(copysign)
#undef HELIOTROPE_JET_MIXED
template <class Condition, class S, int N>
HELIOTROPE_INLINE Jet<S, N> select(const Condition& condition, const Jet<S, N>& x, const std::type_identity_t<S>& y) {
  return Jet<S, N>::choose(condition, x, Jet<S, N>(y));
}
template <class Condition, class S, int N>
HELIOTROPE_INLINE Jet<S, N> select(const Condition& condition, const std::type_identity_t<S>& x, const Jet<S, N>& y) {
  return Jet<S, N>::choose(condition, Jet<S, N>(x), y);
}

}  // namespace HELIOTROPE_ISA
}  // namespace heliotrope
