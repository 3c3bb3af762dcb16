// SPDX-License-Identifier: Apache-2.0
// What a residual type needs of a variable once, not once a residual: a camera's rotation matrix, a spline's weights.
//
//     struct CameraMatrix {                                    // R and t of (angle-axis, t)
//       static constexpr int size = 12;
//       template <class T> static void prepare(const T* camera, T* prepared);
//     };
//     template <class S> struct Reprojection {
//       using Prepared = heliotrope::Prepare<CameraMatrix>;    // of the first variable; the others are seen as they
//       are S u, v; template <class T> void operator()(const T* prepared, const T* point, T* residual) const;
//     };
//
// The variables, their manifolds and the columns of the Jacobian stay what they were: prepare is differentiated once a
// variable, and jets carry its derivatives on into operator(). It pays where prepare costs more than reading size *
// (1 + tangent size) numbers; a preparation may declare `static constexpr bool jacobian_is_zero(int entry, int
// direction)` for derivatives that need not be read.
#pragma once

#include <array>
#include <tuple>
#include <utility>

#include "heliotrope/derive/pack.hpp"
#include "heliotrope/problem/kernel.hpp"

namespace heliotrope {

/// The place of a slot whose variable is seen as it is, before one that is prepared: Prepare<AsItIs, CameraMatrix>.
struct AsItIs {};

/// The preparations of a residual type, slot by slot from the first; slots not listed are seen as they are.
template <class... P>
struct Prepare {};

inline namespace HELIOTROPE_ISA {
namespace kernels {

template <class List>
inline constexpr bool is_prepare = false;
template <class... P>
inline constexpr bool is_prepare<Prepare<P...>> = true;

/// The list that functor type F declares; empty where it declares none.
template <class F>
struct PreparedBy {
  using type = Prepare<>;
};
template <class F>
requires is_prepare<typename F::Prepared>
struct PreparedBy<F> {
  using type = typename F::Prepared;
};

template <class List, std::size_t I>
struct PreparationAt {
  using type = AsItIs;
};
template <class First, class... Rest, std::size_t I>
struct PreparationAt<Prepare<First, Rest...>, I> {
  using type = typename PreparationAt<Prepare<Rest...>, I - 1>::type;
};
template <class First, class... Rest>
struct PreparationAt<Prepare<First, Rest...>, 0> {
  using type = First;
};

/// One slot as functor type F sees it: its numbers as they are, or what a preparation makes of them.
template <class F, std::size_t I, class M>
struct SeenSlot {
  using Preparation = typename PreparationAt<typename PreparedBy<F>::type, I>::type;
  static constexpr bool prepared = !std::is_same_v<Preparation, AsItIs>;
  static constexpr int size = [] {
    if constexpr (prepared) {
      return Preparation::size;
    } else {
      return M::ambient_size;
    }
  }();
  /// Numbers of a table's entry: those prepared, then their derivatives [size][tangent size].
  static constexpr int entry = size * (1 + M::tangent_size);

  template <class T>
  static HELIOTROPE_INLINE void see(const T* x, T* seen) {
    if constexpr (prepared) {
      Preparation::prepare(x, seen);
    } else {
      for (int k = 0; k < size; ++k) seen[k] = x[k];
    }
  }
  static constexpr bool jacobian_is_zero(int k, int direction) {
    if constexpr (requires { Preparation::jacobian_is_zero(k, direction); }) {
      return Preparation::jacobian_is_zero(k, direction);
    } else {
      return false;
    }
  }
};

template <class F, class Indices, class... Ms>
struct SeenSlots;
template <class F, std::size_t... I, class... Ms>
struct SeenSlots<F, std::index_sequence<I...>, Ms...> {
  template <class T>
  using Point = std::tuple<std::array<T, SeenSlot<F, I, Ms>::size>...>;
  template <std::size_t K>
  using Slot = SeenSlot<F, K, std::tuple_element_t<K, std::tuple<Ms...>>>;
  static constexpr bool any = (false || ... || SeenSlot<F, I, Ms>::prepared);
  /// How many slots before slot K are prepared: its place among the tables.
  static constexpr std::size_t table(std::size_t K) {
    std::size_t count = 0;
    ((count += I < K && SeenSlot<F, I, Ms>::prepared ? 1 : 0), ...);
    return count;
  }

  /// functor(slots as it sees them..., r), given the variables' own numbers.
  template <class T, class Functor>
  static HELIOTROPE_INLINE void call(const Functor& functor, const std::array<const T*, sizeof...(Ms)>& x, T* r) {
    if constexpr (any) {
      Point<T> seen;
      (Slot<I>::see(x[I], std::get<I>(seen).data()), ...);
      functor(std::get<I>(seen).data()..., r);
    } else {
      functor(x[I]..., r);
    }
  }
};

template <class F, class... Ms>
using Seen = SeenSlots<F, std::make_index_sequence<sizeof...(Ms)>, Ms...>;

}  // namespace kernels
}  // namespace HELIOTROPE_ISA
}  // namespace heliotrope
