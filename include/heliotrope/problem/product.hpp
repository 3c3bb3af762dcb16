// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "heliotrope/problem/manifold.hpp"

namespace heliotrope {

/// Several manifolds as one variable: the numbers of M1, then those of M2, ...; tangents likewise.
///
///     plus(x, delta) = [plus_1(x_1, delta_1); plus_2(x_2, delta_2); ...]
///
/// One variable is one block for linear solvers: state parts as variables of their own where residuals see one of them
/// alone. M1, M2, ... have fixed sizes.
template <Manifold... Ms>
struct Product {
  static_assert(sizeof...(Ms) >= 1, "a product has at least one factor");
  static_assert(((Ms::ambient_size > 0) && ...), "the factors of a product have sizes known at compile time");

  static constexpr int ambient_size = (Ms::ambient_size + ...);
  static constexpr int tangent_size = (Ms::tangent_size + ...);
  static constexpr const char* name = "Product";

  template <class T>
  static HELIOTROPE_INLINE void plus(const T* x, const T* delta, T* y) {
    int a = 0, t = 0;
    ((Ms::plus(x + a, delta + t, y + a), a += Ms::ambient_size, t += Ms::tangent_size), ...);
  }

  template <class T>
  static HELIOTROPE_INLINE void minus(const T* y, const T* x, T* delta) {
    int a = 0, t = 0;
    ((Ms::minus(y + a, x + a, delta + t), a += Ms::ambient_size, t += Ms::tangent_size), ...);
  }

  ///     J = diag(J_1, J_2, ...)
  template <class T>
  static HELIOTROPE_INLINE void plus_jacobian(const T* x, T* jacobian) {
    for (int k = 0; k < ambient_size * tangent_size; ++k) jacobian[k] = T(0.0);
    int a = 0, t = 0;
    ((factor_jacobian<Ms>(x + a, jacobian + a * tangent_size + t), a += Ms::ambient_size, t += Ms::tangent_size), ...);
  }

  static constexpr bool plus_jacobian_is_zero(int row, int column) {
    bool zero = true;
    int a = 0, t = 0;
    ((zero = zero && factor_is_zero<Ms>(row - a, column - t), a += Ms::ambient_size, t += Ms::tangent_size), ...);
    return zero;
  }

 private:
  template <class M, class T>
  static HELIOTROPE_INLINE void factor_jacobian(const T* x, T* corner) {
    T own[M::ambient_size * M::tangent_size];
    M::plus_jacobian(x, own);
    for (int i = 0; i < M::ambient_size; ++i) {
      for (int j = 0; j < M::tangent_size; ++j) corner[i * tangent_size + j] = own[i * M::tangent_size + j];
    }
  }

  template <class M>
  static constexpr bool factor_is_zero(int row, int column) {
    if (row < 0 || row >= M::ambient_size || column < 0 || column >= M::tangent_size) return true;
    if constexpr (requires { M::plus_jacobian_is_zero(0, 0); }) return M::plus_jacobian_is_zero(row, column);
    if constexpr (pack_detail::is_euclidean<M>) return row != column;
    return false;
  }
};

}  // namespace heliotrope
