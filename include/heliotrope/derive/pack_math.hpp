// SPDX-License-Identifier: Apache-2.0
// The elementary functions of packs, found by argument-dependent look-up: sin(x), not std::sin(x).
//
// Each is within 3 ulp of the exact value for every finite argument, and gives what std's gives for zeros, infinities
// and NaN, signs included; a lane's result does not depend on the other lanes. The functions are always inlined; what
// a fast path cannot do is left, for the lanes concerned, to an out-of-line call of std.
#pragma once

#include "heliotrope/derive/pack_arithmetic.hpp"
#include "heliotrope/derive/pack_erf.hpp"
#include "heliotrope/derive/pack_exponential.hpp"
#include "heliotrope/derive/pack_power.hpp"
#include "heliotrope/derive/pack_root.hpp"
#include "heliotrope/derive/pack_trigonometry.hpp"
