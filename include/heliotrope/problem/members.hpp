// SPDX-License-Identifier: Apache-2.0
// The members of a residual type, visited one by one: how R<double> becomes R<Pack>, lane by lane.
#pragma once

#include <array>
#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>

#include "heliotrope/config.hpp"

namespace heliotrope {

/// R with its scalar type replaced: R<double, ...> becomes R<S, ...>. Specialise it for a residual type whose
/// scalar is not the first template parameter, or whose other parameters are not types.
template <class R, class S>
struct rebind_scalar {};

template <template <class, class...> class R, class... Rest, class S>
struct rebind_scalar<R<double, Rest...>, S> {
  using type = R<S, Rest...>;
};

template <class R, class S>
using rebind_scalar_t = typename rebind_scalar<R, S>::type;

/// A residual type that is a template on its scalar and so is vectorised. Declare data with the scalar: a member of any
/// other type (a plain double too) is uniform, and residuals that differ in one are kept in blocks of their own.
template <class R>
concept Rebindable = requires {
  typename rebind_scalar<R, double>::type;
}
&&std::is_same_v<typename rebind_scalar<R, double>::type, R>;

namespace detail {

template <class R>
concept ListsMembers = requires(R& r) {
  std::tuple_size<std::remove_cvref_t<decltype(r.members())>>::value;
};

/// Converts to anything; counts how many initialisers an aggregate takes.
struct Anything {
  std::size_t unused;
  template <class T>
  constexpr operator T() const;
};
/// Converts to class types only: tells an array member from a class member.
struct AnyClass {
  std::size_t unused;
  template <class T>
  requires std::is_class_v<T>
  constexpr operator T() const;
};
/// Converts to proper bases of R only.
template <class R>
struct AnyBase {
  template <class T>
  requires(std::is_base_of_v<T, R> && !std::is_same_v<T, R>) constexpr operator T() const;
};

template <class R, std::size_t... I>
constexpr bool takes(std::index_sequence<I...>) {
  return requires { R{Anything{I}...}; };
}
template <class R, std::size_t N = 0>
constexpr int count_members() {
  if constexpr (takes<R>(std::make_index_sequence<N + 1>{})) {
    return count_members<R, N + 1>();
  } else {
    return static_cast<int>(N);
  }
}

/// Whether member I is a C array: it takes a braced pair, as class members do, but no class.
template <class R, std::size_t... I>
constexpr bool array_member(std::index_sequence<I...>) {
  return requires { R{Anything{I}..., {Anything{0}, Anything{1}}}; }
  &&!requires { R{Anything{I}..., AnyClass{0}}; };
}
template <class R, std::size_t... I>
constexpr bool any_array_member(std::index_sequence<I...>) {
  return (array_member<R>(std::make_index_sequence<I>{}) || ...);
}
template <class R>
constexpr bool has_base() {
  return requires { R{AnyBase<R>{}}; };
}

template <class R>
constexpr bool members_can_be_found() {
  if constexpr (ListsMembers<R>) {
    return true;
  } else if constexpr (!std::is_aggregate_v<R>) {
    return false;
  } else if constexpr (has_base<R>()) {
    return false;
  } else {
    return count_members<R>() <= 16 && !any_array_member<R>(std::make_index_sequence<count_members<R>()>{});
  }
}

/// References to the members of an aggregate (at most 16), or those that R lists in members().
template <class R>
constexpr auto members_of(R& r) {
  using Plain = std::remove_const_t<R>;
  if constexpr (ListsMembers<Plain>) {
    return const_cast<Plain&>(r).members();
  } else {
    constexpr int n = count_members<Plain>();
#define HELIOTROPE_MEMBERS(count, ...) \
  else if constexpr (n == count) {     \
    auto& [__VA_ARGS__] = r;           \
    return std::tie(__VA_ARGS__);      \
  }
    if constexpr (n == 0) {
      return std::tuple<>{};
    }
    HELIOTROPE_MEMBERS(1, a)
    HELIOTROPE_MEMBERS(2, a, b)
    HELIOTROPE_MEMBERS(3, a, b, c)
    HELIOTROPE_MEMBERS(4, a, b, c, d)
    HELIOTROPE_MEMBERS(5, a, b, c, d, e)
    HELIOTROPE_MEMBERS(6, a, b, c, d, e, f)
    HELIOTROPE_MEMBERS(7, a, b, c, d, e, f, g)
    HELIOTROPE_MEMBERS(8, a, b, c, d, e, f, g, h)
    HELIOTROPE_MEMBERS(9, a, b, c, d, e, f, g, h, i)
    HELIOTROPE_MEMBERS(10, a, b, c, d, e, f, g, h, i, j)
    HELIOTROPE_MEMBERS(11, a, b, c, d, e, f, g, h, i, j, k)
    HELIOTROPE_MEMBERS(12, a, b, c, d, e, f, g, h, i, j, k, l)
    HELIOTROPE_MEMBERS(13, a, b, c, d, e, f, g, h, i, j, k, l, m)
    HELIOTROPE_MEMBERS(14, a, b, c, d, e, f, g, h, i, j, k, l, m, o)
    HELIOTROPE_MEMBERS(15, a, b, c, d, e, f, g, h, i, j, k, l, m, o, p)
    HELIOTROPE_MEMBERS(16, a, b, c, d, e, f, g, h, i, j, k, l, m, o, p, q)
#undef HELIOTROPE_MEMBERS
  }
}

template <class T>
inline constexpr bool is_std_array = false;
template <class T, std::size_t N>
inline constexpr bool is_std_array<std::array<T, N>> = true;

template <class T>
concept EigenLike = requires(T t) {
  typename T::Scalar;
  T::SizeAtCompileTime;
  t.data();
};

/// Visits the members of `from` (scalars double) and `to` (scalars S) side by side: lane(double&, S&) for each
/// scalar, uniform(F&, F&) for each member whose type does not mention the scalar.
template <class A, class B, class Lane, class Uniform>
HELIOTROPE_INLINE void visit_members(A& from, B& to, Lane&& lane, Uniform&& uniform) {
  using From = std::remove_const_t<A>;
  using To = std::remove_const_t<B>;
  static_assert(!std::is_array_v<From> && !std::is_reference_v<From>,
                "members that are C arrays or references cannot be copied lane by lane: use std::array");
  if constexpr (std::is_same_v<From, To>) {
    uniform(from, to);
  } else if constexpr (std::is_same_v<From, double>) {
    lane(from, to);
  } else if constexpr (is_std_array<From>) {
    for (std::size_t i = 0; i < std::tuple_size_v<From>; ++i) visit_members(from[i], to[i], lane, uniform);
  } else if constexpr (EigenLike<From>) {
    static_assert(From::SizeAtCompileTime > 0, "a matrix member of a residual type needs a size known when compiling");
    for (int i = 0; i < From::SizeAtCompileTime; ++i) visit_members(from.data()[i], to.data()[i], lane, uniform);
  } else {
    static_assert(members_can_be_found<From>(),
                  "the members of this residual type cannot be found: it has a base, a private or C array member, "
                  "a constructor, or more than 16 members; give it auto members() { return std::tie(a, b, ...); }");
    auto x = members_of(from);
    auto y = members_of(to);
    [&]<std::size_t... I>(std::index_sequence<I...>) HELIOTROPE_LAMBDA {
      (visit_members(std::get<I>(x), std::get<I>(y), lane, uniform), ...);
    }
    (std::make_index_sequence<std::tuple_size_v<decltype(x)>>{});
  }
}

/// Number of scalars in one residual's data.
template <class A, class B>
constexpr int count_scalars() {
  using From = std::remove_cv_t<A>;
  if constexpr (std::is_same_v<From, B>) {
    return 0;
  } else if constexpr (std::is_same_v<From, double>) {
    return 1;
  } else if constexpr (is_std_array<From>) {
    return static_cast<int>(std::tuple_size_v<From>) *
           count_scalars<typename From::value_type, typename B::value_type>();
  } else if constexpr (EigenLike<From>) {
    return static_cast<int>(From::SizeAtCompileTime);
  } else {
    static_assert(members_can_be_found<From>(),
                  "the members of this residual type cannot be found: it has a base, a private or C array member, "
                  "a constructor, or more than 16 members; give it auto members() { return std::tie(a, b, ...); }");
    using X = decltype(members_of(std::declval<From&>()));
    using Y = decltype(members_of(std::declval<B&>()));
    return []<std::size_t... I>(std::index_sequence<I...>) {
      return (0 + ... +
              count_scalars<std::remove_reference_t<std::tuple_element_t<I, X>>,
                            std::remove_reference_t<std::tuple_element_t<I, Y>>>());
    }
    (std::make_index_sequence<std::tuple_size_v<X>>{});
  }
}

/// Number of members that are uniform: the same for all lanes of a block.
template <class A, class B>
constexpr int count_uniforms() {
  using From = std::remove_cv_t<A>;
  if constexpr (std::is_same_v<From, B>) {
    return 1;
  } else if constexpr (std::is_same_v<From, double> || EigenLike<From>) {
    return 0;
  } else if constexpr (is_std_array<From>) {
    return static_cast<int>(std::tuple_size_v<From>) *
           count_uniforms<typename From::value_type, typename B::value_type>();
  } else if constexpr (members_can_be_found<From>()) {
    using X = decltype(members_of(std::declval<From&>()));
    using Y = decltype(members_of(std::declval<B&>()));
    return []<std::size_t... I>(std::index_sequence<I...>) {
      return (0 + ... +
              count_uniforms<std::remove_reference_t<std::tuple_element_t<I, X>>,
                             std::remove_reference_t<std::tuple_element_t<I, Y>>>());
    }
    (std::make_index_sequence<std::tuple_size_v<X>>{});
  } else {
    return 0;
  }
}

}  // namespace detail
}  // namespace heliotrope
