// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <ostream>
#include <span>
#include <vector>

#include "heliotrope/problem/manifold.hpp"

namespace heliotrope {

/// A variable of a problem, whatever its manifold: its index in order of addition.
class AnyVariable {
 public:
  AnyVariable() = default;
  explicit AnyVariable(std::int64_t index) : index_(index) {}
  std::int64_t index() const { return index_; }
  friend bool operator==(AnyVariable a, AnyVariable b) { return a.index_ == b.index_; }

 private:
  std::int64_t index_ = -1;
};

/// A variable that lives on manifold M. A handle: cheap to copy, valid as long as its problem.
template <class M>
class Variable : public AnyVariable {
 public:
  using Manifold = M;
  using AnyVariable::AnyVariable;
};

/// For each residual one variable out of a range, chosen by a list of indices that the caller keeps.
template <class M, class Index>
class IndexedVariables {
 public:
  using Manifold = M;
  IndexedVariables(std::int64_t first, std::int64_t count, std::span<const Index> indices)
      : first_(first), count_(count), indices_(indices) {}
  std::int64_t first() const { return first_; }
  std::int64_t count() const { return count_; }
  std::span<const Index> indices() const { return indices_; }

 private:
  std::int64_t first_, count_;
  std::span<const Index> indices_;
};

/// Consecutive variables on one manifold, as add_variables made them.
template <class M>
class Variables {
 public:
  using Manifold = M;
  Variables() = default;
  Variables(std::int64_t first, std::int64_t count) : first_(first), count_(count) {}
  std::int64_t size() const { return count_; }
  std::int64_t first() const { return first_; }
  Variable<M> operator[](std::int64_t i) const { return Variable<M>(first_ + i); }

  /// One variable a residual: variables[indices] has entry k equal to variables[indices[k]].
  template <class Index>
  IndexedVariables<M, Index> operator[](std::span<const Index> indices) const {
    return {first_, count_, indices};
  }
  template <class Index>
  IndexedVariables<M, Index> operator[](const std::vector<Index>& indices) const {
    return {first_, count_, indices};
  }
  template <class Index>
  IndexedVariables<M, Index> operator[](std::vector<Index>&& indices) const = delete;  // it would be gone too soon

 private:
  std::int64_t first_ = 0, count_ = 0;
};

/// One variable or consecutive ones, whatever their manifold.
struct VariableRange {
  VariableRange() = default;
  VariableRange(AnyVariable variable) : first(variable.index()), count(1) {}
  template <class M>
  VariableRange(const Variables<M>& variables) : first(variables.first()), count(variables.size()) {}

  std::int64_t first = 0, count = 0;
  friend bool operator==(const VariableRange&, const VariableRange&) = default;
};

/// The numbers of one variable, viewed where the problem keeps them; prints as "a b c".
class VariableValue : public std::span<const double> {
 public:
  using std::span<const double>::span;
  friend std::ostream& operator<<(std::ostream& out, const VariableValue& value) {
    for (std::size_t i = 0; i < value.size(); ++i) out << (i == 0 ? "" : " ") << value[i];
    return out;
  }
};

}  // namespace heliotrope
