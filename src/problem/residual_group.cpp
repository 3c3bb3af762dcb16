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
