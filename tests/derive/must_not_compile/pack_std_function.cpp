// SPDX-License-Identifier: Apache-2.0
// expect: no matching function
#include <cmath>

#include "heliotrope/derive/pack_math.hpp"
heliotrope::Pack f(heliotrope::Pack x) { return std::sin(x); }
