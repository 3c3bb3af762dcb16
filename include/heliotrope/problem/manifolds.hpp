// SPDX-License-Identifier: Apache-2.0
// The manifolds that ship.
#pragma once

#include "heliotrope/problem/euclidean.hpp"        // IWYU pragma: export
#include "heliotrope/problem/se2.hpp"              // IWYU pragma: export
#include "heliotrope/problem/se3.hpp"              // IWYU pragma: export
#include "heliotrope/problem/unit_quaternion.hpp"  // IWYU pragma: export
