// SPDX-License-Identifier: Apache-2.0
// Which variable belongs to residual k: one shared by all, or one each from a list, a range, or a range by indices.
#pragma once

#include <ranges>
#include <string>

#include "heliotrope/error.hpp"
#include "heliotrope/problem/variable.hpp"

namespace heliotrope::detail {

template <class V, class Isa = InstructionSet>
struct SlotSource;
template <class M, class Isa>
struct SlotSource<Variable<M>, Isa> {
  using Manifold = M;
  static std::int64_t index(const Variable<M>& v, std::int64_t) { return v.index(); }
  static bool fits(const Variable<M>&, std::int64_t) { return true; }
};
template <class M, class Isa>
struct SlotSource<Variables<M>, Isa> {
  using Manifold = M;
  static std::int64_t index(const Variables<M>& v, std::int64_t k) { return v.first() + k; }
  static bool fits(const Variables<M>& v, std::int64_t count) { return v.size() == count; }
};
template <class M, class I, class Isa>
struct SlotSource<IndexedVariables<M, I>, Isa> {
  using Manifold = M;
  static std::int64_t index(const IndexedVariables<M, I>& v, std::int64_t k) {
    const auto i = static_cast<std::int64_t>(v.indices()[static_cast<std::size_t>(k)]);
    if (i < 0 || i >= v.count()) {
      throw Error("index " + std::to_string(i) + " of residual " + std::to_string(k) + " is outside the range of " +
                  std::to_string(v.count()) + " variables");
    }
    return v.first() + i;
  }
  static bool fits(const IndexedVariables<M, I>& v, std::int64_t count) {
    return static_cast<std::int64_t>(v.indices().size()) == count;
  }
};
template <std::ranges::contiguous_range V, class Isa>
struct SlotSource<V, Isa> {
  using Manifold = typename std::ranges::range_value_t<V>::Manifold;
  static std::int64_t index(const V& v, std::int64_t k) { return std::ranges::data(v)[k].index(); }
  static bool fits(const V& v, std::int64_t count) { return static_cast<std::int64_t>(std::ranges::size(v)) == count; }
};

template <class V>
using ManifoldOf = typename SlotSource<V>::Manifold;

}  // namespace heliotrope::detail
