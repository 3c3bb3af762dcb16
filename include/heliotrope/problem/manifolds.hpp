// SPDX-License-Identifier: Apache-2.0
// The manifolds that ship.
#pragma once

#include "heliotrope/problem/angle_axis.hpp"            // IWYU pragma: export
#include "heliotrope/problem/euclidean.hpp"             // IWYU pragma: export
#include "heliotrope/problem/product.hpp"               // IWYU pragma: export
#include "heliotrope/problem/se2.hpp"                   // IWYU pragma: export
#include "heliotrope/problem/se3.hpp"                   // IWYU pragma: export
#include "heliotrope/problem/sim3.hpp"                  // IWYU pragma: export
#include "heliotrope/problem/so2.hpp"                   // IWYU pragma: export
#include "heliotrope/problem/straight_line.hpp"         // IWYU pragma: export
#include "heliotrope/problem/subset.hpp"                // IWYU pragma: export
#include "heliotrope/problem/unit_quaternion.hpp"       // IWYU pragma: export
#include "heliotrope/problem/unit_quaternion_wxyz.hpp"  // IWYU pragma: export
#include "heliotrope/problem/unit_sphere.hpp"           // IWYU pragma: export
