// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/derive/sparsity_arena.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "heliotrope/error.hpp"

namespace heliotrope {

SparsityArena::SparsityArena(std::int64_t num_variables)
    : num_variables_(num_variables), first_union_(static_cast<std::uint32_t>(num_variables + 1)) {
  if (num_variables < 0 || num_variables > std::numeric_limits<std::int32_t>::max()) {
    throw Error("trace_sparsity: found " + std::to_string(num_variables) + " variables, expected 0 to 2^31 - 1");
  }
}

std::uint32_t SparsityArena::add_union(std::uint32_t a, std::uint32_t b) {
  if (unions_.size() >= std::numeric_limits<std::uint32_t>::max() - first_union_) {
    throw Error("trace_sparsity: found more than 2^32 - 1 sets of variables, expected a shorter computation");
  }
  unions_.push_back({a, b});
  return first_union_ + static_cast<std::uint32_t>(unions_.size() - 1);
}

std::uint32_t SparsityArena::add_pairs(const Pairs& pairs) {
  if (pairs_.size() >= std::numeric_limits<std::uint32_t>::max() - 1) {
    throw Error("trace_sparsity: found more than 2^32 - 1 sets of pairs, expected a shorter computation");
  }
  pairs_.push_back(pairs);
  return static_cast<std::uint32_t>(pairs_.size());
}

/// Looks into sets: a depth-first walk in which every part is visited once, however often it is shared.
class SparsityArena::Leaves {
 public:
  explicit Leaves(const SparsityArena& arena) : arena_(arena), visited_(arena.first_union_ + arena.unions_.size(), 0) {}

  /// Appends the variables of a set, sorted.
  void append(std::uint32_t set, std::vector<std::int32_t>& variables) {
    if (++walk_ == 0) {
      std::fill(visited_.begin(), visited_.end(), 0);
      walk_ = 1;
    }
    const auto first = static_cast<std::ptrdiff_t>(variables.size());
    visit(set);
    while (!stack_.empty()) {
      const std::uint32_t at = stack_.back();
      stack_.pop_back();
      if (at < arena_.first_union_) {
        variables.push_back(static_cast<std::int32_t>(at - 1));
      } else {
        const Union& parts = arena_.unions_[at - arena_.first_union_];
        visit(parts.a);
        visit(parts.b);
      }
    }
    std::sort(variables.begin() + first, variables.end());
  }

 private:
  void visit(std::uint32_t set) {
    if (set == 0 || std::exchange(visited_[set], walk_) == walk_) return;
    stack_.push_back(set);
  }

  const SparsityArena& arena_;
  LargeVector<std::uint32_t> visited_;  // [set] the last walk that did
  std::vector<std::uint32_t> stack_;
  std::uint32_t walk_ = 0;
};

SparsityPattern SparsityArena::collect(std::span<const std::uint32_t> rows) const {
  SparsityPattern pattern;
  pattern.num_rows = static_cast<std::int64_t>(rows.size());
  pattern.num_columns = num_variables_;
  detail::reserve_huge(pattern.row_begin, rows.size() + 1);
  detail::reserve_huge(pattern.columns, 4 * rows.size());  // a guess
  Leaves leaves(*this);
  for (const std::uint32_t set : rows) {
    leaves.append(set, pattern.columns);
    pattern.row_begin.push_back(pattern.num_entries());
  }
  return pattern;
}

SparsityPattern SparsityArena::collect_pairs(std::span<const std::uint32_t> sets, std::int64_t max_entries) const {
  // The products that these sets are made of.
  LargeVector<std::uint8_t> visited(pairs_.size() + 1, 0);
  std::vector<std::uint32_t> stack;
  const auto visit = [&](std::uint32_t set) {
    if (set != 0 && std::exchange(visited[set], std::uint8_t{1}) == 0) stack.push_back(set);
  };
  LargeVector<std::pair<std::uint32_t, std::uint32_t>> products;
  std::for_each(sets.begin(), sets.end(), visit);
  while (!stack.empty()) {
    const Pairs& pairs = pairs_[stack.back() - 1];
    stack.pop_back();
    if (pairs.is_product != 0) {
      products.emplace_back(pairs.a, pairs.b);
    } else {
      visit(pairs.a);
      visit(pairs.b);
    }
  }
  std::sort(products.begin(), products.end());
  products.erase(std::unique(products.begin(), products.end()), products.end());

  // Every product's pairs in both orders, counted by rows, then written.
  LargeVector<std::int64_t> begin(static_cast<std::size_t>(num_variables_ + 1), 0), next;
  RawVector<std::int32_t> columns;
  Leaves leaves(*this);
  std::vector<std::int32_t> a, b;
  const auto for_products = [&](const auto& visit_factors) {
    for (const auto& product : products) {
      a.clear();
      b.clear();
      leaves.append(product.first, a);
      if (product.second != product.first) leaves.append(product.second, b);
      visit_factors(product.second != product.first);
    }
  };
  std::int64_t count = 0;
  for_products([&](bool two) {
    const std::vector<std::int32_t>& other = two ? b : a;
    count += static_cast<std::int64_t>(a.size()) * static_cast<std::int64_t>(other.size()) * (two ? 2 : 1);
    if (count > max_entries) {
      throw Error("trace_hessian_sparsity: found more than " + std::to_string(max_entries) +
                  " entries, expected a sparse Hessian, or a larger max_entries");
    }
    for (const std::int32_t i : a) begin[i + 1] += static_cast<std::int64_t>(other.size());
    for (const std::int32_t j : b) begin[j + 1] += static_cast<std::int64_t>(a.size());
  });
  std::partial_sum(begin.begin(), begin.end(), begin.begin());
  next.assign(begin.begin(), begin.end() - 1);
  columns.resize(static_cast<std::size_t>(count));
  for_products([&](bool two) {
    const std::vector<std::int32_t>& other = two ? b : a;
    for (const std::int32_t i : a)
      next[i] = std::copy(other.begin(), other.end(), columns.begin() + next[i]) - columns.begin();
    for (const std::int32_t j : b) next[j] = std::copy(a.begin(), a.end(), columns.begin() + next[j]) - columns.begin();
  });

  SparsityPattern pattern;
  pattern.num_rows = pattern.num_columns = num_variables_;
  detail::reserve_huge(pattern.row_begin, begin.size());
  auto kept = columns.begin();
  for (std::int64_t i = 0; i < num_variables_; ++i) {
    const auto first = columns.begin() + begin[i], last = columns.begin() + begin[i + 1];
    std::sort(first, last);
    kept = std::copy(first, std::unique(first, last), kept);
    pattern.row_begin.push_back(kept - columns.begin());
  }
  columns.erase(kept, columns.end());
  detail::reserve_huge(pattern.columns, columns.size());
  pattern.columns.assign(columns.begin(), columns.end());
  return pattern;
}

}  // namespace heliotrope
