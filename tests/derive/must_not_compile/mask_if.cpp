// SPDX-License-Identifier: Apache-2.0
// expect: write select\(condition
#include "heliotrope/derive/pack.hpp"
heliotrope::Pack f(heliotrope::Pack x) {
  if (x < 0.0) return -x;
  return x;
}
