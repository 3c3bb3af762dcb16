// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>

#include "heliotrope/linear/elimination_plan.hpp"

namespace heliotrope::linear_detail {

/// The block columns of one residual, slot by slot.
class SlotColumns {
 public:
  SlotColumns(const ResidualStructure& part, std::int64_t position)
      : first_(part.columns.data() +
               position / block_lanes * static_cast<std::int64_t>(part.widths.size()) * block_lanes +
               position % block_lanes),
        count_(static_cast<int>(part.widths.size())) {}
  int size() const { return count_; }
  std::int32_t operator[](int slot) const { return first_[slot * block_lanes]; }

 private:
  const std::int32_t* first_;
  int count_;
};

/// Used lanes of a block: the first ones.
inline int used_lanes(const ResidualStructure& part, std::int64_t block) {
  if (!part.used.empty()) return part.used[static_cast<std::size_t>(block)];
  const auto slots = static_cast<std::int64_t>(part.widths.size());
  const std::int32_t* const columns = part.columns.data() + block * slots * block_lanes;
  int used = 0;
  for (std::int64_t i = 0; i < slots * block_lanes; ++i) {
    if (columns[i] >= 0) used = std::max(used, static_cast<int>(i % block_lanes) + 1);
  }
  return used;
}

/// Calls body(part, position, columns of its slots) for every used residual.
template <class Body>
void for_residuals(const EliminationStructure& structure, const Body& body) {
  for (std::size_t p = 0; p < structure.parts.size(); ++p) {
    const ResidualStructure& part = structure.parts[p];
    for (std::int64_t block = 0; block < part.num_blocks(); ++block) {
      const int used = used_lanes(part, block);
      for (int l = 0; l < used; ++l) body(p, block * block_lanes + l, SlotColumns(part, block * block_lanes + l));
    }
  }
}

}  // namespace heliotrope::linear_detail
