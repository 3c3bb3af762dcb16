// SPDX-License-Identifier: Apache-2.0
// Problem::compact: a problem without what is disabled.
#include <algorithm>
#include <string>

#include "heliotrope/problem/problem.hpp"
#include "heliotrope/problem/problem_access.hpp"

namespace heliotrope {

using detail::ResidualGroup;

namespace {

/// The positions of the residuals that count, in order of addition.
std::vector<std::int64_t> enabled_positions(const ResidualGroup& group) {
  std::vector<std::int64_t> kept;
  kept.reserve(static_cast<std::size_t>(group.num_enabled()));
  for (std::int64_t k = 0; k < group.count; ++k) {
    if (group.counts(group.position(k))) kept.push_back(group.position(k));
  }
  return kept;
}

std::vector<std::int64_t> count_kept(const ResidualGroup& group) {
  std::vector<std::int64_t> before;
  before.reserve(static_cast<std::size_t>(group.count) + 1);
  before.push_back(0);
  for (std::int64_t k = 0; k < group.count; ++k) before.push_back(before.back() + group.counts(group.position(k)));
  return before;
}

/// Consecutive variables of which none was removed.
VariableRange renumber(VariableRange range, std::span<const std::int64_t> renumbered) {
  if (range.count > 0) range.first = renumbered[static_cast<std::size_t>(range.first)];
  return range;
}

/// The elements of those that remain; of an array with an element a variable, or shorter.
template <class T>
LargeVector<T> kept_of(const LargeVector<T>& all, std::span<const std::int64_t> renumbered) {
  LargeVector<T> kept;
  for (std::size_t v = 0; v < all.size(); ++v) {
    if (renumbered[v] >= 0) kept.push_back(all[v]);
  }
  kept.shrink_to_fit();
  return kept;
}

}  // namespace

std::int64_t Renumbering::index(std::int64_t variable) const {
  if (variable < 0 || variable >= std::ssize(variables_)) {
    throw Error("variable " + std::to_string(variable) + " was not one of the " + std::to_string(variables_.size()) +
                " variables of the problem that was made compact");
  }
  return variables_[static_cast<std::size_t>(variable)];
}

VariableRange Renumbering::operator()(VariableRange variables) const {
  VariableRange kept;
  for (std::int64_t v = variables.first; v < variables.first + variables.count; ++v) {
    const std::int64_t now = index(v);
    if (now >= 0 && kept.count++ == 0) kept.first = now;
  }
  return kept;
}

Residuals Renumbering::operator()(const Residuals& residuals) const {
  if (residuals.size() == 0) return {};
  const auto g = static_cast<std::size_t>(residuals.group());
  const std::int64_t first = residuals.first(), end = first + residuals.size();
  if (residuals.group() < 0 || g >= groups_.size() || end > groups_[g].count) {
    throw Error("a handle of " + std::to_string(residuals.size()) +
                " residuals is not one of the problem that was made compact");
  }
  const std::vector<std::int64_t>& before = groups_[g].kept_before;
  if (before.empty()) return {groups_[g].group, first, residuals.size()};
  const std::int64_t now = before[static_cast<std::size_t>(first)], count = before[static_cast<std::size_t>(end)] - now;
  return count > 0 ? Residuals(groups_[g].group, now, count) : Residuals();
}

/// [variable]: its index without those that go, or -1: those that are disabled or have lost all of their residuals.
std::vector<std::int64_t> Problem::renumber_variables() const {
  const std::vector<std::uint8_t> named = detail::find_namings(*this);
  std::vector<std::int64_t> renumbered(named.size());
  std::int64_t next = 0;
  for (std::size_t v = 0; v < named.size(); ++v) {
    const bool out = v < left_out_.size() && left_out_[v] != 0;
    const bool goes = named[v] == detail::named_by_disabled || (out && (named[v] & detail::named_by_enabled) == 0);
    renumbered[v] = goes ? -1 : next++;
  }
  return renumbered;
}

void Problem::keep_variables(std::span<const std::int64_t> renumbered, std::span<const std::int64_t> start_of) {
  const auto size_of = [&](std::size_t v) { return std::int64_t{manifolds_[manifold_[v]]->ambient_size}; };
  LargeVector<std::int64_t> offsets;
  std::int64_t num_values = 0;
  for (std::size_t v = 0; v < renumbered.size(); ++v) {
    if (renumbered[v] < 0) continue;
    offsets.push_back(num_values);
    num_values += size_of(v);
  }
  offsets.shrink_to_fit();
  const auto numbers_of_kept = [&]<class T>(const LargeVector<T>& all, std::size_t spare) {
    LargeVector<T> kept;
    if (all.empty()) return kept;
    kept.resize(static_cast<std::size_t>(num_values) + spare);
    for (std::size_t v = 0; v < renumbered.size(); ++v) {
      if (renumbered[v] >= 0) std::copy_n(all.begin() + offsets_[v], size_of(v), kept.begin() + start_of[v]);
    }
    return kept;
  };
  auto values = numbers_of_kept(values_, block_lanes);
  auto held = numbers_of_kept(held_, 0);
  auto lower = numbers_of_kept(lower_, 0), upper = numbers_of_kept(upper_, 0), typical = numbers_of_kept(typical_, 0);
  auto manifold = kept_of(manifold_, renumbered);
  auto fixed = kept_of(fixed_, renumbered), left_out = kept_of(left_out_, renumbered);
  std::vector<Attached> attached;
  for (const Attached& a : attached_) {
    auto v = static_cast<std::size_t>(std::lower_bound(offsets_.begin(), offsets_.end(), a.first) - offsets_.begin());
    for (; v < offsets_.size() && offsets_[v] < a.first + a.count; ++v) {
      if (renumbered[v] < 0) continue;
      const Attached piece{start_of[v], size_of(v), a.memory + (offsets_[v] - a.first)};
      const bool joins = !attached.empty() && attached.back().first + attached.back().count == piece.first &&
                         attached.back().memory + attached.back().count == piece.memory;
      joins ? void(attached.back().count += piece.count) : attached.push_back(piece);
    }
  }
  values_ = std::move(values), held_ = std::move(held), typical_ = std::move(typical);
  lower_ = std::move(lower), upper_ = std::move(upper);
  offsets_ = std::move(offsets), manifold_ = std::move(manifold);
  fixed_ = std::move(fixed), left_out_ = std::move(left_out);
  attached_ = std::move(attached);
  num_values_ = num_values;
}

Renumbering Problem::compact() {
  std::vector<std::int64_t> renumbered = renumber_variables(), start_of(offsets_.size(), -1);
  std::vector<std::int64_t> start_at(static_cast<std::size_t>(num_values_), -1);  // [old start]
  for (std::int64_t v = 0, next = 0; v < num_variables(); ++v) {
    const auto i = static_cast<std::size_t>(v);
    if (renumbered[i] < 0) continue;
    start_of[i] = start_at[static_cast<std::size_t>(offsets_[i])] = next;
    next += manifolds_[manifold_[i]]->ambient_size;
  }
  const bool all_stay =
      std::find(renumbered.begin(), renumbered.end(), -1) == renumbered.end() &&
      std::all_of(groups_.begin(), groups_.end(), [](const ResidualGroup& group) { return group.num_left_out == 0; });
  // All that takes memory comes first.
  std::vector<Renumbering::Group> map(groups_.size());
  std::vector<ResidualGroup> groups;
  groups.reserve(groups_.size());
  std::int32_t next_group = 0;
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    const ResidualGroup& group = groups_[g];
    map[g] = {.group = group.num_enabled() > 0 ? next_group++ : -1, .count = group.count};
    if (group.num_left_out == 0) continue;
    map[g].kept_before = count_kept(group);
    if (map[g].group >= 0) groups.push_back(group.only(enabled_positions(group)));
  }
  if (all_stay) return {std::move(renumbered), std::move(map)};
  std::vector<std::shared_ptr<const detail::FunctionResiduals>> functions;
  for (const auto& function : functions_) {
    auto moved = std::make_shared<detail::FunctionResiduals>(*function);
    for (VariableRange& range : moved->variables) range = renumber(range, renumbered);
    if (moved->num_groups > 0) moved->first_group = static_cast<std::size_t>(map[moved->first_group].group);
    functions.push_back(std::move(moved));
  }
  Renumbering result(renumbered, map);
  keep_variables(renumbered, start_of);

  // From here on nothing fails.
  std::size_t to = 0, rebuilt = 0;
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    if (map[g].group < 0) continue;
    const bool is_rebuilt = groups_[g].num_left_out > 0;
    ResidualGroup& from = is_rebuilt ? groups[rebuilt++] : groups_[g];
    for (std::int64_t& at : from.offsets) at = start_at[static_cast<std::size_t>(at)];
    if (&groups_[to] != &from) groups_[to] = std::move(from);
    ++to;
  }
  groups_.erase(groups_.begin() + static_cast<std::ptrdiff_t>(to), groups_.end());
  last_group_ = 0;
  functions_ = std::move(functions);
  structure_changed();
  ++data_version_;
  if (has_bounds()) ++bounds_version_;
  return result;
}

}  // namespace heliotrope
