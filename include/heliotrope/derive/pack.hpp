// SPDX-License-Identifier: Apache-2.0
// Pack: a few doubles at once, one residual a lane. Mask: what comparing them gives.
#pragma once

#include <cstdint>
#include <type_traits>

#include "heliotrope/config.hpp"
#include "heliotrope/derive/pack_vector.hpp"

namespace heliotrope {
inline namespace HELIOTROPE_ISA {

/// The outcome of comparing packs: one truth value a lane. It cannot be a condition: lanes may differ.
/// Write select(mask, a, b), or any(mask), all(mask), none(mask) where one answer is meant.
class Mask {
 public:
  Mask() = default;
  HELIOTROPE_INLINE explicit Mask(pack_detail::IntVector lanes) : lanes_(lanes) {}
  HELIOTROPE_INLINE explicit Mask(bool value) : lanes_(pack_detail::IntVector{} - std::int64_t{value}) {}
  HELIOTROPE_INLINE pack_detail::IntVector lanes() const { return lanes_; }
  HELIOTROPE_INLINE bool operator[](int lane) const { return lanes_[lane] != 0; }

  template <class Condition = void>
  operator bool() const {
    static_assert(pack_detail::always_false<Condition>,
                  "this condition depends on a value of which several are computed at once: "
                  "write select(condition, if_true, if_false) instead of if, ?:, std::max and std::min");
    return false;
  }

  friend HELIOTROPE_INLINE Mask operator&(Mask a, Mask b) { return Mask(a.lanes_ & b.lanes_); }
  friend HELIOTROPE_INLINE Mask operator|(Mask a, Mask b) { return Mask(a.lanes_ | b.lanes_); }
  friend HELIOTROPE_INLINE Mask operator^(Mask a, Mask b) { return Mask(a.lanes_ ^ b.lanes_); }
  friend HELIOTROPE_INLINE Mask operator!(Mask a) { return Mask(~a.lanes_); }
  friend HELIOTROPE_INLINE Mask operator&&(Mask a, Mask b) { return a & b; }
  friend HELIOTROPE_INLINE Mask operator||(Mask a, Mask b) { return a | b; }

 private:
  pack_detail::IntVector lanes_;
};

/// True if some lane holds.
HELIOTROPE_INLINE bool any(Mask mask) { return pack_detail::any_lane(mask.lanes()); }
/// True if every lane holds.
HELIOTROPE_INLINE bool all(Mask mask) { return !any(!mask); }
/// True if no lane holds.
HELIOTROPE_INLINE bool none(Mask mask) { return !any(mask); }

/// `width` doubles in one vector register. Arithmetic is lane by lane and mixes with arithmetic
/// constants; comparisons give a Mask; there is no conversion back to double.
class Pack {
 public:
  static constexpr int width = pack_detail::pack_width;

  Pack() = default;
  HELIOTROPE_INLINE explicit Pack(pack_detail::DoubleVector lanes) : lanes_(lanes) {}
  template <class A, class = std::enable_if_t<std::is_arithmetic_v<A>>>
  HELIOTROPE_INLINE Pack(A value) : lanes_(static_cast<double>(value) - pack_detail::DoubleVector{}) {}

  /// Reads `width` consecutive doubles; no alignment is needed.
  static HELIOTROPE_INLINE Pack load(const double* from) {
    Pack pack;
    __builtin_memcpy(&pack.lanes_, from, sizeof(pack.lanes_));
    return pack;
  }
  HELIOTROPE_INLINE void store(double* to) const { __builtin_memcpy(to, &lanes_, sizeof(lanes_)); }

  HELIOTROPE_INLINE pack_detail::DoubleVector lanes() const { return lanes_; }
  HELIOTROPE_INLINE double operator[](int lane) const { return lanes_[lane]; }
  HELIOTROPE_INLINE void set(int lane, double value) { lanes_[lane] = value; }

  HELIOTROPE_INLINE Pack& operator+=(Pack b) { return *this = *this + b; }
  HELIOTROPE_INLINE Pack& operator-=(Pack b) { return *this = *this - b; }
  HELIOTROPE_INLINE Pack& operator*=(Pack b) { return *this = *this * b; }
  HELIOTROPE_INLINE Pack& operator/=(Pack b) { return *this = *this / b; }

  friend HELIOTROPE_INLINE Pack operator+(Pack a) { return a; }
  friend HELIOTROPE_INLINE Pack operator-(Pack a) { return Pack(-a.lanes_); }
  friend HELIOTROPE_INLINE Pack operator+(Pack a, Pack b) { HELIOTROPE_CONTRACT return Pack(a.lanes_ + b.lanes_); }
  friend HELIOTROPE_INLINE Pack operator-(Pack a, Pack b) { HELIOTROPE_CONTRACT return Pack(a.lanes_ - b.lanes_); }
  friend HELIOTROPE_INLINE Pack operator*(Pack a, Pack b) { HELIOTROPE_CONTRACT return Pack(a.lanes_ * b.lanes_); }
  friend HELIOTROPE_INLINE Pack operator/(Pack a, Pack b) { return Pack(a.lanes_ / b.lanes_); }

  friend HELIOTROPE_INLINE Mask operator<(Pack a, Pack b) { return Mask(pack_detail::IntVector(a.lanes_ < b.lanes_)); }
  friend HELIOTROPE_INLINE Mask operator<=(Pack a, Pack b) {
    return Mask(pack_detail::IntVector(a.lanes_ <= b.lanes_));
  }
  friend HELIOTROPE_INLINE Mask operator>(Pack a, Pack b) { return Mask(pack_detail::IntVector(a.lanes_ > b.lanes_)); }
  friend HELIOTROPE_INLINE Mask operator>=(Pack a, Pack b) {
    return Mask(pack_detail::IntVector(a.lanes_ >= b.lanes_));
  }
  friend HELIOTROPE_INLINE Mask operator==(Pack a, Pack b) {
    return Mask(pack_detail::IntVector(a.lanes_ == b.lanes_));
  }
  friend HELIOTROPE_INLINE Mask operator!=(Pack a, Pack b) {
    return Mask(pack_detail::IntVector(a.lanes_ != b.lanes_));
  }

 private:
  pack_detail::DoubleVector lanes_;
};

/// if_true where the mask holds, if_false elsewhere. Both sides are computed: give the dead side safe
/// arguments, or its NaN derivatives leak (NaN * 0 is NaN).
HELIOTROPE_INLINE Pack select(Mask mask, Pack if_true, Pack if_false) {
  return Pack(pack_detail::blend(mask.lanes(), if_true.lanes(), if_false.lanes()));
}
template <class A, class B, class = std::enable_if_t<std::is_arithmetic_v<A> && std::is_arithmetic_v<B>>>
HELIOTROPE_INLINE Pack select(Mask mask, A if_true, B if_false) {
  return select(mask, Pack(if_true), Pack(if_false));
}

}  // namespace HELIOTROPE_ISA

/// The same for one number.
template <class A, class B, class = std::enable_if_t<std::is_arithmetic_v<A> && std::is_arithmetic_v<B>>>
HELIOTROPE_INLINE constexpr double select(bool condition, A if_true, B if_false) {
  return condition ? static_cast<double>(if_true) : static_cast<double>(if_false);
}

}  // namespace heliotrope
