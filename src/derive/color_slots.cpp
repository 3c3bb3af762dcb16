// SPDX-License-Identifier: Apache-2.0
#include "derive/color_slots.hpp"

#include <algorithm>
#include <bit>

namespace heliotrope::detail {

ColorSlots::ColorSlots(const VertexNets& graph) : nets_(static_cast<std::size_t>(graph.num_nets())) {
  for (std::int32_t g = 0; g < graph.num_groups(); ++g) {
    for (std::int32_t net : graph.nets()[g]) nets_[net].words += graph.group_size(g);
  }
  std::int64_t sum = 0;
  for (Net& net : nets_) {
    net.begin = sum;
    sum += net.words;
  }
  words_.assign(static_cast<std::size_t>(sum), 0);
}

void ColorSlots::insert(std::int32_t index, std::int32_t color) {
  Net& net = nets_[index];
  std::uint32_t* words = words_.data() + net.begin;
  if (net.listed < 0 && color / 32 >= net.words) turn_into_list(net);
  if (net.listed >= 0) {
    words[net.listed++] = static_cast<std::uint32_t>(color);
    return;
  }
  words[color / 32] |= std::uint32_t{1} << (color % 32);
  while (net.full < net.words && words[net.full] == ~std::uint32_t{0}) ++net.full;
}

void ColorSlots::turn_into_list(Net& net) {
  std::uint32_t* words = words_.data() + net.begin;
  list_.clear();
  for (std::int32_t w = 0; w < net.words; ++w) {
    for (std::uint32_t bits = words[w]; bits != 0; bits &= bits - 1) {
      list_.push_back(static_cast<std::uint32_t>(32 * w + std::countr_zero(bits)));
    }
  }
  std::copy(list_.begin(), list_.end(), words);
  net.listed = static_cast<std::int32_t>(list_.size());
}

void ColorSlots::collect(const Net& net, std::int32_t from, std::uint32_t* used) const {
  const std::uint32_t* words = words_.data() + net.begin;
  if (net.listed < 0) {
    const std::int32_t end = std::min(window, net.words - from);
    for (std::int32_t w = 0; w < end; ++w) used[w] |= words[from + w];
    return;
  }
  for (std::int32_t k = 0; k < net.listed; ++k) {
    const std::int32_t w = static_cast<std::int32_t>(words[k] / 32) - from;
    if (w >= 0 && w < window) used[w] |= std::uint32_t{1} << (words[k] % 32);
  }
}

std::int32_t ColorSlots::first_free(std::span<const std::int32_t> mine) const {
  std::int32_t from = 0;
  for (std::int32_t net : mine) from = std::max(from, nets_[net].full);
  while (true) {
    std::uint32_t used[window] = {};
    for (std::int32_t net : mine) collect(nets_[net], from, used);
    for (int w = 0; w < window; ++w) {
      if (used[w] != ~std::uint32_t{0}) return 32 * (from + w) + std::countr_one(used[w]);
    }
    from += window;
  }
}

}  // namespace heliotrope::detail
