// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "heliotrope/problem/residuals.hpp"
#include "heliotrope/problem/variable.hpp"

namespace heliotrope {

/// What handles from before Problem::compact() name after it:
///
///     const auto now = problem.compact();
///     pose = now(pose), edges = now(edges);
///
/// Errors: handles that were none of the problem's. Memory: 8 bytes for each variable and residual of before.
class Renumbering {
 public:
  /// Of an old group: its new index, or -1, its old size, and [old residual] how many before it remain, with a final
  /// element; empty: all of them do.
  struct Group {
    std::int32_t group = -1;
    std::int64_t count = 0;
    std::vector<std::int64_t> kept_before = {};
  };
  /// variables: [old variable]: its new index, or -1.
  Renumbering(std::vector<std::int64_t> variables, std::vector<Group> groups)
      : variables_(std::move(variables)), groups_(std::move(groups)) {}

  /// A variable that was removed has the index -1.
  template <class M>
  Variable<M> operator()(const Variable<M>& variable) const {
    return Variable<M>(index(variable.index()));
  }
  AnyVariable operator()(AnyVariable variable) const { return AnyVariable(index(variable.index())); }
  /// Those of a range that remain, which still follow one another.
  template <class M>
  Variables<M> operator()(const Variables<M>& variables) const {
    const VariableRange kept = (*this)(VariableRange(variables));
    return {kept.first, kept.count};
  }
  VariableRange operator()(VariableRange variables) const;
  /// Those of a handle that remain; none where all were removed.
  Residuals operator()(const Residuals& residuals) const;

 private:
  std::int64_t index(std::int64_t variable) const;

  std::vector<std::int64_t> variables_;
  std::vector<Group> groups_;
};

}  // namespace heliotrope
