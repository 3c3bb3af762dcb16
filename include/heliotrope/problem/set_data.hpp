// SPDX-License-Identifier: Apache-2.0
// How data of residuals are replaced: Problem::set_data.
#pragma once

#include <span>
#include <string>

#include "heliotrope/problem/add_residuals.hpp"

namespace heliotrope {

namespace detail {

/// Throws where a member that all lanes of a block share differs between a datum and the one it would replace.
template <class R>
void check_replacement(const ResidualGroup& group, std::int64_t position, const R& datum, std::size_t number) {
  if constexpr (Rebindable<R>) {
    using Access = kernels::TemplateAccess<R>;
    if constexpr (Access::uniforms) {
      const R* prototypes = static_cast<const R*>(group.objects->data());
      if (group.one_object_each || Access::same_uniforms(prototypes[position / block_lanes], datum)) return;
      throw Error("set_data cannot change a member that is the same for all lanes (residual " + std::to_string(number) +
                  " of type " + type_name<R>() + ")");
    }
  }
}

template <class R>
void replace_datum(ResidualGroup& group, std::int64_t position, const R& datum) {
  if (group.one_object_each) {  // whichever translation unit made it
    static_cast<R*>(const_cast<void*>(group.objects->data()))[position] = datum;
  } else if constexpr (Rebindable<R>) {
    const std::int64_t block = position / block_lanes;
    const int lane = static_cast<int>(position % block_lanes);
    for (int l = lane; l < (lane == 0 ? block_lanes : lane + 1); ++l) {
      if (l == lane || l >= group.used[static_cast<std::size_t>(block)]) {
        kernels::TemplateAccess<R>::store(datum, group.block_data(block), l);
      }
    }
  }
}

}  // namespace detail

template <class R, class Isa>
void Problem::set_data(std::span<const R> data) {
  std::size_t next = 0;
  for (detail::ResidualGroup& group : groups_) {
    if (group.data_type == &detail::data_tag<R>) next += static_cast<std::size_t>(group.count);
  }
  if (next != data.size()) {
    throw Error("set_data got " + std::to_string(data.size()) + " residuals of type " + detail::type_name<R>() +
                "; the problem has " + std::to_string(next));
  }
  const auto visit = [&](const auto& body) {
    next = 0;
    for (detail::ResidualGroup& group : groups_) {
      if (group.data_type != &detail::data_tag<R>) continue;
      for (std::int64_t k = 0; k < group.count; ++k, ++next) body(group, group.position(k), data[next]);
    }
  };
  visit([&](const auto& group, std::int64_t position, const R& datum) {  // errors before changes
    detail::check_replacement(group, position, datum, next);
  });
  ++data_version_;
  visit([](auto& group, std::int64_t position, const R& datum) { detail::replace_datum(group, position, datum); });
  for (detail::ResidualGroup& group : groups_) {
    if (group.data_type == &detail::data_tag<R>) group.all_data_version = data_version_;
  }
}

template <class R, class Isa>
void Problem::set_data(const Residuals& residuals, std::span<const R> data) {
  detail::ResidualGroup& group = group_of(residuals);
  if (group.data_type != &detail::data_tag<R>) {
    throw Error("set_data got data of type " + detail::type_name<R>() + " for residuals of type " + group.name);
  }
  if (static_cast<std::int64_t>(data.size()) != residuals.size()) {
    throw Error("set_data got " + std::to_string(data.size()) + " data of type " + detail::type_name<R>() + " for " +
                std::to_string(residuals.size()) + " residuals");
  }
  for (std::size_t k = 0; k < data.size(); ++k) {  // errors before changes
    detail::check_replacement(group, group.position(residuals.first() + static_cast<std::int64_t>(k)), data[k], k);
  }
  ++data_version_;
  for (std::size_t k = 0; k < data.size(); ++k) {
    const std::int64_t position = group.position(residuals.first() + static_cast<std::int64_t>(k));
    detail::replace_datum(group, position, data[k]);
    group.mark_changed(position, data_version_);
  }
}

}  // namespace heliotrope
