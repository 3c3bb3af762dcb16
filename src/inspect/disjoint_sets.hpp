// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <vector>

namespace heliotrope::inspect_detail {

/// Sets of the numbers 0 ... count - 1, each alone at first, by union and find with halved paths.
class DisjointSets {
 public:
  explicit DisjointSets(std::int64_t count) : parent_(static_cast<std::size_t>(count)) {
    std::iota(parent_.begin(), parent_.end(), std::int64_t{0});
  }
  /// The least of v's set.
  std::int64_t find(std::int64_t v) {
    while (up(v) != v) v = up(v) = up(up(v));
    return v;
  }
  void join(std::int64_t a, std::int64_t b) {
    a = find(a), b = find(b);
    up(std::max(a, b)) = std::min(a, b);
  }

 private:
  std::int64_t& up(std::int64_t v) { return parent_[static_cast<std::size_t>(v)]; }
  std::vector<std::int64_t> parent_;
};

}  // namespace heliotrope::inspect_detail
