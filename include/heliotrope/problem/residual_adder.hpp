// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <span>
#include <string>
#include <tuple>

#include "heliotrope/problem/check_call.hpp"
#include "heliotrope/problem/preparation.hpp"
#include "heliotrope/problem/problem_access.hpp"
#include "heliotrope/problem/slot_source.hpp"

namespace heliotrope::detail {

/// The part of adding residuals that knows types: one instance an add call.
template <int M, class Isa, class... Vars>
class ResidualAdder {
 public:
  ResidualAdder(Problem& problem, GroupKind kind, std::int64_t count, const ResidualOptions& options,
                const Vars&... variables)
      : problem_(problem), kind_(kind), count_(count), options_(options), variables_(variables...) {
    if (!(SlotSource<Vars>::fits(variables, count) && ...)) {
      throw Error("a list of variables has another length than the " + std::to_string(count) +
                  (kind == GroupKind::terms ? " terms added" : " residuals added"));
    }
    const auto weights = static_cast<std::int64_t>(options.sqrt_information.size());
    if (weights != 0 && weights != M * M && weights != M * M * count) {
      throw Error("sqrt_information has " + std::to_string(weights) + " numbers; expected " + std::to_string(M * M) +
                  " for all residuals or as many for each of " + std::to_string(count));
    }
  }

  std::array<std::int64_t, sizeof...(Vars)> starts(std::int64_t k) const {
    return std::apply(
        [&](const auto&... v) {
          return std::array<std::int64_t, sizeof...(Vars)>{
              problem_offset<ManifoldOf<Vars>>(SlotSource<std::remove_cvref_t<decltype(v)>>::index(v, k))...};
        },
        variables_);
  }

  /// Calls the functor on the variables of the first residual: throws Error where it writes other than M residuals, and
  /// with `reads` where it reads numbers that a variable does not have.
  template <class F>
  void check(const F& functor, const std::string& name, bool reads) const {
    const auto at = starts(0);
    const double* values = problem_.values().data();
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      const std::array<std::span<const double>, sizeof...(Vars)> blocks{
          std::span(values + at[I], static_cast<std::size_t>(ManifoldOf<Vars>::ambient_size))...};
      const auto call = [&](const double* const* block, double* residual) {
        kernels::Seen<F, ManifoldOf<Vars>...>::template call<double>(functor, {block[I]...}, residual);
      };
      check_writes(M, name, blocks, call);
      if (reads) check_reads(M, name, blocks, call);
    }
    (std::make_index_sequence<sizeof...(Vars)>{});
  }

  ResidualGroup& find_group(const void* type, const std::string& name, bool& is_new) {
    return ProblemAccess::group(problem_,
                                {.kind = kind_,
                                 .type = type,
                                 .loss = options_.loss,
                                 .derivatives = options_.derivatives,
                                 .weighted = !options_.sqrt_information.empty(),
                                 .name = options_.name,
                                 .sizes = {}},
                                name, is_new);
  }

  /// Sets up an empty group's shape.
  void shape(ResidualGroup& group, const KernelSet& kernels, int num_scalars) const {
    group.rows = M;
    group.num_scalars = num_scalars;
    group.kernels = kernels;
    group.slots = {Slot{&manifold_operations<ManifoldOf<Vars>>(), ManifoldOf<Vars>::ambient_size,
                        ManifoldOf<Vars>::tangent_size}...};
    group.columns = (0 + ... + ManifoldOf<Vars>::tangent_size);
    check_group_derivatives(group);
  }

  void place(ResidualGroup& group, std::int64_t position, std::int64_t k) const {
    group.set_offsets(position, starts(k));
    if (group.key.weighted) {
      const bool shared = options_.sqrt_information.size() == static_cast<std::size_t>(M * M);
      group.set_weight(position, options_.sqrt_information.data() + (shared ? 0 : k * M * M));
    }
    ++group.used[static_cast<std::size_t>(position / block_lanes)];
    if (!group.positions.empty() || position != group.count) remember(group, position);
    ++group.count;
  }

 private:
  static void remember(ResidualGroup& group, std::int64_t position) {
    while (static_cast<std::int64_t>(group.positions.size()) < group.count) {
      group.positions.push_back(static_cast<std::int64_t>(group.positions.size()));
    }
    group.positions.push_back(position);
  }
  template <class Manifold>
  std::int64_t problem_offset(std::int64_t variable) const {
    static_assert(Manifold::ambient_size != dynamic_size,
                  "a variable whose size is known only at run time goes into add_dynamic_residual");
    const std::int64_t offset = ProblemAccess::offset(problem_, variable);
    const ManifoldOperations& found = ProblemAccess::manifold(problem_, variable);
    if (found.ambient_size != Manifold::ambient_size || found.tangent_size != Manifold::tangent_size) {
      throw Error("variable " + std::to_string(variable) + " of this problem has " +
                  std::to_string(found.ambient_size) + " numbers on " + found.name +
                  "; its handle, perhaps of another problem, says " + std::to_string(Manifold::ambient_size));
    }
    return offset;
  }

  Problem& problem_;
  GroupKind kind_;
  std::int64_t count_;
  const ResidualOptions& options_;
  std::tuple<const Vars&...> variables_;
};

}  // namespace heliotrope::detail
