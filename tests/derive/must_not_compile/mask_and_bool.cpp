// SPDX-License-Identifier: Apache-2.0
// expect: write select\(condition
#include "heliotrope/derive/pack.hpp"
bool f(heliotrope::Pack x, bool fixed) {
  if (fixed && x < 0.0) return true;
  return false;
}
