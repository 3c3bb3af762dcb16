// SPDX-License-Identifier: Apache-2.0
// expect: (could not convert|not contextually convertible).*
#include "heliotrope/derive/pack.hpp"
int f(heliotrope::Pack x) {
  if (x) return 1;
  return 0;
}
