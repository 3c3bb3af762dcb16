// SPDX-License-Identifier: Apache-2.0
// Sets of used colours where colours are many: no more memory than the entries themselves.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "derive/vertex_nets.hpp"

namespace heliotrope::detail {

/// The colours of each net: as many 32-bit words as it has vertices. They are bits as long as colours fit, 32 a word,
/// and a list of colours from the first one on that does not.
class ColorSlots {
 public:
  explicit ColorSlots(const VertexNets& graph);

  void insert(std::int32_t net, std::int32_t color);
  /// The smallest colour that is in none of these nets.
  std::int32_t first_free(std::span<const std::int32_t> nets) const;

 private:
  struct Net {
    std::int64_t begin = 0;  ///< of its words
    std::int32_t words = 0;
    std::int32_t listed = -1;  ///< -1: bits
    std::int32_t full = 0;     ///< words at the front that have all bits set
  };
  static constexpr int window = 8;  // words that are looked at together

  void collect(const Net& net, std::int32_t from, std::uint32_t* used) const;
  void turn_into_list(Net& net);

  std::vector<Net> nets_;
  std::vector<std::uint32_t> words_;
  std::vector<std::uint32_t> list_;  // workspace
};

}  // namespace heliotrope::detail
