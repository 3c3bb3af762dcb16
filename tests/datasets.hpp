// SPDX-License-Identifier: Apache-2.0
// Where the public data sets are.
#pragma once

#include <cstdlib>
#include <filesystem>

namespace heliotrope_test {

/// The folder of public data: the environment variable HELIOTROPE_DATASETS, or ../shared/datasets beside the source
/// tree. It may not exist: a test that needs it then says so with WARN and returns.
inline std::filesystem::path datasets() {
  if (const char* folder = std::getenv("HELIOTROPE_DATASETS")) return folder;
#ifdef HELIOTROPE_SOURCE_DIR
  return std::filesystem::path(HELIOTROPE_SOURCE_DIR) / ".." / "shared" / "datasets";
#else
  return std::filesystem::path("..") / "shared" / "datasets";
#endif
}

}  // namespace heliotrope_test
