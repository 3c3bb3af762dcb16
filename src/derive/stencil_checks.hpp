// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "heliotrope/derive/stencil.hpp"

namespace heliotrope::detail {

/// Throws Error where a member of the stencil is out of its range.
void check_stencil(const Stencil& stencil);

}  // namespace heliotrope::detail
