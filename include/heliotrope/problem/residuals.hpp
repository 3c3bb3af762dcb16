// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "heliotrope/error.hpp"

namespace heliotrope {

/// Residual blocks, or terms, that one call added: consecutive ones of a group. A handle: cheap to copy, valid as long
/// as its problem.
class Residuals {
 public:
  Residuals() = default;
  Residuals(std::int32_t group, std::int64_t first, std::int64_t count) : group_(group), first_(first), count_(count) {}

  std::int64_t size() const { return count_; }
  /// The k-th of them alone. Throws Error where there is none.
  Residuals operator[](std::int64_t k) const { return subrange(k, 1); }
  /// The `count` from the k-th on. Throws Error where there are fewer.
  Residuals subrange(std::int64_t k, std::int64_t count) const {
    if (k < 0 || count < 0 || k > count_ - count) {
      throw Error("residuals " + std::to_string(k) + " to " + std::to_string(k + count) + " are not among the " +
                  std::to_string(count_) + " of this handle");
    }
    return {group_, first_ + k, count};
  }

  std::int32_t group() const { return group_; }
  std::int64_t first() const { return first_; }  ///< in order of addition to the group
  friend bool operator==(const Residuals&, const Residuals&) = default;

 private:
  std::int32_t group_ = -1;
  std::int64_t first_ = 0, count_ = 0;
};

}  // namespace heliotrope
