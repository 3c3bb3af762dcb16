// SPDX-License-Identifier: Apache-2.0
// The patterns that are coloured: the public matrices and three generated ones.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "heliotrope/derive/sparsity_pattern.hpp"

namespace coloring_bench {

struct Case {
  std::string name;
  heliotrope::SparsityPattern pattern;
  bool symmetric = false;  ///< structurally, so that it is also a case for star and acyclic colourings
};

/// A case that is made when it is needed.
struct Source {
  std::string name;
  std::function<Case()> load;
};

/// Every *.mtx.* of `folder` that is a sparse matrix, in order of names, then the generated ones.
std::vector<Source> sources(const std::filesystem::path& folder);

}  // namespace coloring_bench
