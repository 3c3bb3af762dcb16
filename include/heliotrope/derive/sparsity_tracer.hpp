// SPDX-License-Identifier: Apache-2.0
// Scalars that remember which variables they depend on; see trace_sparsity.hpp.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "heliotrope/derive/sparsity_arena.hpp"

namespace heliotrope {

namespace detail {
template <class T>
inline constexpr bool never = false;

/// The value of a scalar that is traced at a point, or nothing.
struct NoValue {
  constexpr NoValue() = default;
  constexpr explicit NoValue(double) {}
};
}  // namespace detail

/// The outcome of comparing scalars that are traced for all points: it may be either, so it is no condition.
class TracedCondition {
 public:
  template <class Condition = void>
  operator bool() const {
    static_assert(detail::never<Condition>,
                  "a comparison of values that are traced for all points has no answer and cannot be a condition: "
                  "write select(condition, if_true, if_false), or trace at a point (trace_sparsity_at)");
    return false;
  }
  friend TracedCondition operator!(TracedCondition) { return {}; }
#define HELIOTROPE_TRACED_LOGIC(op)                                                   \
  friend TracedCondition operator op(TracedCondition, TracedCondition) { return {}; } \
  friend TracedCondition operator op(TracedCondition, bool) { return {}; }            \
  friend TracedCondition operator op(bool, TracedCondition) { return {}; }
  HELIOTROPE_TRACED_LOGIC(&&)
  HELIOTROPE_TRACED_LOGIC(||)
  HELIOTROPE_TRACED_LOGIC(&)
  HELIOTROPE_TRACED_LOGIC(|)
  HELIOTROPE_TRACED_LOGIC(^)
#undef HELIOTROPE_TRACED_LOGIC
};

/// A scalar that carries the set of variables that it depends on, instead of its derivatives by them.
///
/// AtPoint: it carries its value too; comparisons are answered by it and the arena is told. Otherwise comparisons give
/// a TracedCondition, and select, min and max depend on both sides.
/// Pairs: it also carries the pairs of variables by which its second derivative may be nonzero.
///
/// Functions that are piecewise linear (abs, copysign, select, min, max) pass dependence on and add no pairs; floor
/// and the sign that copysign takes have derivative zero, and no dependence.
template <bool AtPoint, bool Pairs>
class SparsityTracer {
  using Value = std::conditional_t<AtPoint, double, detail::NoValue>;
  using Condition = std::conditional_t<AtPoint, bool, TracedCondition>;

 public:
  SparsityTracer() = default;
  template <class A, class = std::enable_if_t<std::is_arithmetic_v<A>>>
  SparsityTracer(A constant) : value_(static_cast<double>(constant)) {}

  /// Variable j of the arena.
  SparsityTracer(SparsityArena& arena, std::int64_t j, double value)
      : arena_(&arena), set_(arena.variable(j)), value_(value) {}

  std::uint32_t set() const { return set_; }
  std::uint32_t pairs() const { return pairs_; }
  double value() const requires AtPoint { return value_; }

  SparsityTracer& operator+=(const SparsityTracer& b) { return *this = *this + b; }
  SparsityTracer& operator-=(const SparsityTracer& b) { return *this = *this - b; }
  SparsityTracer& operator*=(const SparsityTracer& b) { return *this = *this * b; }
  SparsityTracer& operator/=(const SparsityTracer& b) { return *this = *this / b; }

  friend SparsityTracer operator+(const SparsityTracer& a) { return a; }
  friend SparsityTracer operator-(const SparsityTracer& a) {
    return linear(a, [](double x) { return -x; });
  }
  friend SparsityTracer operator+(const SparsityTracer& a, const SparsityTracer& b) {
    return linear(a, b, [](double x, double y) { return x + y; });
  }
  friend SparsityTracer operator-(const SparsityTracer& a, const SparsityTracer& b) {
    return linear(a, b, [](double x, double y) { return x - y; });
  }
  friend SparsityTracer operator*(const SparsityTracer& a, const SparsityTracer& b) {
    SparsityTracer c = linear(a, b, [](double x, double y) { return x * y; });
    c.add_product(a, b);
    return c;
  }
  friend SparsityTracer operator/(const SparsityTracer& a, const SparsityTracer& b) {
    SparsityTracer c = linear(a, b, [](double x, double y) { return x / y; });
    c.add_product(a, b);
    c.add_product(b, b);
    return c;
  }

#define HELIOTROPE_TRACED_COMPARISON(op)                                           \
  friend Condition operator op(const SparsityTracer& a, const SparsityTracer& b) { \
    return compare(a, b, [](double x, double y) { return x op y; });               \
  }
  HELIOTROPE_TRACED_COMPARISON(<)
  HELIOTROPE_TRACED_COMPARISON(<=)
  HELIOTROPE_TRACED_COMPARISON(>)
  HELIOTROPE_TRACED_COMPARISON(>=)
  HELIOTROPE_TRACED_COMPARISON(==)
  HELIOTROPE_TRACED_COMPARISON(!=)
#undef HELIOTROPE_TRACED_COMPARISON
  friend Condition isnan(const SparsityTracer& a) {
    return compare(a, a, [](double x, double) { return std::isnan(x); });
  }
  friend Condition isfinite(const SparsityTracer& a) {
    return compare(a, a, [](double x, double) { return std::isfinite(x); });
  }

#define HELIOTROPE_TRACED_CURVED(function)                       \
  friend SparsityTracer function(const SparsityTracer& a) {      \
    return curved(a, [](double x) { return std::function(x); }); \
  }
  HELIOTROPE_TRACED_CURVED(acos)
  HELIOTROPE_TRACED_CURVED(asin)
  HELIOTROPE_TRACED_CURVED(atan)
  HELIOTROPE_TRACED_CURVED(cbrt)
  HELIOTROPE_TRACED_CURVED(cos)
  HELIOTROPE_TRACED_CURVED(erf)
  HELIOTROPE_TRACED_CURVED(exp)
  HELIOTROPE_TRACED_CURVED(log)
  HELIOTROPE_TRACED_CURVED(sin)
  HELIOTROPE_TRACED_CURVED(sqrt)
  HELIOTROPE_TRACED_CURVED(tan)
  HELIOTROPE_TRACED_CURVED(tanh)
#undef HELIOTROPE_TRACED_CURVED
#define HELIOTROPE_TRACED_CURVED(function)                                           \
  friend SparsityTracer function(const SparsityTracer& a, const SparsityTracer& b) { \
    return curved(a, b, [](double x, double y) { return std::function(x, y); });     \
  }
  HELIOTROPE_TRACED_CURVED(atan2)
  HELIOTROPE_TRACED_CURVED(hypot)
  HELIOTROPE_TRACED_CURVED(pow)
#undef HELIOTROPE_TRACED_CURVED
  friend void sincos(const SparsityTracer& a, SparsityTracer& sine, SparsityTracer& cosine) {
    const SparsityTracer angle = a;  // a may be one of the results
    sine = sin(angle);
    cosine = cos(angle);
  }

