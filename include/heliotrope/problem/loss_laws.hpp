// SPDX-License-Identifier: Apache-2.0
// The laws that solvers rely on in a loss, as a check that anybody can run on their own.
#pragma once

#include <string>
#include <vector>

#include "heliotrope/problem/loss.hpp"

namespace heliotrope {

/// The laws that a loss breaks, in words; empty where all hold.
///
///     1. rho(0) = 0                     4. rho' is the derivative of rho
///     2. rho'(0) = 1 (or the factor)    5. rho'' is the derivative of rho' (at a kink: from one side)
///     3. rho' >= 0                      6. rho'' <= 0: the loss is concave in s, as a robust loss is
///     7. rho, rho', rho'' are finite where s is, 0 and 1e300 included; where s is not finite, neither is rho
///     8. the same value wherever it stands in a batch
///
/// scale: the norm past which the loss treats a residual as an outlier; s runs over (1e-3 scale)^2 ... (1e3 scale)^2.
/// tolerance: relative, of each comparison.
std::vector<std::string> check_loss_laws(const Loss& loss, double scale, double tolerance = 1e-6);

}  // namespace heliotrope
