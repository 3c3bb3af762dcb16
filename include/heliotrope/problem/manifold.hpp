// SPDX-License-Identifier: Apache-2.0
// Manifold: the space that a variable lives in, and how a tangent step moves it.
#pragma once

#include <concepts>
#include <string>
#include <string_view>

#include "heliotrope/config.hpp"

namespace heliotrope {

/// A space in which `ambient_size` numbers describe a point and `tangent_size` numbers a small move.
///
///     y = plus(x, delta),   delta = minus(y, x),   plus_jacobian = d plus(x, delta) / d delta at delta = 0
///
/// A manifold is a stateless type with two constants and three static functions:
///
///     static constexpr int ambient_size, tangent_size;
///     template <class T> static void plus(const T* x, const T* delta, T* y);       // y may be x
///     template <class T> static void minus(const T* y, const T* x, T* delta);      // inverse of plus near x
///     template <class T> static void plus_jacobian(const T* x, T* jacobian);       // row-major, ambient x tangent
///
/// and, where it likes, `static constexpr bool plus_jacobian_is_zero(int row, int column)`: entries that are zero at
/// every x, which are then never computed with.
///
/// T is double or Pack, and may be a jet over either: no comparison may be a condition (write select). A `static
/// constexpr const char* name` is shown where the manifold is named. check_manifold_laws tells which of the laws that
/// the solvers rely on a manifold breaks.
template <class M>
concept Manifold = requires {
  { M::ambient_size } -> std::convertible_to<int>;
  { M::tangent_size } -> std::convertible_to<int>;
}
&&((M::ambient_size == dynamic_size && M::tangent_size == dynamic_size) ||
   (M::ambient_size >= 1 && M::tangent_size >= 1 && M::tangent_size <= M::ambient_size &&
    requires(const double* x, double* out) {
      M::plus(x, x, out);
      M::minus(x, x, out);
      M::plus_jacobian(x, out);
    }));

/// A manifold as run-time values: what is kept for each variable once its type is forgotten.
///
/// Where `euclidean` is true, plus is addition and the three pointers are null: the caller adds.
struct ManifoldOperations {
  int ambient_size = 0;
  int tangent_size = 0;
  bool euclidean = true;
  void (*plus)(const double* x, const double* delta, double* y) = nullptr;  ///< y may be x
  void (*minus)(const double* y, const double* x, double* delta) = nullptr;
  void (*plus_jacobian)(const double* x, double* jacobian) = nullptr;  ///< row-major ambient x tangent
  const char* name = "Euclidean";
};

inline namespace HELIOTROPE_ISA {
namespace pack_detail {

template <class M>
inline constexpr bool is_euclidean = requires {
  requires M::euclidean;
};

/// M::name, or the type's own name where it has none.
template <class M>
const char* manifold_name() {
  if constexpr (requires { std::string_view(M::name); }) {
    return M::name;
  } else {
    constexpr std::string_view text = __PRETTY_FUNCTION__;  // "... [with M = ns::Sphere; ...]" or "[M = ns::Sphere]"
    constexpr std::size_t begin = text.find("M = ") + 4;
    static const std::string name(text.substr(begin, text.find_first_of(";,]", begin) - begin));
    return name.c_str();
  }
}

/// The table with its pointers set even where the manifold is Euclidean.
template <Manifold M>
ManifoldOperations all_operations() {
  static_assert(M::ambient_size != dynamic_size, "a manifold of run-time size has no table of its own");
  return {
      .ambient_size = M::ambient_size,
      .tangent_size = M::tangent_size,
      .euclidean = is_euclidean<M>,
      .plus = [](const double* x, const double* delta, double* y) { M::plus(x, delta, y); },
      .minus = [](const double* y, const double* x, double* delta) { M::minus(y, x, delta); },
      .plus_jacobian = [](const double* x, double* jacobian) { M::plus_jacobian(x, jacobian); },
      .name = manifold_name<M>(),
  };
}

}  // namespace pack_detail
}  // namespace HELIOTROPE_ISA

/// The table of a Euclidean space of `size` dimensions.
inline ManifoldOperations manifold_operations_euclidean(int size) {
  return {.ambient_size = size, .tangent_size = size};
}

/// The table of M; one object for the whole program (one an instruction set, where several are linked together).
template <Manifold M, class = InstructionSet>
const ManifoldOperations& manifold_operations() {
  static const ManifoldOperations operations = [] {
    if constexpr (pack_detail::is_euclidean<M>) {
      return manifold_operations_euclidean(M::ambient_size);
    } else {
      return pack_detail::all_operations<M>();
    }
  }();
  return operations;
}

}  // namespace heliotrope
