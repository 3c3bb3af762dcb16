// SPDX-License-Identifier: Apache-2.0
#include "block_ordering.hpp"

#include <algorithm>
#include <numeric>

#include "solvers.hpp"

#if HELIOTROPE_HAS_SUITESPARSE
#include "cholmod_context.hpp"
#else
#include <Eigen/OrderingMethods>
#include <Eigen/SparseCore>
#endif

namespace heliotrope::linear_detail {

std::vector<bool> independent_small_blocks(const BlockSymmetricPattern& pattern) {
  const std::int64_t n = pattern.num_block_columns();
  if (n == 0) return {};
  std::int64_t narrowest = pattern.width(0);
  for (std::int64_t j = 1; j < n; ++j) narrowest = std::min(narrowest, pattern.width(j));
  std::vector<bool> small(n);
  std::int64_t count = 0;
  for (std::int64_t j = 0; j < n; ++j) {
    small[j] = pattern.width(j) == narrowest;
    count += small[j];
  }
  if (count == n || 2 * count < n) return {};
  for (std::int64_t j = 0; j < n; ++j) {
    if (!small[j]) continue;
    for (std::int64_t e = pattern.begin[j] + 1; e < pattern.begin[j + 1]; ++e) {
      if (small[pattern.row[e]]) return {};
    }
  }
  return small;
}

namespace {

/// Whether the blocks fill their envelope nearly: row i from its first block to the diagonal. A factor in their own
/// order has no more [George1981, 4]. Chains of variables in time, boundary-value problems on a line.
bool fills_its_envelope(const BlockSymmetricPattern& pattern) {
  const std::int64_t n = pattern.num_block_columns();
  LargeVector<std::int64_t> first(n, -1);
  std::int64_t envelope = 0;
  for (std::int64_t j = 0; j < n; ++j) {
    for (std::int64_t e = pattern.begin[j]; e < pattern.begin[j + 1]; ++e) {
      std::int64_t& of_row = first[pattern.row[e]];
      if (of_row >= 0) continue;
      of_row = j;
      envelope += pattern.row[e] - j + 1;
    }
  }
  return 4 * envelope <= 5 * pattern.num_entries();  // chosen, not measured
}

std::vector<std::int64_t> identity(std::int64_t n) {
  std::vector<std::int64_t> order(n);
  std::iota(order.begin(), order.end(), 0);
  return order;
}

}  // namespace

#if HELIOTROPE_HAS_SUITESPARSE

std::vector<std::int64_t> block_order(const BlockSymmetricPattern& pattern) {
  const std::int64_t n = pattern.num_block_columns();
  const std::vector<bool> small = independent_small_blocks(pattern);
  if (small.empty() && fills_its_envelope(pattern)) return identity(n);
  std::vector<std::int64_t> order(n);
  CholmodContext context;
  cholmod_sparse graph = cholmod_view(n, pattern.begin, pattern.row, nullptr, -1);
  if (small.empty()) {
    cholmod_l_amd(&graph, nullptr, 0, order.data(), context.get());
  } else {
    std::vector<std::int64_t> constraint(n);
    for (std::int64_t j = 0; j < n; ++j) constraint[j] = small[j] ? 0 : 1;
    cholmod_l_camd(&graph, nullptr, 0, constraint.data(), order.data(), context.get());
  }
  context.check("ordering");
  return order;
}

std::vector<std::int64_t> nested_dissection_order(const BlockSymmetricPattern& pattern) {
  const std::int64_t n = pattern.num_block_columns();
  std::vector<std::int64_t> order(static_cast<std::size_t>(n));
  if (n == 0) return order;
  CholmodContext context;
  cholmod_sparse graph = cholmod_view(n, pattern.begin, pattern.row, nullptr, -1);
  if (!cholmod_l_metis(&graph, nullptr, 0, 1, order.data(), context.get())) return {};
  return order;
}

#else

std::vector<std::int64_t> nested_dissection_order(const BlockSymmetricPattern&) { return {}; }

std::vector<std::int64_t> block_order(const BlockSymmetricPattern& pattern) {
  const std::int64_t n = pattern.num_block_columns();
  if (fills_its_envelope(pattern)) return identity(n);
  std::vector<Eigen::Triplet<double, std::int64_t> > entries;
  for (std::int64_t j = 0; j < n; ++j) {
    for (std::int64_t e = pattern.begin[j]; e < pattern.begin[j + 1]; ++e) {
      entries.emplace_back(pattern.row[e], j, 1.0);
      if (pattern.row[e] != j) entries.emplace_back(j, pattern.row[e], 1.0);
    }
  }
  Eigen::SparseMatrix<double, Eigen::ColMajor, std::int64_t> graph(n, n);
  graph.setFromTriplets(entries.begin(), entries.end());
  Eigen::PermutationMatrix<Eigen::Dynamic, Eigen::Dynamic, std::int64_t> order;
  if (n > 0) Eigen::AMDOrdering<std::int64_t>()(graph, order);
  return std::vector<std::int64_t>(order.indices().data(), order.indices().data() + n);
}

#endif

}  // namespace heliotrope::linear_detail
