// SPDX-License-Identifier: Apache-2.0
// expect: (write select\(condition|no viable conversion)
#include "heliotrope/derive/pack.hpp"
int f(heliotrope::Pack x) { return x < 0.0; }
