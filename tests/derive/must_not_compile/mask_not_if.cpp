// SPDX-License-Identifier: Apache-2.0
// expect: write select\(condition
#include "heliotrope/derive/pack.hpp"
int f(heliotrope::Pack x) {
  if (!(x < 0.0)) return 1;
  return 0;
}
