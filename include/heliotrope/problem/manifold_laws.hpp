// SPDX-License-Identifier: Apache-2.0
// The laws that solvers rely on in a manifold, as a check that anybody can run on their own.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "heliotrope/problem/manifold.hpp"

namespace heliotrope {

/// The laws that a manifold breaks at the point x, in words; empty where all hold.
///
///     1. plus(x, 0) = x, to the last ambient digit                4. plus(x, minus(y, x)) is y again: minus(., y) = 0
///     2. minus(x, x) = 0                                          5. plus_jacobian = d plus(x, d) / d d at d = 0
///     3. minus(plus(x, d), x) = d                                 6. plus_jacobian has independent columns
///     7. what plus gives stays on the manifold: laws 1 to 5 hold there and after a hundred steps, and J'J, the metric
///        that plus_jacobian J implies, is after the way back what it was at x
///     8. plus may write its result over x
///
/// d runs over the coordinate directions and over a few fixed dense ones, with lengths 1e-6, 0.1 and 1: a manifold
/// whose minus is unique only on smaller steps is measured in other units than it should be.
/// x: ambient_size values on the manifold. tolerance: of each comparison, relative to the larger of 1 and the
/// largest value compared (law 5 forgives 3e-12 of it, the rounding of differences).
/// Throws Error where x has another size than the manifold.
std::vector<std::string> check_manifold_laws(const ManifoldOperations& manifold, std::span<const double> x,
                                             double tolerance = 1e-9);

/// The same for a manifold type.
template <Manifold M>
std::vector<std::string> check_manifold_laws(std::span<const double> x, double tolerance = 1e-9) {
  return check_manifold_laws(pack_detail::all_operations<M>(), x, tolerance);
}

}  // namespace heliotrope
