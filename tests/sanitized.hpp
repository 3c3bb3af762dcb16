// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "heliotrope/config.hpp"

namespace heliotrope_test {

/// Sanitizers make tests ten to thirty times slower: sizes and counts of cases are divided by this.
#ifdef HELIOTROPE_SANITIZED
inline constexpr int scale = 10;
#else
inline constexpr int scale = 1;
#endif

}  // namespace heliotrope_test