  friend SparsityTracer abs(const SparsityTracer& a) {
    return linear(a, [](double x) { return std::abs(x); });
  }
  friend SparsityTracer copysign(const SparsityTracer& a, const SparsityTracer& b) {
    SparsityTracer c = a;
    if constexpr (AtPoint) c.value_ = std::copysign(a.value_, b.value_);
    return c;
  }
  friend SparsityTracer floor(const SparsityTracer& a) {
    SparsityTracer c;
    if constexpr (AtPoint) c.value_ = std::floor(a.value_);
    return c;
  }
  friend SparsityTracer min(const SparsityTracer& a, const SparsityTracer& b) { return select(b < a, b, a); }
  friend SparsityTracer max(const SparsityTracer& a, const SparsityTracer& b) { return select(a < b, b, a); }

  /// Both sides, whatever the condition turns out to be.
  friend SparsityTracer select(TracedCondition, const SparsityTracer& a, const SparsityTracer& b) {
    return linear(a, b, [](double x, double) { return x; });
  }
  /// The side taken: the condition is known.
  friend SparsityTracer select(bool condition, const SparsityTracer& a, const SparsityTracer& b) {
    return condition ? a : b;
  }

 private:
  SparsityArena* arena_of(const SparsityTracer& b) const { return arena_ != nullptr ? arena_ : b.arena_; }

  template <class F>
  static SparsityTracer linear(const SparsityTracer& a, const F& f) {
    SparsityTracer c = a;
    if constexpr (AtPoint) c.value_ = f(a.value_);
    return c;
  }
  template <class F>
  static SparsityTracer linear(const SparsityTracer& a, const SparsityTracer& b, const F& f) {
    SparsityTracer c;
    if constexpr (AtPoint) c.value_ = f(a.value_, b.value_);
    c.arena_ = a.arena_of(b);
    if (c.arena_ == nullptr) return c;
    c.set_ = c.arena_->unite(a.set_, b.set_);
    if constexpr (Pairs) c.pairs_ = c.arena_->unite_pairs(a.pairs_, b.pairs_);
    return c;
  }
  template <class F>
  static SparsityTracer curved(const SparsityTracer& a, const F& f) {
    SparsityTracer c = linear(a, f);
    c.add_product(a, a);
    return c;
  }
  template <class F>
  static SparsityTracer curved(const SparsityTracer& a, const SparsityTracer& b, const F& f) {
    SparsityTracer c = linear(a, b, f);
    c.add_product(c, c);
    return c;
  }
  /// Its second derivative by a variable of a and one of b may be nonzero.
  void add_product(const SparsityTracer& a, const SparsityTracer& b) {
    if constexpr (Pairs) {
      if (arena_ != nullptr) pairs_ = arena_->unite_pairs(pairs_, arena_->multiply(a.set_, b.set_));
    }
  }
  template <class F>
  static Condition compare(const SparsityTracer& a, const SparsityTracer& b, const F& f) {
    if constexpr (AtPoint) {
      if (a.arena_of(b) != nullptr) a.arena_of(b)->follow_branch();
      return f(a.value_, b.value_);
    } else {
      return {};
    }
  }

  SparsityArena* arena_ = nullptr;  // null: a constant
  std::uint32_t set_ = 0, pairs_ = 0;
  [[no_unique_address]] Value value_{};
};

/// Constants on both sides of a condition that may be either.
template <class A, class B, class = std::enable_if_t<std::is_arithmetic_v<A> && std::is_arithmetic_v<B>>>
double select(TracedCondition, A if_true, B) {
  return static_cast<double>(if_true);
}

}  // namespace heliotrope
