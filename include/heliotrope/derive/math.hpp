// SPDX-License-Identifier: Apache-2.0
// The functions that a residual written for any scalar calls, for the case that the scalar is double.
//
//     template <class T> void operator()(const T* x, T* residual) const {
//       using namespace heliotrope::math;
//       residual[0] = y - exp(-x[0] * x[0]) * sin(x[1]);
//     }
//
// The functions of packs and jets are found by argument-dependent look-up.
#pragma once

#include <cmath>
#include <type_traits>

#include "heliotrope/config.hpp"
#include "heliotrope/derive/pack.hpp"

namespace heliotrope::math {

using std::abs;
using std::acos;
using std::asin;
using std::atan;
using std::atan2;
using std::cbrt;
using std::copysign;
using std::cos;
using std::erf;
using std::exp;
using std::floor;
using std::hypot;
using std::isfinite;
using std::isnan;
using std::log;
using std::pow;
using std::sin;
using std::sqrt;
using std::tan;
using std::tanh;

using heliotrope::select;

/// The smaller of two numbers as a double: b < a ? b : a.
template <class A, class B, class = std::enable_if_t<std::is_arithmetic_v<A> && std::is_arithmetic_v<B>>>
HELIOTROPE_INLINE constexpr double min(A a, B b) {
  return b < a ? static_cast<double>(b) : static_cast<double>(a);
}

/// The larger of two numbers as a double: a < b ? b : a.
template <class A, class B, class = std::enable_if_t<std::is_arithmetic_v<A> && std::is_arithmetic_v<B>>>
HELIOTROPE_INLINE constexpr double max(A a, B b) {
  return a < b ? static_cast<double>(b) : static_cast<double>(a);
}

/// sine = sin(x) and cosine = cos(x).
HELIOTROPE_INLINE void sincos(double x, double& sine, double& cosine) {
  sine = std::sin(x);
  cosine = std::cos(x);
}

}  // namespace heliotrope::math
