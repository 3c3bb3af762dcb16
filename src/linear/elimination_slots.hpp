// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <vector>

#include "heliotrope/config.hpp"
#include "heliotrope/linear/elimination_plan.hpp"

namespace heliotrope::linear_detail {

/// The block columns of single residuals of one part.
class SlotReader {
 public:
  SlotReader(const EliminationStructure& structure, std::size_t part)
      : part_(structure.parts[part]),
        map_(structure.block_column.empty() ? nullptr : structure.block_column.data()),
        num_slots_(part_.widths.size()) {}

  std::size_t num_slots() const { return num_slots_; }
  std::int64_t num_positions() const { return part_.num_blocks * block_lanes; }
  std::int64_t column(std::int64_t position, std::size_t slot) const {
    const std::int64_t id = part_.ids[(static_cast<std::size_t>(position / block_lanes) * num_slots_ + slot) * block_lanes +
                                      static_cast<std::size_t>(position % block_lanes)];
    return map_ != nullptr && id >= 0 ? map_[id] : id;
  }
  bool is_used(std::int64_t position) const {
    if (part_.used != nullptr) return position % block_lanes < part_.used[position / block_lanes];
    for (std::size_t s = 0; s < num_slots_; ++s) {
      if (column(position, s) >= 0) return true;
    }
    return false;
  }

 private:
  const ResidualStructure& part_;
  const std::int64_t* map_;
  std::size_t num_slots_;
};

/// Calls body(part, position, block columns of its slots) for every used residual.
template <class Body>
void for_residuals(const EliminationStructure& structure, const Body& body) {
  std::vector<std::int64_t> columns;
  for (std::size_t p = 0; p < structure.parts.size(); ++p) {
    const SlotReader read(structure, p);
    columns.resize(read.num_slots());
    for (std::int64_t position = 0; position < read.num_positions(); ++position) {
      if (!read.is_used(position)) continue;
      for (std::size_t s = 0; s < columns.size(); ++s) columns[s] = read.column(position, s);
      body(p, position, std::span<const std::int64_t>(columns));
    }
  }
}

}  // namespace heliotrope::linear_detail
