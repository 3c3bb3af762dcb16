// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "heliotrope/problem/kernel.hpp"

namespace heliotrope {

/// One word: "autodiff", "central", "complex", ...
std::string_view name(Derivatives kind);

}  // namespace heliotrope
