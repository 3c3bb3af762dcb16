// SPDX-License-Identifier: Apache-2.0
// How residuals enter a problem: the template layer between a user's types and the untyped groups.
#pragma once

#include <algorithm>
#include <ranges>
#include <string>
#include <string_view>

#include "heliotrope/problem/dynamic_kernels.hpp"
#include "heliotrope/problem/kernel_selection.hpp"
#include "heliotrope/problem/problem.hpp"
#include "heliotrope/problem/residual_adder.hpp"

namespace heliotrope {

namespace detail {

/// Keeps a default a template argument that was not given.
template <int M, class R>
constexpr int residual_count() {
  if constexpr (M > 0) {
    return M;
  } else {
    static_assert(
        requires { R::residuals; }, "say how many residuals a block has: add_residuals<M>, or R::residuals");
    return R::residuals;
  }
}

template <class T>
const std::string& type_name() {
  static constexpr std::string_view text = __PRETTY_FUNCTION__;
  static constexpr auto begin = text.find("T = ") + 4;
  static const std::string name(text.substr(begin, text.find_first_of(";]", begin) - begin));
  return name;
}

}  // namespace detail

inline namespace HELIOTROPE_ISA {
namespace kernels {

/// Numbers the uniform members of the block that was opened last: equal ones alike, as far as a bounded search finds.
template <class R>
void number_kind(VectorStore<R>& store) {
  constexpr std::size_t most_compared = 64;  // chosen, not measured
  const auto& kinds = store.first_of_kind;
  for (std::size_t k = 0; k < std::min(kinds.size(), most_compared); ++k) {
    if (!TemplateAccess<R>::same_uniforms(store.objects[static_cast<std::size_t>(kinds[k])], store.objects.back()))
      continue;
    return store.block_kinds.push_back(static_cast<std::int32_t>(k));
  }
  store.block_kinds.push_back(static_cast<std::int32_t>(kinds.size()));
  store.first_of_kind.push_back(static_cast<std::int64_t>(store.objects.size()) - 1);
}

/// Appends template residuals: their scalars go into lanes, uniform members keep blocks apart.
template <class R, int M, class... Vars>
void append_lanes(ResidualAdder<M, InstructionSet, Vars...>& adder, ResidualGroup& group, std::span<const R> data) {
  using Access = TemplateAccess<R>;
  auto& store = static_cast<VectorStore<R>&>(*group.objects);
  for (std::size_t k = 0; k < data.size(); ++k) {
    std::int64_t position = -1;
    if constexpr (Access::uniforms) {
      constexpr std::size_t most_open = 64;  // bounds the search; chosen, not measured
      for (std::size_t i = store.open.size(); i-- > 0 && position < 0;) {
        const auto block = static_cast<std::size_t>(store.open[i]);
        if (!Access::same_uniforms(store.objects[block], data[k])) continue;
        position = store.open[i] * block_lanes + group.used[block];
        if (group.used[block] + 1 == block_lanes) store.open.erase(store.open.begin() + static_cast<std::ptrdiff_t>(i));
      }
      if (position < 0) {
        if (store.open.size() == most_open) store.open.erase(store.open.begin());
        position = group.next_position(true);
        store.objects.push_back(data[k]);
        number_kind<R>(store);
        store.open.push_back(position / block_lanes);
      }
    } else {
      position = group.next_position();
    }
    double* block = group.block_data(position / block_lanes);
    const int lane = static_cast<int>(position % block_lanes);
    for (int l = lane; l < (lane == 0 ? block_lanes : lane + 1); ++l) Access::store(data[k], block, l);
    adder.place(group, position, static_cast<std::int64_t>(k));
  }
}

template <int M, class R, class... Vars>
Residuals add_typed(Problem& problem, GroupKind kind, std::span<const R> data, const ResidualOptions& options,
                    const Vars&... variables) {
  if (data.empty()) return {};
  ResidualAdder<M, InstructionSet, Vars...> adder(problem, kind, static_cast<std::int64_t>(data.size()), options,
                                                  variables...);
  constexpr bool packs = vectorised<R, ManifoldOf<Vars>...>();
  const std::string& name = type_name<R>();
  bool is_new = false;
  if constexpr (CallableWith<R, double, ManifoldOf<Vars>...>) {
    if (data.size() > 1) adder.check(data[0], name, false);
  } else {
    static_assert(always_false<R>,
                  "a residual type is called as operator()(const T* block, ..., T* residual) const, "
                  "one block for each variable, for T = double at least");
  }
  for (std::size_t k = 0; k < data.size(); ++k) adder.starts(static_cast<std::int64_t>(k));  // errors before changes
  ResidualGroup& group =
      adder.find_group(&type_tag<R, std::integral_constant<int, M>, ManifoldOf<Vars>...>, name, is_new);
  if (is_new) {
    try {
      adder.check(data[0], name, true);
      if constexpr (packs) {
        using P = rebind_scalar_t<R, Pack>;
        adder.shape(group, make_kernels<TemplateAccess<R>, Pack, P, R, M, ManifoldOf<Vars>...>(),
                    TemplateAccess<R>::num_scalars);
      } else {
        adder.shape(group, make_kernels<ObjectAccess<R>, double, R, R, M, ManifoldOf<Vars>...>(), 0);
      }
    } catch (...) {
      ProblemAccess::discard_group(problem);
      throw;
    }
    group.objects = std::make_unique<VectorStore<R>>();
    group.data_type = &data_tag<R>;
    group.one_object_each = !packs;
  }
  ProblemAccess::structure_changed(problem);
  const std::int64_t first = group.count;
  if (data.size() > 1) group.reserve(static_cast<std::int64_t>(data.size()));
  if constexpr (packs) {
    append_lanes<R>(adder, group, data);
  } else {
    auto& store = static_cast<VectorStore<R>&>(*group.objects);
    for (std::size_t k = 0; k < data.size(); ++k) {
      store.objects.push_back(data[k]);
      adder.place(group, group.next_position(), static_cast<std::int64_t>(k));
    }
  }
  return ProblemAccess::added(problem, group, first);
}

template <int M, std::size_t K, class F, class... Vars>
Residuals add_columns(Problem& problem, GroupKind kind, const Columns<K>& columns, const F& functor,
                      const ResidualOptions& options, const Vars&... variables) {
  const std::size_t count = columns.data[0].size();
  for (const auto& column : columns.data) {
    if (column.size() != count) {
      throw Error("columns of data have different lengths: " + std::to_string(count) + " and " +
                  std::to_string(column.size()));
    }
  }
  if (count == 0) return {};
  ResidualAdder<M, InstructionSet, Vars...> adder(problem, kind, static_cast<std::int64_t>(count), options,
                                                  variables...);
  const std::string& name = type_name<F>();
  using Access = ColumnsAccess<F, static_cast<int>(K)>;
  const auto bind = [&](std::size_t k) {
    typename Access::template Bound<double> bound{functor, {}};
    for (std::size_t c = 0; c < K; ++c) bound.data[c] = columns.data[c][k];
    return bound;
  };
  adder.check(bind(0), name, true);
  for (std::size_t k = 0; k < count; ++k) adder.starts(static_cast<std::int64_t>(k));
  auto functors = std::make_unique<VectorStore<F>>();
  functors->objects.push_back(functor);
  ResidualGroup& group = ProblemAccess::new_group(problem, kind, options, name);  // captures differ from call to call
  using Bound = typename Access::template Bound<Pack>;
  using BoundDouble = typename Access::template Bound<double>;
  try {
    adder.shape(group, make_kernels<Access, Pack, Bound, BoundDouble, M, ManifoldOf<Vars>...>(), static_cast<int>(K));
  } catch (...) {
    ProblemAccess::discard_group(problem);
    throw;
  }
  group.objects = std::move(functors);
  group.reserve(static_cast<std::int64_t>(count));
  ProblemAccess::structure_changed(problem);
  for (std::size_t k = 0; k < count; ++k) {
    const std::int64_t position = group.next_position();
    const int lane = static_cast<int>(position % block_lanes);
    double* to = group.block_data(position / block_lanes);
    for (std::size_t c = 0; c < K; ++c) {
      for (int l = lane; l < (lane == 0 ? block_lanes : lane + 1); ++l) to[c * block_lanes + l] = columns.data[c][k];
    }
    adder.place(group, position, static_cast<std::int64_t>(k));
  }
  return ProblemAccess::added(problem, group, 0);
}

/// A run-time sized residual: its kernels read sizes from the group.
template <class F>
Residuals add_dynamic(Problem& problem, GroupKind kind, int rows, const F& functor,
                      std::span<const AnyVariable> variables, const ResidualOptions& options) {
  static_assert(num_preparations<typename PreparedBy<F>::type> == 0,
                "a residual whose sizes are known only at run time takes its variables as they are: no Prepared");
  if (rows < 1) throw Error("a residual block has at least one residual, not " + std::to_string(rows));
  if (variables.empty()) throw Error("a residual block needs at least one variable");
  std::vector<std::int64_t> starts;
  std::vector<Slot> slots;
  GroupKey key{.kind = kind,
               .type = &type_tag<F, int>,
               .loss = options.loss,
               .derivatives = options.derivatives,
               .weighted = !options.sqrt_information.empty(),
               .name = options.name,
               .sizes = {rows}};
  std::vector<std::span<const double>> blocks;
  for (AnyVariable v : variables) {
    starts.push_back(ProblemAccess::offset(problem, v.index()));
    const ManifoldOperations& manifold = ProblemAccess::manifold(problem, v.index());
    slots.push_back({&manifold, manifold.ambient_size, manifold.tangent_size});
    key.sizes.push_back(ProblemAccess::manifold_index(problem, v.index()));
    blocks.emplace_back(problem.values().data() + starts.back(), static_cast<std::size_t>(manifold.ambient_size));
  }
  constexpr std::int64_t most_entries = std::int64_t{1} << 26;  // of one block; kernels index it with int
  std::int64_t columns = 0;
  for (const Slot& slot : slots) columns += slot.tangent_size;
  if (rows * std::max<std::int64_t>(columns, rows) > most_entries) {
    throw Error("a residual block of " + std::to_string(rows) + " residuals by " + std::to_string(columns) +
                " columns is too large: split it (at most 2^26 entries)");
  }
  if (key.weighted &&
      options.sqrt_information.size() != static_cast<std::size_t>(rows) * static_cast<std::size_t>(rows)) {
    throw Error("sqrt_information has " + std::to_string(options.sqrt_information.size()) + " numbers; expected " +
                std::to_string(rows * rows));
  }
  bool is_new = false;
  const detail::DoubleCall call = [&](const double* const* block, double* r) { functor(block, r); };
  detail::check_writes(rows, type_name<F>(), blocks, call);
  ResidualGroup& group = ProblemAccess::group(problem, key, type_name<F>(), is_new);
  if (is_new) {
    group.rows = rows;
    group.slots = slots;
    group.columns = 0;
    for (const Slot& slot : slots) group.columns += slot.tangent_size;
    group.kernels = make_dynamic_kernels<F>();
    group.scratch_bytes = dynamic_scratch_bytes(rows, group.slots);
    group.objects = std::make_unique<VectorStore<F>>();
    group.one_object_each = true;
    try {
      detail::check_reads(rows, type_name<F>(), blocks, call);
      check_group_derivatives(group);
    } catch (...) {
      ProblemAccess::discard_group(problem);
      throw;
    }
  }
  ProblemAccess::structure_changed(problem);
  static_cast<VectorStore<F>&>(*group.objects).objects.push_back(functor);
  const std::int64_t position = group.next_position();
  group.set_offsets(position, starts);
  if (group.key.weighted) group.set_weight(position, options.sqrt_information.data());
  ++group.used[static_cast<std::size_t>(position / block_lanes)];
  return ProblemAccess::added(problem, group, group.count++);
}

}  // namespace kernels
}  // namespace HELIOTROPE_ISA

template <int M, class Isa, class Data, class... Vars>
Residuals Problem::add_residuals(const Data& data, const ResidualOptions& options, const Vars&... variables) {
  using R = std::remove_const_t<std::ranges::range_value_t<Data>>;
  return kernels::add_typed<detail::residual_count<M, R>(), R>(*this, detail::GroupKind::residuals,
                                                               std::span<const R>(data), options, variables...);
}
template <int M, class Isa, class Data, class... Vars>
Residuals Problem::add_residuals(const Data& data, const Vars&... variables) {
  return add_residuals<M>(data, ResidualOptions{}, variables...);
}
template <int M, class Isa, std::size_t K, class F, class... Vars>
Residuals Problem::add_residuals(const Columns<K>& data, const F& functor, const ResidualOptions& options,
                                 const Vars&... variables) {
  return kernels::add_columns<M>(*this, detail::GroupKind::residuals, data, functor, options, variables...);
}
template <int M, class Isa, std::size_t K, class F, class... Vars>
Residuals Problem::add_residuals(const Columns<K>& data, const F& functor, const Vars&... variables) {
  return add_residuals<M>(data, functor, ResidualOptions{}, variables...);
}
template <int M, class Isa, class R, class... Ms>
Residuals Problem::add_residual(const R& residual, const ResidualOptions& options, const Variable<Ms>&... variables) {
  return kernels::add_typed<detail::residual_count<M, R>(), R>(*this, detail::GroupKind::residuals,
                                                               std::span<const R>(&residual, 1), options, variables...);
}
template <int M, class Isa, class R, class... Ms>
Residuals Problem::add_residual(const R& residual, const Variable<Ms>&... variables) {
  return add_residual<M>(residual, ResidualOptions{}, variables...);
}
template <class Isa, class F>
Residuals Problem::add_dynamic_residual(int num_residuals, const F& functor, std::span<const AnyVariable> variables,
                                        const ResidualOptions& options) {
  return kernels::add_dynamic(*this, detail::GroupKind::residuals, num_residuals, functor, variables, options);
}

namespace detail {
inline ResidualOptions as_residual_options(const TermOptions& options) {
  return {.derivatives = options.derivatives, .name = options.name};
}
}  // namespace detail

template <class Isa, class Data, class... Vars>
Residuals Problem::add_terms(const Data& data, const TermOptions& options, const Vars&... variables) {
  using F = std::remove_const_t<std::ranges::range_value_t<Data>>;
  return kernels::add_typed<1, F>(*this, detail::GroupKind::terms, std::span<const F>(data),
                                  detail::as_residual_options(options), variables...);
}
template <class Isa, class Data, class... Vars>
Residuals Problem::add_terms(const Data& data, const Vars&... variables) {
  return add_terms(data, TermOptions{}, variables...);
}
template <class Isa, std::size_t K, class F, class... Vars>
Residuals Problem::add_terms(const Columns<K>& data, const F& functor, const TermOptions& options,
                             const Vars&... variables) {
  return kernels::add_columns<1>(*this, detail::GroupKind::terms, data, functor, detail::as_residual_options(options),
                                 variables...);
}
template <class Isa, std::size_t K, class F, class... Vars>
Residuals Problem::add_terms(const Columns<K>& data, const F& functor, const Vars&... variables) {
  return add_terms(data, functor, TermOptions{}, variables...);
}
template <class Isa, class F, class... Ms>
Residuals Problem::add_term(const F& function, const TermOptions& options, const Variable<Ms>&... variables) {
  return kernels::add_typed<1, F>(*this, detail::GroupKind::terms, std::span<const F>(&function, 1),
                                  detail::as_residual_options(options), variables...);
}
template <class Isa, class F, class... Ms>
Residuals Problem::add_term(const F& function, const Variable<Ms>&... variables) {
  return add_term(function, TermOptions{}, variables...);
}
template <class Isa, class F>
Residuals Problem::add_dynamic_term(const F& functor, std::span<const AnyVariable> variables,
                                    const TermOptions& options) {
  return kernels::add_dynamic(*this, detail::GroupKind::terms, 1, functor, variables,
                              detail::as_residual_options(options));
}

}  // namespace heliotrope
