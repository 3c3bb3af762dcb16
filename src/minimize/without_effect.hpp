// SPDX-License-Identifier: Apache-2.0
// What a solve says of the coordinates to blame.
#pragma once

#include <string>

#include "minimize/workspace.hpp"

namespace heliotrope::detail {

/// Finds the coordinates by which all derivatives are zero at x, without numbers that differ from the problem's, where
/// the solve began, and says so in the summary. Cost: a look at the diagonal of J'J; where some of it is zero, at every
/// variable and, with bounds, a product with J'; where there are such coordinates, a look at every residual.
void tell_without_effect(Workspace& w, Summary& summary);

/// Why residuals and derivatives at x are not finite: the first of them, in parentheses.
std::string blame_point(const Workspace& w, Derivatives derivatives);
/// Why no step could be had, in parentheses: the residual that is not finite at the last trial point, or where there
/// was none, the shortest and the longest column of J.
std::string blame_step(const Workspace& w, bool tried);

}  // namespace heliotrope::detail
