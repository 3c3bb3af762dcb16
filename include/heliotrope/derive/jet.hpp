// SPDX-License-Identifier: Apache-2.0
// Jet: a value and its derivatives along N directions, with a structural mask.
//
// Forward mode: f(a + sum d_i e_i) = f(a) + sum f'(a) d_i e_i, with e_i e_j = 0. The mask has bit i set where
// lane i may be nonzero; a lane whose bit is clear is zero and is neither stored nor computed. Seeds have one bit,
// every operation unions the masks of its arguments. Once everything is inlined the compiler knows all masks, and
// both the branches and the arithmetic on structural zeros are gone.
#pragma once

#include <cmath>
#include <cstdint>
#include <type_traits>
#include <utility>

#include "heliotrope/config.hpp"
#include "heliotrope/derive/math.hpp"
#include "heliotrope/derive/pack.hpp"
#include "heliotrope/derive/pack_math.hpp"

namespace heliotrope {
inline namespace HELIOTROPE_ISA {

namespace pack_detail {
/// Calls f(0), f(1), ..., f(N - 1) with no loop left.
template <int N, class F>
HELIOTROPE_INLINE void unroll(F&& f) {
  [&]<int... I>(std::integer_sequence<int, I...>) HELIOTROPE_LAMBDA { (f(I), ...); }
  (std::make_integer_sequence<int, N>{});
}

template <class A>
concept Arithmetic = std::is_arithmetic_v<A>;

/// Stands for "no such type" in overloads that would otherwise coincide.
struct Nothing {};
}  // namespace pack_detail

/// A value of type S (double, Pack, or another Jet) and its N directional derivatives; N <= 64.
///
/// Mixes with S and with arithmetic constants; comparisons are those of the values.
template <class S, int N>
class Jet {
  static_assert(N >= 1 && N <= 64, "a jet has between 1 and 64 derivative lanes: use strips of lanes beyond");

 public:
  using Scalar = S;
  static constexpr int num_lanes = N;

  Jet() = default;  // like a double: no value until one is given
  HELIOTROPE_INLINE Jet(const S& value) : value_(value), mask_(0) {}
  template <pack_detail::Arithmetic A>
  requires(!std::is_same_v<A, S>) HELIOTROPE_INLINE Jet(A value) : value_(S(static_cast<double>(value))), mask_(0) {}

  /// The variable of direction `lane`: derivative 1 there and 0 elsewhere.
  static HELIOTROPE_INLINE Jet seed(const S& value, int lane) {
    Jet x(value);
    x.set_derivative(lane, S(1.0));
    return x;
  }

  HELIOTROPE_INLINE const S& value() const { return value_; }
  HELIOTROPE_INLINE std::uint64_t mask() const { return mask_; }
  HELIOTROPE_INLINE bool has(int lane) const { return (mask_ >> lane) & 1; }
  HELIOTROPE_INLINE S derivative(int lane) const { return has(lane) ? lanes_[lane] : S(0.0); }
  HELIOTROPE_INLINE void set_derivative(int lane, const S& derivative) {
    lanes_[lane] = derivative;
    mask_ |= std::uint64_t{1} << lane;
  }

  /// The jet of f(x), given f and f' at x's value.
  static HELIOTROPE_INLINE Jet chain(const Jet& x, const S& f, const S& df) {
    Jet y(f);
    y.mask_ = x.mask_;
    pack_detail::unroll<N>([&](int i) HELIOTROPE_LAMBDA {
      if (x.has(i)) y.lanes_[i] = df * x.lanes_[i];
    });
    return y;
  }

  /// The jet of f(x, y), given f and its two partial derivatives.
  static HELIOTROPE_INLINE Jet chain(const Jet& x, const Jet& y, const S& f, const S& dx, const S& dy) {
    Jet z(f);
    z.mask_ = x.mask_ | y.mask_;
    pack_detail::unroll<N>([&](int i) HELIOTROPE_LAMBDA {
      if (x.has(i) && y.has(i)) {
        z.lanes_[i] = dx * x.lanes_[i] + dy * y.lanes_[i];
      } else if (x.has(i)) {
        z.lanes_[i] = dx * x.lanes_[i];
      } else if (y.has(i)) {
        z.lanes_[i] = dy * y.lanes_[i];
      }
    });
    return z;
  }

  /// Lane by lane the derivatives of one of two jets; `condition` is whatever comparing S gives.
  template <class Condition>
  static HELIOTROPE_INLINE Jet choose(Condition condition, const Jet& x, const Jet& y) {
    Jet z(select_value(condition, x.value_, y.value_));
    z.mask_ = x.mask_ | y.mask_;
    pack_detail::unroll<N>([&](int i) HELIOTROPE_LAMBDA {
      if (z.has(i)) z.lanes_[i] = select_value(condition, x.derivative(i), y.derivative(i));
    });
    return z;
  }

  friend HELIOTROPE_INLINE Jet operator+(const Jet& x) { return x; }
  friend HELIOTROPE_INLINE Jet operator-(const Jet& x) {
    Jet y(-x.value_);
    y.mask_ = x.mask_;
    pack_detail::unroll<N>([&](int i) HELIOTROPE_LAMBDA {
      if (x.has(i)) y.lanes_[i] = -x.lanes_[i];
    });
    return y;
  }

  friend HELIOTROPE_INLINE Jet operator+(const Jet& x, const Jet& y) {
    Jet z(x.value_ + y.value_);
    z.mask_ = x.mask_ | y.mask_;
    pack_detail::unroll<N>([&](int i) HELIOTROPE_LAMBDA {
      if (x.has(i) && y.has(i)) {
        z.lanes_[i] = x.lanes_[i] + y.lanes_[i];
      } else if (x.has(i)) {
        z.lanes_[i] = x.lanes_[i];
      } else if (y.has(i)) {
        z.lanes_[i] = y.lanes_[i];
      }
    });
    return z;
  }
  friend HELIOTROPE_INLINE Jet operator-(const Jet& x, const Jet& y) {
    Jet z(x.value_ - y.value_);
    z.mask_ = x.mask_ | y.mask_;
    pack_detail::unroll<N>([&](int i) HELIOTROPE_LAMBDA {
      if (x.has(i) && y.has(i)) {
        z.lanes_[i] = x.lanes_[i] - y.lanes_[i];
      } else if (x.has(i)) {
        z.lanes_[i] = x.lanes_[i];
      } else if (y.has(i)) {
        z.lanes_[i] = -y.lanes_[i];
      }
    });
    return z;
  }
  friend HELIOTROPE_INLINE Jet operator*(const Jet& x, const Jet& y) {
    if (&x == &y) return chain(x, x.value_ * x.value_, x.value_ + x.value_);  // a square; known once inlined
    return chain(x, y, x.value_ * y.value_, y.value_, x.value_);
  }
  friend HELIOTROPE_INLINE Jet operator/(const Jet& x, const Jet& y) {
    const S inverse = S(1.0) / y.value_;
    const S quotient = x.value_ / y.value_;
    return chain(x, y, quotient, inverse, -quotient * inverse);
  }

  // With a constant of type S.
  friend HELIOTROPE_INLINE Jet operator+(const Jet& x, const S& c) { return x.with_value(x.value_ + c); }
  friend HELIOTROPE_INLINE Jet operator+(const S& c, const Jet& x) { return x.with_value(c + x.value_); }
  friend HELIOTROPE_INLINE Jet operator-(const Jet& x, const S& c) { return x.with_value(x.value_ - c); }
  friend HELIOTROPE_INLINE Jet operator-(const S& c, const Jet& x) { return (-x).with_value(c - x.value_); }
  friend HELIOTROPE_INLINE Jet operator*(const Jet& x, const S& c) { return chain(x, x.value_ * c, c); }
  friend HELIOTROPE_INLINE Jet operator*(const S& c, const Jet& x) { return chain(x, c * x.value_, c); }
  friend HELIOTROPE_INLINE Jet operator/(const Jet& x, const S& c) { return chain(x, x.value_ / c, S(1.0) / c); }
  friend HELIOTROPE_INLINE Jet operator/(const S& c, const Jet& x) {
    const S quotient = c / x.value_;
    return chain(x, quotient, -quotient / x.value_);
  }

  template <class B>
  HELIOTROPE_INLINE Jet& operator+=(const B& b) {
    return *this = *this + b;
  }
  template <class B>
  HELIOTROPE_INLINE Jet& operator-=(const B& b) {
    return *this = *this - b;
  }
  template <class B>
  HELIOTROPE_INLINE Jet& operator*=(const B& b) {
    return *this = *this * b;
  }
  template <class B>
  HELIOTROPE_INLINE Jet& operator/=(const B& b) {
    return *this = *this / b;
  }

 private:
  HELIOTROPE_INLINE Jet with_value(const S& value) const {
    Jet y = *this;
    y.value_ = value;
    return y;
  }
  template <class Condition>
  static HELIOTROPE_INLINE S select_value(Condition condition, const S& a, const S& b) {
    if constexpr (std::is_same_v<Condition, bool>) {
      return condition ? a : b;
    } else {
      return select(condition, a, b);
    }
  }

  S value_;
  S lanes_[N];
  std::uint64_t mask_;
};

// Arithmetic constants that are not of type S: made S first, which keeps every overload unambiguous.
#define HELIOTROPE_JET_OPERATOR(op)                                               \
  template <class S, int N, pack_detail::Arithmetic A>                            \
  requires(!std::is_same_v<A, S>) HELIOTROPE_INLINE Jet<S, N>                     \
  operator op(const Jet<S, N>& x, A c) { return x op S(static_cast<double>(c)); } \
  template <class S, int N, pack_detail::Arithmetic A>                            \
  requires(!std::is_same_v<A, S>) HELIOTROPE_INLINE Jet<S, N>                     \
  operator op(A c, const Jet<S, N>& x) { return S(static_cast<double>(c)) op x; }
HELIOTROPE_JET_OPERATOR(+)
HELIOTROPE_JET_OPERATOR(-)
HELIOTROPE_JET_OPERATOR(*)
HELIOTROPE_JET_OPERATOR(/)
#undef HELIOTROPE_JET_OPERATOR

#define HELIOTROPE_JET_COMPARISON(op)                                                        \
  template <class S, int N>                                                                  \
  HELIOTROPE_INLINE auto operator op(const Jet<S, N>& x, const Jet<S, N>& y) {               \
    return x.value() op y.value();                                                           \
  }                                                                                          \
  template <class S, int N>                                                                  \
  HELIOTROPE_INLINE auto operator op(const Jet<S, N>& x, const std::type_identity_t<S>& y) { \
    return x.value() op y;                                                                   \
  }                                                                                          \
  template <class S, int N>                                                                  \
  HELIOTROPE_INLINE auto operator op(const std::type_identity_t<S>& x, const Jet<S, N>& y) { \
    return x op y.value();                                                                   \
  }
HELIOTROPE_JET_COMPARISON(<)
HELIOTROPE_JET_COMPARISON(<=)
HELIOTROPE_JET_COMPARISON(>)
HELIOTROPE_JET_COMPARISON(>=)
HELIOTROPE_JET_COMPARISON(==)
HELIOTROPE_JET_COMPARISON(!=)
#undef HELIOTROPE_JET_COMPARISON

}  // namespace HELIOTROPE_ISA
}  // namespace heliotrope

#include "heliotrope/derive/jet_math.hpp"  // IWYU pragma: export
