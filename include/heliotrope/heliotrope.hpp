// SPDX-License-Identifier: Apache-2.0
// What a program needs that states a problem, or an objective, and minimises it.
#pragma once

#include "heliotrope/minimize/minimize.hpp"
#include "heliotrope/minimize/minimize_objective.hpp"
#include "heliotrope/minimize/problem_objective.hpp"
#include "heliotrope/minimize/small_batch.hpp"
#include "heliotrope/problem/problem.hpp"
#include "heliotrope/version.hpp"
