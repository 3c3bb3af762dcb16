// SPDX-License-Identifier: Apache-2.0
// The residual types that ship, by name: what problem files are made of.
#pragma once

#include <cstring>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "heliotrope/problem/problem.hpp"
#include "residuals/shipped_kernels.hpp"

namespace heliotrope::detail {

using KernelPair = residuals_detail::ShippedKernels::Pair;

struct ShippedType {
  std::string name;
  const void* data_type = nullptr;  ///< as ResidualGroup::data_type
  int scalars = 0, slots = 0, rows = 0;
  std::vector<const ManifoldOperations*> manifolds = {};  ///< [slot]
  /// Adds data.size() / scalars residuals; variables: [slot][residual].
  Residuals (*add)(Problem& problem, std::span<const double> data, std::span<const std::vector<std::int64_t>> variables,
                   const ResidualOptions& options) = nullptr;
};

/// The kernels of this translation unit stay.
struct OwnKernels {};

/// Kernels::get() are the kernels to put into the group.
template <class R, class Kernels, class... Ms>
Residuals add_shipped(Problem& problem, std::span<const double> data,
                      std::span<const std::vector<std::int64_t>> variables, const ResidualOptions& options) {
  static_assert(std::is_trivially_copyable_v<R> && sizeof(R) % sizeof(double) == 0);
  std::vector<R> residuals(data.size() * sizeof(double) / sizeof(R));
  if (!data.empty()) std::memcpy(static_cast<void*>(residuals.data()), data.data(), data.size_bytes());
  const auto handles = [&]<class M>(std::type_identity<M>, std::size_t slot) {
    std::vector<Variable<M>> all;
    all.reserve(variables[slot].size());
    for (const std::int64_t v : variables[slot]) all.emplace_back(v);
    return all;
  };
  const Residuals added = [&]<std::size_t... I>(std::index_sequence<I...>) {
    return problem.add_residuals(residuals, options, handles(std::type_identity<Ms>{}, I)...);
  }
  (std::index_sequence_for<Ms...>{});
  if constexpr (!std::is_same_v<Kernels, OwnKernels>) {
    if (added.size() == 0) return added;
    ResidualGroup& group = ProblemAccess::groups(problem)[static_cast<std::size_t>(added.group())];
    group.kernels.residuals = Kernels::get().residuals;
    group.kernels.autodiff = Kernels::get().autodiff;
  }
  return added;
}

template <class R, class Kernels, class... Ms>
ShippedType shipped_type(std::string name) {
  return {std::move(name),
          &data_tag<R>,
          static_cast<int>(sizeof(R) / sizeof(double)),
          sizeof...(Ms),
          R::residuals,
          {&manifold_operations<Ms>()...},
          &add_shipped<R, Kernels, Ms...>};
}

/// Where each kind of file is stated as a problem, so that kernels are compiled once.
void append_bal_types(std::vector<ShippedType>& types);
void append_pose_graph_types(std::vector<ShippedType>& types);
void append_colmap_types(std::vector<ShippedType>& types);
void append_nist_types(std::vector<ShippedType>& types);

}  // namespace heliotrope::detail
