// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "derive/prober.hpp"

namespace heliotrope::detail {

/// What a search from one point finds.
struct ProbeFinding {
  SparsityPattern pattern;
  std::vector<std::uint8_t> full;  ///< [row] taken to depend on every column
  bool is_consistent = true;       ///< no row changed though none of the intervals left to it moved
};

/// The pattern at the prober's point, by halving intervals; see probe_sparsity.
ProbeFinding search_pattern(Prober& prober, std::int64_t num_rows, std::int64_t num_columns);

}  // namespace heliotrope::detail
