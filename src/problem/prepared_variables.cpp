// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/problem/prepared_variables.hpp"

#include <algorithm>

#include "heliotrope/error.hpp"
#include "heliotrope/parallel.hpp"

namespace heliotrope::detail {

namespace {

constexpr std::int64_t piece_packs = 64;  // of 8 variables, prepared by one task; chosen, not measured

/// Calls body(first value) for every lane of one slot of a group.
template <class Body>
void for_lanes(const ResidualGroup& group, int slot, const Body& body) {
  const std::size_t num_slots = group.slots.size();
  for (std::size_t b = 0; b < group.used.size(); ++b) {
    const std::int64_t* lanes = group.offsets.data() + (b * num_slots + static_cast<std::size_t>(slot)) * block_lanes;
    for (int l = 0; l < block_lanes; ++l) body(lanes[l]);
  }
}

}  // namespace

PreparedVariables::PreparedVariables(const ResidualGroup& group, std::int64_t num_values, bool derivatives) {
  for (int p = 0; p < group.kernels.num_prepared; ++p) {
    const PreparedSlot& kind = group.kernels.prepared[p];
    Slot& slot = slots_.emplace_back();
    slot.slot = kind.slot;
    slot.entry = (kind.entry + 7) / 8 * 8;  // of whole cache lines
    slot.prepare = derivatives ? kind.derivatives : kind.values;
    slot.variable_at.resize(static_cast<std::size_t>(num_values), -1);
    for_lanes(group, kind.slot, [&](std::int64_t first) { slot.variable_at[static_cast<std::size_t>(first)] = 0; });
    for (std::int64_t i = 0; i < num_values; ++i) {
      if (slot.variable_at[static_cast<std::size_t>(i)] < 0) continue;
      slot.variable_at[static_cast<std::size_t>(i)] = static_cast<std::int32_t>(slot.variables.size());
      slot.variables.push_back(i);
    }
    while (slot.variables.size() % block_lanes != 0) slot.variables.push_back(slot.variables.back());
    if (static_cast<std::int64_t>(slot.variables.size()) * slot.entry >= std::int64_t{1} << 32)
      throw Error("residual type " + group.name + " prepares 2^32 numbers or more, expected fewer");
  }
}

PreparedVariables::Tables PreparedVariables::make_tables() const {
  Tables tables;
  for (const Slot& slot : slots_) {
    tables.numbers.emplace_back(slot.variables.size() * static_cast<std::size_t>(slot.entry));
    tables.addresses.push_back(tables.numbers.back().data());
  }
  return tables;
}

void PreparedVariables::fill(const double* values, int threads, Tables& tables) const {
  for (std::size_t p = 0; p < slots_.size(); ++p) {
    const Slot& slot = slots_[p];
    double* const table = tables.numbers[p].data();
    const auto packs = static_cast<std::int64_t>(slot.variables.size()) / block_lanes;
    parallel_for(threads, (packs + piece_packs - 1) / piece_packs, [&](std::int64_t piece) {
      for (std::int64_t b = piece * piece_packs; b < std::min(packs, (piece + 1) * piece_packs); ++b) {
        double* entries[block_lanes];
        for (std::int64_t l = 0; l < block_lanes; ++l) entries[l] = table + (b * block_lanes + l) * slot.entry;
        slot.prepare(values, slot.variables.data() + b * block_lanes, entries);
      }
    });
  }
}

void PreparedVariables::refill(const double* values, std::int64_t first_value, Tables& tables) const {
  for (std::size_t p = 0; p < slots_.size(); ++p) {
    const Slot& slot = slots_[p];
    const std::int32_t variable = slot.variable_at[static_cast<std::size_t>(first_value)];
    if (variable < 0) continue;
    std::int64_t offsets[block_lanes];
    double* entries[block_lanes];
    std::fill_n(offsets, block_lanes, first_value);
    std::fill_n(entries, block_lanes, tables.numbers[p].data() + variable * slot.entry);
    slot.prepare(values, offsets, entries);
  }
}

std::int64_t PreparedVariables::entry_of(std::int64_t p, std::int64_t first_value) const {
  const Slot& slot = slots_[static_cast<std::size_t>(p)];
  return slot.variable_at[static_cast<std::size_t>(first_value)] * slot.entry;
}

LargeVector<std::int64_t> PreparedVariables::offsets(const ResidualGroup& group) const {
  LargeVector<std::int64_t> offsets(group.used.size() * slots_.size() * block_lanes);
  for (std::size_t p = 0; p < slots_.size(); ++p) {
    std::size_t lane = 0;
    for_lanes(group, slots_[p].slot, [&](std::int64_t first) {
      offsets[(lane / block_lanes * slots_.size() + p) * block_lanes + lane % block_lanes] =
          entry_of(static_cast<std::int64_t>(p), first);
      ++lane;
    });
  }
  return offsets;
}

}  // namespace heliotrope::detail
