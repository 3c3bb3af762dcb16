// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "heliotrope/linear/normal_equations.hpp"

namespace heliotrope::linear_detail {

/// Which block columns may be eliminated first because none is joined to another: the narrowest ones, where these are
/// an independent set, at least half of all block columns, and not all of them (points of a bundle adjustment). Else
/// empty.
///
/// Returns one flag a block column.
std::vector<bool> independent_small_blocks(const BlockSymmetricPattern& pattern);

/// A fill-reducing order of the block columns, [k]: the one eliminated k-th. Minimum degree on the graph of blocks,
/// with independent small blocks first where there are; by SuiteSparse's AMD and CAMD, else by Eigen's AMD. Blocks that
/// lie in a band and fill it stay as they are.
std::vector<std::int64_t> block_order(const BlockSymmetricPattern& pattern);

/// The same by nested dissection (METIS through CHOLMOD); empty where this build has none.
std::vector<std::int64_t> nested_dissection_order(const BlockSymmetricPattern& pattern);

}  // namespace heliotrope::linear_detail
