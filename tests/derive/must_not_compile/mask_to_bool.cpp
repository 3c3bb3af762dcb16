// SPDX-License-Identifier: Apache-2.0
// expect: write select\(condition
#include "heliotrope/derive/pack.hpp"
bool f(heliotrope::Pack x) { return x == 0.0; }
