// SPDX-License-Identifier: Apache-2.0
// expect: write select\(condition
#include "heliotrope/derive/pack.hpp"
heliotrope::Pack f(heliotrope::Pack x) {
  while (x > 6.0) x -= 6.0;
  return x;
}
