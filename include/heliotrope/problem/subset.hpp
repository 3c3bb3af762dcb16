// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>

#include "heliotrope/problem/manifold.hpp"

namespace heliotrope {

inline namespace HELIOTROPE_ISA {
namespace pack_detail {

/// The numbers under `size` that are not in `held`, in order.
template <int size, int... held>
inline constexpr auto free_coordinates = [] {
  std::array<int, size - static_cast<int>(sizeof...(held))> list{};
  std::size_t next = 0;
  for (int j = 0; j < size; ++j) {
    if (!((j == held) || ...)) list.at(next++) = j;  // not a constant where a number is held twice
  }
  return list;
}();

}  // namespace pack_detail
}  // namespace HELIOTROPE_ISA

/// A manifold with some tangent coordinates held: Subset<Euclidean<3>, 2> moves x and y and keeps z,
/// Subset<UnitQuaternion, 0, 1> turns about the body's z axis alone.
///
///     plus(x, delta) = M::plus(x, E delta),   minus(y, x) = E' M::minus(y, x),   plus_jacobian = J E
///
/// E has the columns of the identity that are not held. On a curved M what is held is the coordinate of each step in
/// the frame of its point; steps one after another may then reach what no single step does (turns about two axes reach
/// every rotation), and minus leaves out what lies along the held coordinates.
template <Manifold M, int... held>
struct Subset {
  static_assert(M::ambient_size > 0, "a subset is one of a manifold with sizes known at compile time");
  static_assert(((held >= 0 && held < M::tangent_size) && ...), "a held coordinate is one of the manifold's tangent");
  static_assert(static_cast<int>(sizeof...(held)) < M::tangent_size, "a subset leaves a coordinate free");

  static constexpr int ambient_size = M::ambient_size;
  static constexpr int tangent_size = M::tangent_size - static_cast<int>(sizeof...(held));
  static constexpr const char* name = "Subset";

  template <class T>
  static HELIOTROPE_INLINE void plus(const T* x, const T* delta, T* y) {
    T whole[M::tangent_size];
    for (int j = 0; j < M::tangent_size; ++j) whole[j] = T(0.0);
    for (int j = 0; j < tangent_size; ++j) whole[free_[j]] = delta[j];
    M::plus(x, whole, y);
  }

  template <class T>
  static HELIOTROPE_INLINE void minus(const T* y, const T* x, T* delta) {
    T whole[M::tangent_size];
    M::minus(y, x, whole);
    for (int j = 0; j < tangent_size; ++j) delta[j] = whole[free_[j]];
  }

  template <class T>
  static HELIOTROPE_INLINE void plus_jacobian(const T* x, T* jacobian) {
    T whole[ambient_size * M::tangent_size];
    M::plus_jacobian(x, whole);
    for (int i = 0; i < ambient_size; ++i) {
      for (int j = 0; j < tangent_size; ++j) jacobian[i * tangent_size + j] = whole[i * M::tangent_size + free_[j]];
    }
  }

  static constexpr bool plus_jacobian_is_zero(int row, int column) {
    if constexpr (requires { M::plus_jacobian_is_zero(0, 0); }) return M::plus_jacobian_is_zero(row, free_[column]);
    if constexpr (pack_detail::is_euclidean<M>) return row != free_[column];
    return false;
  }

 private:
  static constexpr auto free_ = pack_detail::free_coordinates<M::tangent_size, held...>;
};

}  // namespace heliotrope
