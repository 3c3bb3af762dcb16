// SPDX-License-Identifier: Apache-2.0
// Changes of a problem that keep its structure.
#include <algorithm>
#include <cmath>
#include <string>

#include "heliotrope/problem/problem.hpp"
#include "shortest_text.hpp"

namespace heliotrope {

using detail::ResidualGroup;

const ResidualGroup& Problem::group_of(const Residuals& residuals) const {
  const auto g = static_cast<std::size_t>(residuals.group());
  if (residuals.group() < 0 || g >= groups_.size() || residuals.first() + residuals.size() > groups_[g].count) {
    throw Error("a handle of " + std::to_string(residuals.size()) + " residuals is not one of this problem");
  }
  return groups_[g];
}
ResidualGroup& Problem::group_of(const Residuals& residuals) {
  return const_cast<ResidualGroup&>(std::as_const(*this).group_of(residuals));
}

void Problem::set_loss(const Residuals& residuals, const Loss& loss) {
  if (residuals.size() == 0) return;
  ResidualGroup& group = group_of(residuals);
  if (group.is_terms()) throw Error("terms have no loss");
  group.key.loss = loss;
  ++data_version_;
}

void Problem::set_left_out(const Residuals& residuals, bool out) {
  if (residuals.size() == 0) return;
  ResidualGroup& group = group_of(residuals);
  if (group.function >= 0) throw Error("rows of a black-box function cannot be disabled one by one");
  for (std::int64_t k = residuals.first(); k < residuals.first() + residuals.size(); ++k) {
    group.leave_out(group.position(k), ResidualGroup::by_itself, out);
  }
  ++data_version_;
}

bool Problem::is_enabled(const Residuals& residuals) const {
  if (residuals.size() == 0) return true;
  const ResidualGroup& group = group_of(residuals);
  for (std::int64_t k = residuals.first(); k < residuals.first() + residuals.size(); ++k) {
    if (!group.counts(group.position(k))) return false;
  }
  return true;
}

bool Problem::is_enabled(AnyVariable variable) const {
  const std::size_t v = check(variable);
  return v >= left_out_.size() || left_out_[v] == 0;
}

namespace {

/// Whether test(offset) holds for some variable of a residual.
template <class Test>
bool any_slot(const ResidualGroup& group, std::int64_t position, const Test& test) {
  const auto num_slots = static_cast<std::int64_t>(group.slots.size());
  for (std::int64_t s = 0; s < num_slots; ++s) {
    const std::int64_t i = (position / block_lanes * num_slots + s) * block_lanes + position % block_lanes;
    if (test(group.offsets[static_cast<std::size_t>(i)])) return true;
  }
  return false;
}

}  // namespace

bool Problem::names_left_out(const ResidualGroup& group, std::int64_t position) const {
  return any_slot(group, position, [&](std::int64_t at) {
    const auto v =
        static_cast<std::size_t>(std::upper_bound(offsets_.begin(), offsets_.end(), at) - offsets_.begin() - 1);
    return v < left_out_.size() && left_out_[v] != 0;
  });
}

/// Residuals that were added to variables that are left out are so too.
void Problem::leave_out_added(ResidualGroup& group, std::int64_t first) {
  if (std::find(left_out_.begin(), left_out_.end(), 1) == left_out_.end()) return;
  for (std::int64_t k = first; k < group.count; ++k) {
    const std::int64_t position = group.position(k);
    if (names_left_out(group, position)) group.leave_out(position, ResidualGroup::with_variable, true);
  }
}

void Problem::set_left_out(VariableRange variables, bool out) {
  const std::span<const double> own = numbers_of(variables);
  if (own.empty()) return;
  const auto first = static_cast<std::size_t>(variables.first), end = first + static_cast<std::size_t>(variables.count);
  const std::int64_t begin_at = own.data() - values_.data(), end_at = begin_at + std::ssize(own);
  const auto named = [&](std::int64_t at) { return at >= begin_at && at < end_at; };
  for (const ResidualGroup& group : groups_) {  // errors before changes
    for (std::int64_t k = 0; out && group.function >= 0 && k < group.count; ++k) {
      if (any_slot(group, group.position(k), named)) {
        throw Error("a variable of a black-box function cannot be disabled; fix it");
      }
    }
  }
  left_out_.resize(offsets_.size());
  std::fill(left_out_.begin() + static_cast<std::ptrdiff_t>(first),
            left_out_.begin() + static_cast<std::ptrdiff_t>(end), static_cast<std::uint8_t>(out));
  for (ResidualGroup& group : groups_) {
    for (std::int64_t k = 0; group.function < 0 && k < group.count; ++k) {
      const std::int64_t position = group.position(k);
      if (!any_slot(group, position, named)) continue;
      group.leave_out(position, ResidualGroup::with_variable, out || names_left_out(group, position));
    }
  }
  ++data_version_;
}

std::span<double> Problem::numbers_of(VariableRange variables) {
  if (variables.count == 0) return {};
  const std::size_t first = check(AnyVariable(variables.first));
  check(AnyVariable(variables.first + variables.count - 1));
  const std::size_t end = first + static_cast<std::size_t>(variables.count);
  const std::int64_t begin_at = offsets_[first], end_at = end < offsets_.size() ? offsets_[end] : num_values_;
  return {values_.data() + begin_at, static_cast<std::size_t>(end_at - begin_at)};
}

void Problem::attach(VariableRange variables, std::span<double> memory) {
  const std::span<double> own = numbers_of(variables);
  if (memory.size() != own.size()) {
    throw Error("attached variables have " + std::to_string(own.size()) + " numbers; the memory has " +
                std::to_string(memory.size()));
  }
  detach(variables);
  if (own.empty()) return;
  const Attached added{own.data() - values_.data(), std::ssize(own), memory.data()};
  const auto at = std::upper_bound(attached_.begin(), attached_.end(), added.first,
                                   [](std::int64_t first, const Attached& a) { return first < a.first; });
  if (at != attached_.begin()) {
    Attached& before = *(at - 1);
    if (before.first + before.count == added.first && before.memory + before.count == added.memory) {
      before.count += added.count;
      return;
    }
  }
  attached_.insert(at, added);
}

void Problem::detach(VariableRange variables) {
  const std::span<double> own = numbers_of(variables);
  const std::int64_t begin = own.empty() ? 0 : own.data() - values_.data(), end = begin + std::ssize(own);
  auto i = std::partition_point(attached_.begin(), attached_.end(),
                                [&](const Attached& a) { return a.first + a.count <= begin; });
  while (i != attached_.end() && i->first < end) {
    const Attached old = *i;
    i = attached_.erase(i);
    if (old.first < begin) i = attached_.insert(i, {old.first, begin - old.first, old.memory}) + 1;
    const std::int64_t behind = old.first + old.count - end;
    if (behind > 0) i = attached_.insert(i, {end, behind, old.memory + (old.count - behind)}) + 1;
  }
}

void Problem::read_attached() {
  for (const Attached& a : attached_) std::copy_n(a.memory, a.count, values_.begin() + a.first);
}
void Problem::write_attached() const {
  for (const Attached& a : attached_) std::copy_n(values_.begin() + a.first, a.count, a.memory);
}

void Problem::set_typical(AnyVariable variable, std::span<const double> sizes) {
  const std::size_t v = check(variable);
  const auto size = static_cast<std::size_t>(manifolds_[manifold_[v]]->tangent_size);
  if (sizes.size() != size) {
    throw Error("typical sizes of variable " + std::to_string(v) + ": found " + std::to_string(sizes.size()) +
                ", expected one for each of its " + std::to_string(size) + " coordinates");
  }
  for (std::size_t c = 0; c < size; ++c) {
    if (sizes[c] > 0.0 && std::isfinite(sizes[c])) continue;
    throw Error("typical sizes of variable " + std::to_string(v) + ": found " + detail::shortest_text(sizes[c]) +
                " for coordinate " + std::to_string(c) + ", expected a positive and finite number");
  }
  typical_.resize(static_cast<std::size_t>(num_values_));
  std::copy(sizes.begin(), sizes.end(), typical_.begin() + offsets_[v]);
  ++data_version_;
}

void Problem::set_typical(AnyVariable variable, double size) {
  const int coordinates = manifolds_[manifold_[check(variable)]]->tangent_size;
  set_typical(variable, std::vector<double>(static_cast<std::size_t>(coordinates), size));
}

void Problem::clear_typical() {
  typical_.clear();
  ++data_version_;
}

std::vector<double> Problem::typical(AnyVariable variable) const {
  const std::size_t v = check(variable);
  if (typical_.empty() || !(typical_[static_cast<std::size_t>(offsets_[v])] > 0.0)) return {};
  const auto first = typical_.begin() + offsets_[v];
  return {first, first + manifolds_[manifold_[v]]->tangent_size};
}

std::size_t Problem::held_index(AnyVariable variable, int coordinate) const {
  const std::size_t v = check(variable);
  const int size = manifolds_[manifold_[v]]->tangent_size;
  if (coordinate < 0 || coordinate >= size) {
    throw Error("variable " + std::to_string(v) + " has no coordinate " + std::to_string(coordinate) + "; it has " +
                std::to_string(size));
  }
  return static_cast<std::size_t>(offsets_[v] + coordinate);
}

void Problem::set_held(AnyVariable variable, int coordinate, bool held) {
  const std::size_t at = held_index(variable, coordinate);
  if (held_.empty() && !held) return;
  held_.resize(static_cast<std::size_t>(num_values_));
  held_[at] = static_cast<std::uint8_t>(held);
  ++data_version_;
  if (has_bounds()) ++bounds_version_;  // those of a held number do not count
}

bool Problem::is_held(AnyVariable variable, int coordinate) const {
  const std::size_t at = held_index(variable, coordinate);
  return at < held_.size() && held_[at] != 0;
}

}  // namespace heliotrope
