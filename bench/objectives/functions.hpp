// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "heliotrope/residuals/test_functions.hpp"

namespace objectives {

/// The large test functions, compiled for this machine: what all contenders call.
std::span<const heliotrope::TestFunction> functions();

}  // namespace objectives
