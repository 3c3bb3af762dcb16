// SPDX-License-Identifier: Apache-2.0
// Symbolic Cholesky factorisation on the graph of blocks.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "heliotrope/linear/normal_equations.hpp"

namespace heliotrope::linear_detail {

/// A run of block columns with (nearly) the same rows below: one dense panel of L.
struct Supernode {
  std::int64_t first = 0;  ///< block columns [first, last) in the order of elimination
  std::int64_t last = 0;
  std::vector<std::int64_t> rows;  ///< block rows below the diagonal block, ascending
};

struct SymbolicFactor {
  std::vector<std::int64_t> order;         ///< [k]: block column of H eliminated k-th, children before parents
  std::vector<std::int64_t> scalar_begin;  ///< [k]: first scalar of place k, and the total
  std::vector<Supernode> supernodes;
  double flops = 0;     ///< multiplications and additions of the factorisation
  double nonzeros = 0;  ///< of L, explicit zeros of merged supernodes included

  std::int64_t width(std::int64_t k) const { return scalar_begin[k + 1] - scalar_begin[k]; }
};

/// Elimination tree, postorder, structure of L and supernodes for an order of elimination.
///
/// Neighbouring supernodes are merged where this adds few zeros: always up to 4 columns, under 80 % zeros up to 16, 10
/// % up to 48, 5 % beyond (CHOLMOD's rule).  Cost: proportional to the block nonzeros of L.
///
/// Gives up where more than `most_flops` are needed or L has more than `most_blocks` blocks: flops are infinite then,
/// and there are no supernodes.
SymbolicFactor analyse_supernodes(const BlockSymmetricPattern& pattern, std::span<const std::int64_t> order,
                                  double most_flops = std::numeric_limits<double>::infinity(),
                                  double most_blocks = std::numeric_limits<double>::infinity());

/// One supernode of all columns in their own order: a dense factor.
SymbolicFactor dense_supernode(const BlockSymmetricPattern& pattern);

}  // namespace heliotrope::linear_detail
