// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/problem/residual_group.hpp"

#include <algorithm>

namespace heliotrope::detail {

ResidualGroup::ResidualGroup() = default;
ResidualGroup::~ResidualGroup() = default;
ResidualGroup::ResidualGroup(ResidualGroup&&) noexcept = default;
ResidualGroup& ResidualGroup::operator=(ResidualGroup&&) noexcept = default;
ResidualGroup::ResidualGroup(const ResidualGroup& other)
    : key(other.key),
      name(other.name),
      rows(other.rows),
      columns(other.columns),
      num_scalars(other.num_scalars),
      slots(other.slots),
      kernels(other.kernels),
      scratch_bytes(other.scratch_bytes),
      data_type(other.data_type),
      one_object_each(other.one_object_each),
      count(other.count),
      data(other.data),
      offsets(other.offsets),
      used(other.used),
      positions(other.positions),
      weights(other.weights),
      left_out(other.left_out),
      num_left_out(other.num_left_out),
      all_data_version(other.all_data_version),
      changed(other.changed),
      objects(other.objects ? other.objects->clone() : nullptr),
      function(other.function),
      function_rows(other.function_rows) {}
ResidualGroup& ResidualGroup::operator=(const ResidualGroup& other) { return *this = ResidualGroup(other); }

std::int64_t ResidualGroup::next_position(bool fresh) {
  if (fresh || used.empty() || used.back() == block_lanes) {
    used.push_back(0);
    data.resize(data.size() + static_cast<std::size_t>(num_scalars * block_lanes));
    offsets.resize(offsets.size() + slots.size() * block_lanes);
    if (key.weighted) weights.resize(weights.size() + static_cast<std::size_t>(rows * rows * block_lanes));
  }
  return (num_blocks() - 1) * block_lanes + used.back();
}

void ResidualGroup::reserve(std::int64_t more) {
  const auto blocks = static_cast<std::size_t>((more + block_lanes - 1) / block_lanes);
  const auto grow = [](auto& v, std::size_t by) {
    if (v.size() + by > v.capacity()) v.reserve(std::max(v.size() + by, v.capacity() + v.capacity() / 2));
  };
  grow(used, blocks);
  grow(data, blocks * static_cast<std::size_t>(num_scalars * block_lanes));
  grow(offsets, blocks * slots.size() * block_lanes);
  if (key.weighted) grow(weights, blocks * static_cast<std::size_t>(rows * rows * block_lanes));
}

ResidualGroup ResidualGroup::only(std::span<const std::int64_t> kept) const {
  ResidualGroup to;
  to.key = key, to.name = name;
  to.rows = rows, to.columns = columns, to.num_scalars = num_scalars;
  to.slots = slots, to.kernels = kernels, to.scratch_bytes = scratch_bytes;
  to.data_type = data_type, to.one_object_each = one_object_each;
  to.all_data_version = all_data_version;
  to.reserve(std::ssize(kept));
  const std::span<const std::int32_t> kind_of_block = objects->kinds();
  std::vector<std::int32_t> new_kind(kind_of_block.size(), -1), kinds;  // [old kind], [block]
  std::vector<std::int64_t> first_of_kind, open_of_kind;                // [new kind]
  std::vector<std::uint32_t> sources;                                   // [block], or [residual]
  for (const std::int64_t source : kept) {
    std::int64_t position = -1, kind = -1;
    if (!kind_of_block.empty()) {
      std::int32_t& number =
          new_kind[static_cast<std::size_t>(kind_of_block[static_cast<std::size_t>(source / block_lanes)])];
      if (number < 0) {
        number = static_cast<std::int32_t>(first_of_kind.size());
        first_of_kind.push_back(to.num_blocks());
        open_of_kind.push_back(-1);
      }
      kind = number;
      const std::int64_t open = open_of_kind[static_cast<std::size_t>(kind)];
      if (open >= 0) position = open * block_lanes + to.used[static_cast<std::size_t>(open)];
    }
    if (position < 0) position = to.next_position(kind >= 0);
    const std::int64_t block = position / block_lanes, lane = position % block_lanes;
    if (lane == 0 && kind >= 0) kinds.push_back(static_cast<std::int32_t>(kind));
    if (one_object_each || lane == 0)
      sources.push_back(static_cast<std::uint32_t>(one_object_each ? source : source / block_lanes));
    to.copy_lane(*this, source, position);
    const std::uint8_t used_lanes = ++to.used[static_cast<std::size_t>(block)];
    if (kind >= 0) open_of_kind[static_cast<std::size_t>(kind)] = used_lanes < block_lanes ? block : -1;
    if (kind >= 0) to.positions.push_back(position);
    ++to.count;
  }
  if (!kind_of_block.empty()) {
    std::erase(open_of_kind, -1);
    constexpr std::ptrdiff_t most_open = 64;  // as where residuals are added
    if (std::ssize(open_of_kind) > most_open) open_of_kind.erase(open_of_kind.begin(), open_of_kind.end() - most_open);
    to.objects = objects->with_blocks(sources, std::move(kinds), std::move(first_of_kind), std::move(open_of_kind));
  } else {
    to.objects = one_object_each || objects->size() > 1 ? objects->rearranged(sources) : objects->clone();
  }
  return to;
}

/// Data, variables and weight of one residual of another group of the same shape; those of a block's first lane fill
/// the lanes not yet used too.
void ResidualGroup::copy_lane(const ResidualGroup& from, std::int64_t source, std::int64_t position) {
  const auto copy = [&](const auto& all, auto& to, std::int64_t width, bool fill) {
    const auto* const read = all.data() + source / block_lanes * width * block_lanes + source % block_lanes;
    auto* const write = to.data() + position / block_lanes * width * block_lanes;
    const std::int64_t lane = position % block_lanes, end = fill && lane == 0 ? block_lanes : lane + 1;
    for (std::int64_t i = 0; i < width; ++i) {
      std::fill(write + i * block_lanes + lane, write + i * block_lanes + end, read[i * block_lanes]);
    }
  };
  copy(from.data, data, num_scalars, true);
  copy(from.offsets, offsets, std::ssize(slots), true);
  if (key.weighted) copy(from.weights, weights, std::int64_t{rows} * rows, false);
}

void ResidualGroup::set_offsets(std::int64_t position, std::span<const std::int64_t> starts) {
  const std::int64_t block = position / block_lanes;
  const int lane = static_cast<int>(position % block_lanes);
  std::int64_t* to = offsets.data() + block * static_cast<std::int64_t>(slots.size()) * block_lanes;
  for (std::size_t s = 0; s < starts.size(); ++s) {
    for (int l = lane; l < (lane == 0 ? block_lanes : lane + 1); ++l) to[s * block_lanes + l] = starts[s];
  }
}

void ResidualGroup::leave_out(std::int64_t position, Reason reason, bool out) {
  const auto block = static_cast<std::size_t>(position / block_lanes);
  if (2 * block >= left_out.size()) {
    if (!out) return;
    left_out.resize(2 * used.size());
  }
  const bool before = counts(position);
  const auto bit = static_cast<std::uint8_t>(1u << position % block_lanes);
  std::uint8_t& lanes = left_out[2 * block + reason];
  lanes = static_cast<std::uint8_t>(out ? lanes | bit : lanes & ~bit);
  num_left_out += static_cast<int>(before) - static_cast<int>(counts(position));
}

void ResidualGroup::mark_changed(std::int64_t position, std::uint64_t version) {
  changed.resize(used.size());
  changed[static_cast<std::size_t>(position / block_lanes)] = version;
}

void ResidualGroup::set_weight(std::int64_t position, const double* weight) {
  double* to = weights.data() + (position / block_lanes) * rows * rows * block_lanes + position % block_lanes;
  for (int i = 0; i < rows * rows; ++i) to[i * block_lanes] = weight[i];
}

}  // namespace heliotrope::detail
