// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "heliotrope/derive/sparsity_pattern.hpp"
#include "heliotrope/large_vector.hpp"

namespace heliotrope {

/// Sets of variables, and of pairs of variables, that share their parts: what traced values point into.
///
/// A set is a number: 0 is empty, 1 + j is {variable j}, others are unions of two earlier sets. A set of pairs is a
/// number likewise: 0 is empty, others are products A x B of two sets or unions of two earlier sets of pairs. Nothing
/// is looked into until the end, so an operation costs a few nanoseconds and 8 bytes (pairs: 12), or nothing: unions
/// with the empty set, with itself and with one of its two parts are known, and so are the last ones made.
///
/// Errors: more than 2^32 - 1 sets.
class SparsityArena final {
 public:
  explicit SparsityArena(std::int64_t num_variables);

  std::uint32_t variable(std::int64_t j) const { return static_cast<std::uint32_t>(j + 1); }

  /// The union of two sets.
  std::uint32_t unite(std::uint32_t a, std::uint32_t b) {
    if (a == b || b == 0) return a;
    if (a == 0) return b;
    if (has_part(a, b)) return a;
    if (has_part(b, a)) return b;
    Recent& recent = recent_[hash(a, b)];
    if (recent.a != a || recent.b != b) recent = {a, b, add_union(a, b)};
    return recent.result;
  }

  /// The pairs of a variable of a and one of b, in either order.
  std::uint32_t multiply(std::uint32_t a, std::uint32_t b) { return a == 0 || b == 0 ? 0 : recall({a, b, 1}); }
  /// The union of two sets of pairs.
  std::uint32_t unite_pairs(std::uint32_t a, std::uint32_t b) {
    if (a == b || b == 0) return a;
    return a == 0 ? b : recall({a, b, 0});
  }

  /// To be told that a comparison of traced values was answered for one point.
  void follow_branch() { followed_branch_ = true; }
  bool followed_branch() const { return followed_branch_; }

  std::int64_t num_unions() const { return static_cast<std::int64_t>(unions_.size()); }

  /// Row i: the variables of set rows[i]. Cost: each row the parts of its set, each once.
  SparsityPattern collect(std::span<const std::uint32_t> rows) const;

  /// The symmetric pattern of the pairs in the union of these sets of pairs.
  /// Errors: more than max_entries entries, counted before those that occur again are dropped.
  SparsityPattern collect_pairs(std::span<const std::uint32_t> sets, std::int64_t max_entries) const;

 private:
  struct Union {
    std::uint32_t a, b;
  };
  struct Pairs {
    std::uint32_t a = 0, b = 0, is_product = 0;
    bool operator==(const Pairs&) const = default;
  };
  struct Recent {
    std::uint32_t a = 0, b = 0, result = 0;
  };
  struct RecentPairs {
    Pairs pairs;
    std::uint32_t result = 0;
  };
  class Leaves;

  static constexpr std::size_t num_recent = 256;  // chosen, not measured
  static std::size_t hash(std::uint32_t a, std::uint32_t b) { return (a * 0x9E3779B1u ^ b * 0x85EBCA77u) >> 24; }

  bool has_part(std::uint32_t whole, std::uint32_t part) const {
    if (whole < first_union_) return false;
    const Union& parts = unions_[whole - first_union_];
    return parts.a == part || parts.b == part;
  }
  std::uint32_t recall(const Pairs& pairs) {
    RecentPairs& recent = recent_pairs_[hash(pairs.a + pairs.is_product, pairs.b)];
    if (recent.pairs != pairs) recent = {pairs, add_pairs(pairs)};
    return recent.result;
  }
  std::uint32_t add_union(std::uint32_t a, std::uint32_t b);
  std::uint32_t add_pairs(const Pairs& pairs);

  std::int64_t num_variables_;
  std::uint32_t first_union_;
  bool followed_branch_ = false;
  LargeVector<Union> unions_;  // set first_union_ + k
  LargeVector<Pairs> pairs_;   // set of pairs 1 + k
  std::array<Recent, num_recent> recent_;
  std::array<RecentPairs, num_recent> recent_pairs_;
};

}  // namespace heliotrope
