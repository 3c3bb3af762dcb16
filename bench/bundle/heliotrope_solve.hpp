// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "heliotrope/heliotrope.hpp"
#include "solve.hpp"
#include "timing.hpp"

namespace bundle {

/// Minimises a problem that was begun when `clock` started, and tells how.
Solve minimise(heliotrope::Problem& problem, const Clock& clock, const SolveOptions& options);

}  // namespace bundle
