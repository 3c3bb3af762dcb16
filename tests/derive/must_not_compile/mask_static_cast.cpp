// SPDX-License-Identifier: Apache-2.0
// expect: write select\(condition
#include "heliotrope/derive/pack.hpp"
int f(heliotrope::Pack x) { return static_cast<bool>(x < 0.0) ? 1 : 0; }
